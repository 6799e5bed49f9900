"""Lanes: so many queries of one kind at a time, and a bounded line of those waiting."""

import asyncio
from collections import deque

from registry.errors import RegistryError


class Full(Exception):  # noqa: N818 - an event, which the pool puts into words
    """The line is as long as it may be, or the turn did not come in time."""


class Lane:
    """Places that are taken in turn, within one event loop.

    Args:
        places: how many may be taken at one time.
        waiting: how many may wait for one.

    Attributes:
        taken: places that are taken.
    """

    def __init__(self, places: int, waiting: int) -> None:
        self._places = places
        self.taken = 0
        self._most = waiting
        # Those who had a place come before all others.
        self._again: deque[asyncio.Future[None]] = deque()
        self._line: deque[asyncio.Future[None]] = deque()
        self._closed: RegistryError | None = None
        self._empty: asyncio.Future[None] | None = None

    @property
    def waiting(self) -> int:
        """Those who wait for a place."""
        return len(self._again) + len(self._line)

    def enter_now(self) -> bool:
        """Takes a place if one is free and nobody waits for it."""
        if self._closed or self.taken >= self._places:
            return False
        self.taken += 1
        return True

    async def enter(self, seconds: float, *, first: bool = False) -> None:
        """Takes a place, after all who came before.

        Args:
            seconds: how long to wait at most.
            first: before all who had no place yet, and however many wait.

        Raises:
            Full: too many wait, or there was no place within so many seconds.
            RegistryError: the lane was closed.
        """
        if self._closed:
            raise self._closed
        if self.enter_now():
            return
        if len(self._line) >= self._most and not first:
            raise Full
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        (self._again if first else self._line).append(turn)
        timer = loop.call_later(max(seconds, 0), self._send_away, turn)
        entered = False
        try:
            await turn
            entered = True
        finally:
            timer.cancel()
            if not entered:
                self._step_out(turn)

    def _send_away(self, turn: "asyncio.Future[None]") -> None:
        if not turn.done():
            turn.set_exception(Full())

    def _step_out(self, turn: "asyncio.Future[None]") -> None:
        given = turn.done() and not turn.cancelled() and turn.exception() is None
        for line in (self._again, self._line):
            if turn in line:
                line.remove(turn)
                return
        if given:
            # The place came at the very moment at which it was given up.
            self.leave()

    def leave(self) -> None:
        """Gives the place to whoever has waited longest."""
        self.taken -= 1
        self._call()
        if self._empty and not self._empty.done() and not self.taken:
            self._empty.set_result(None)

    def resize(self, places: int) -> None:
        """Changes how many places there are; those who are in stay."""
        self._places = places
        self._call()

    def _call(self) -> None:
        while self.waiting and self.taken < self._places:
            turn = (self._again or self._line).popleft()
            if not turn.done():
                self.taken += 1
                turn.set_result(None)

    async def close(self, reason: RegistryError) -> None:
        """Sends away all who wait, and returns when the last place is free."""
        self._closed = reason
        for line in (self._again, self._line):
            for turn in line:
                if not turn.done():
                    turn.set_exception(reason)
            line.clear()
        if self.taken:
            self._empty = asyncio.get_running_loop().create_future()
            await self._empty
