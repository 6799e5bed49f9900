"""Deadlines of work that cannot watch the clock itself.

One thread watches for all of them. Registering costs two turns at a lock and wakes
nobody: the thread never sleeps longer than the longest time that anything is given.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, Thread
from time import monotonic

AGAIN = 0.05
"""Seconds until work is interrupted again that has not ended; an interruption is
lost on work that is just about to start."""


@dataclass(eq=False, slots=True)
class _Run:
    interrupt: Callable[[], None]
    end: float


class Deadlines:
    """Interrupts work that takes too long.

    Args:
        longest: seconds; the most that any work is given.
    """

    def __init__(self, longest: float) -> None:
        self.longest = longest
        self._runs: set[_Run] = set()
        self._changed = Condition()
        self._thread: Thread | None = None
        self._wakes = 0.0
        self._closed = False

    @contextmanager
    def watching(self, interrupt: Callable[[], None], seconds: float) -> Iterator[None]:
        """Calls `interrupt` on another thread if the block takes longer.

        It may be called more than once, and never after the block has ended.
        """
        run = _Run(interrupt, monotonic() + seconds)
        with self._changed:
            self._runs.add(run)
            if self._thread is None:
                self._thread = Thread(target=self._watch, daemon=True)
                self._thread.start()
            elif run.end < self._wakes:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._runs.discard(run)

    def close(self) -> None:
        """Ends the thread; nothing is interrupted any more."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        with self._changed:
            while not self._closed:
                now = monotonic()
                for run in self._runs:
                    if run.end <= now:
                        run.interrupt()
                        run.end = now + AGAIN
                ends = [run.end for run in self._runs]
                self._wakes = min([*ends, now + self.longest])
                self._changed.wait(self._wakes - now)
