"""The places of the short lane, and who sits there: runs of queries.

Each place has a worker that stays. The first run of a place is what its worker works
on. Others may be handed over ahead, while the first is small: to wake a worker for each
takes as long as a small query. When the first turns out not to be small, the others are
recalled, and are first in line for another place.

Only the first can be to blame for what becomes of the worker: answers come in the order
of the calls, and a run begins when the one before it is over.
"""

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from registry.errors import EngineUnavailable, RegistryError
from registry.store.lanes import Lane
from registry.store.workers import Crew, Worker

AHEAD = 8
"""Runs that a place may have: the first, and those behind it."""

SMALL = 0.005
"""Seconds by the clock that a small query takes. Nobody waits behind any other."""

MOMENT = 0.001
"""Seconds that are not worth a timer."""


@dataclass(slots=True)
class Place:
    """A place in the short lane, with the worker that stays there.

    `leaving` is the end of its last worker, which the next has to await: so there
    are never more processes than places.

    Attributes:
        seats: runs that it may have: one if the first is not small or has to hire, and
            none while a worker is on its way, or busy with what was recalled.
        runs: those that it has, in the order in which the worker gets to them.
        timer: when we look whether the first is still small.
        recalled: those that were recalled, which the worker has yet to pass over.
        end: when it must have done so, once it has nothing else to do.
    """

    worker: Worker | None = None
    leaving: "asyncio.Task[object] | None" = None
    seats: int = 1
    runs: "deque[Run]" = field(default_factory=deque)
    timer: asyncio.TimerHandle | None = None
    recalled: "asyncio.Task[None] | None" = None
    end: asyncio.TimerHandle | None = None


@dataclass(slots=True, eq=False)
class Run:
    """One run of a query.

    Attributes:
        ends: when it has to be over, by the clock of the loop.
        seconds: that it may take altogether.
        place: in the short lane, `None` elsewhere.
        worker: that it was handed to.
        timer: when we look whether it takes too long; none while it is small.
        stopped: why we killed the worker, `None` if we did not.
        began: when the worker got to it, by the clock of the loop; endless before.
        worked: processor time that the worker had had when it was not small any more.
    """

    ends: float
    seconds: float
    place: Place | None = None
    worker: Worker | None = None
    timer: asyncio.TimerHandle | None = None
    stopped: Exception | None = None
    began: float = math.inf
    worked: float = 0.0

    @property
    def has_begun(self) -> bool:
        """Whether the worker got to it, as far as we know."""
        return self.began < math.inf


class Places:
    """The short lane.

    Args:
        crew: from which workers are hired.
        lane: in which seats are waited for.
        places: how many there are.
        ahead: runs that each may have.
        short: seconds of processor time after which a run is overdue.
        most: bytes that a worker may send at one time.
        overdue: is told of a run that is, or may be if it gets no processor, and of
            its worker.
    """

    def __init__(
        self,
        crew: Crew,
        lane: Lane,
        places: int,
        ahead: int,
        short: float,
        most: int,
        overdue: Callable[[Run, Worker], None],
    ) -> None:
        self.lane = lane
        self._crew = crew
        self._places = [Place() for _ in range(places)]
        self._ahead, self._short, self._most = ahead, short, most
        self._overdue = overdue
        self._closing = False

    @property
    def alive(self) -> int:
        """Places that have a worker."""
        return sum(place.worker is not None for place in self._places)

    @property
    def running(self) -> int:
        """Runs that workers work on."""
        return sum(bool(place.runs) for place in self._places)

    @property
    def waiting(self) -> int:
        """Those who wait for a worker, also behind a run that it has begun."""
        return self.lane.waiting + self.lane.taken - self.running

    async def fill(self) -> None:
        """Hires for every place, and returns when all are ready.

        Where a worker did not start, which is in the log, the next run starts another.
        """
        ends = await asyncio.gather(
            *map(self._fill, self._places), return_exceptions=True
        )
        for end in ends:
            if isinstance(end, BaseException) and not isinstance(
                end, EngineUnavailable
            ):
                raise end

    async def close(self, reason: RegistryError) -> None:
        """Sends all away who wait, and returns when nobody is there."""
        self._closing = True
        await self.lane.close(reason)

    def sit(self, run: Run) -> bool:
        """Takes a seat for a run that has entered the lane, if there still is one.

        A worker that is busy with small queries is quicker than one to be woken.
        """
        recent = asyncio.get_running_loop().time() - SMALL / 2
        best, most = None, 0
        for place in self._places:
            count = len(place.runs)
            if count >= place.seats:
                continue
            if place.worker is None or (count and place.runs[0].began < recent):
                count -= AHEAD
            if best is None or count > most:
                best, most = place, count
        if best is None:
            return False
        run.place, run.worker = best, best.worker
        best.runs.append(run)
        return True

    def handed_over(self, run: Run) -> None:
        """Begins a run whose worker gets it now, unless that is busy with another."""
        if run.place and run.place.runs[0] is run:
            run.place.worker = run.worker
            self._begin(run.place, run)

    def leave(self, run: Run) -> None:
        """Gives back the seat of a run, once its answer is there or lost."""
        place = run.place
        if place is None:
            return
        place.runs.remove(run)
        if run.worker and run.has_begun:
            self._go_on(place, run.worker)
        elif run.has_begun:
            self._replace(place)
        elif run.worker and run.worker is place.worker:
            # It was given up. The worker must not begin it when nobody looks.
            self._recall(place, run.worker)
        self.lane.leave()

    def move_out(self, run: Run) -> None:
        """Gives back the seat of a run that goes on elsewhere, with its worker."""
        place, run.place = run.place, None
        if place:
            place.runs.remove(run)
            self._replace(place)
            self.lane.leave()

    def lose(self, run: Run) -> None:
        """Notes that the worker of a run is gone, or is being ended."""
        run.worker = None
        if run.place:
            run.place.worker = None
            self._resize(run.place, 1)

    def _begin(self, place: Place, run: Run) -> None:
        """Counts the time of a run from now on, when the worker gets to it."""
        loop = asyncio.get_running_loop()
        run.began = loop.time()
        if place.timer is None:
            place.timer = loop.call_later(SMALL, self._look, place)

    def _look(self, place: Place) -> None:
        """Lets nobody wait behind a run that is not small."""
        place.timer = None
        if not place.runs or place.worker is None or place.runs[0].timer:
            return
        loop, run, worker = asyncio.get_running_loop(), place.runs[0], place.worker
        left = run.began + SMALL - loop.time()
        if left > MOMENT:
            place.timer = loop.call_later(left, self._look, place)
            return
        run.worked = worker.worked()
        ends = min(run.began + self._short, run.ends)
        run.timer = loop.call_at(ends, self._overdue, run, worker)
        self._resize(place, 1)
        if len(place.runs) > 1:
            self._recall(place, worker)

    def _go_on(self, place: Place, worker: Worker) -> None:
        """Turns to what the worker of a place does next."""
        if place.runs:
            self._begin(place, place.runs[0])
        elif place.recalled:
            self._resize(place, 0)
            loop = asyncio.get_running_loop()
            place.end = loop.call_later(self._short, worker.kill)
        else:
            self._resize(place, self._ahead)

    def _recall(self, place: Place, worker: Worker) -> None:
        """Takes back what waits behind the first run of a place."""
        self._resize(place, 1)
        if place.recalled is None:
            with contextlib.suppress(ConnectionError):  # the first is told
                passed = worker.channel.recall(self._most)
                place.recalled = self._crew.later(self._settle(place, worker, passed))

    async def _settle(
        self, place: Place, worker: Worker, passed: Coroutine[None, None, None]
    ) -> None:
        """Frees the place when its worker has passed over what was recalled."""
        alive = True
        try:
            await passed
        except (EOFError, ConnectionError):
            alive = False
        if place.worker is not worker:
            return
        place.recalled = None
        if place.runs:
            return
        if place.end:
            place.end.cancel()
        if alive:
            self._resize(place, self._ahead)
        else:
            place.leaving = self._crew.later(self._crew.end(worker))
            self._replace(place)

    def _resize(self, place: Place, seats: int) -> None:
        if place.seats != seats:
            place.seats = seats
            self.lane.resize(sum(place.seats for place in self._places))

    def _replace(self, place: Place) -> None:
        """Gets another worker for a place."""
        place.worker = place.recalled = None
        self._resize(place, 0)
        if not self._closing:
            self._crew.later(self._restore(place))

    async def _restore(self, place: Place) -> None:
        try:
            await self._fill(place)
        except EngineUnavailable:
            # It is in the log; the next run that gets this place tries again.
            self._resize(place, 1)

    async def _fill(self, place: Place) -> None:
        if place.leaving:
            await asyncio.wait({place.leaving})
        place.worker = await self._crew.hire()
        self._resize(place, self._ahead)
