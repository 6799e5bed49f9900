"""Work that is done one step ahead of its use."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from registry.errors import RegistryError

Done = TypeVar("Done")


def ahead(
    tasks: Iterable[Callable[[], Done]],
    discard: Callable[[Done], None] = lambda _: None,
) -> Generator[Done, None, None]:
    """Yields what tasks return, each done in a thread while the one before is used.

    What a task raises is raised when its turn has come.

    Args:
        tasks: in the order in which they are wanted.
        discard: is given what was done and not wanted, since the generator was closed.
    """
    with ThreadPoolExecutor(1) as pool:
        waiting: deque[Future[Done]] = deque()
        try:
            for task in tasks:
                waiting.append(pool.submit(task))
                if len(waiting) > 1:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for left in waiting:
                with suppress(RegistryError):
                    discard(left.result())
