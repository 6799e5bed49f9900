"""Logging for processes of the registry: one line per event, to stderr.

Events are fixed phrases; what belongs to them is in `extra`. No content of
documents and no personal data is logged: not even what an exception says of itself,
for that often is a value that somebody typed.
"""

import contextlib
import json
import logging
import os
import time
import traceback
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache

REQUEST: ContextVar[str] = ContextVar("registry.request", default="")
"""The id of the request that is being answered."""

_STDERR = 2
_answers = logging.getLogger("registry.requests")

_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)
_STANDARD = frozenset(logging.LogRecord("", 0, "", 0, "", None, None).__dict__) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object, times in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line."""
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        request = REQUEST.get()
        if request:
            line["request"] = request
        line |= {k: v for k, v in record.__dict__.items() if k not in _STANDARD}
        if record.exc_info and record.exc_info[1]:
            line["exception"] = "".join(_told(record.exc_info[1]))
        return _ENCODER.encode(line)


def line_of_answer(
    request: str, method: str, route: str, status: int, *, seconds: float, size: int
) -> str:
    """Returns the line of a request, as `JsonLines` would write it, or an empty text.

    There is one for each, and a record of `logging` takes longer than many an answer.

    Args:
        request: its id, of letters, digits and hyphens.
        method: one of a few.
        route: the pattern of its address.
        status: of the answer.
        seconds: that the answer took.
        size: bytes of the body.
    """
    if not _answers.isEnabledFor(logging.INFO):
        return ""
    now = time.time()
    at = f"{_second(int(now))}.{int(now % 1 * 1000):03}Z"
    return (
        f'{{"at": "{at}", "level": "info", "logger": "{_answers.name}", '
        f'"event": "answered", "request": "{request}", "method": "{method}", '
        f'"route": {_quoted(route)}, "status": {status}, '
        f'"ms": {seconds * 1000:.1f}, "bytes": {size}}}\n'
    )


@lru_cache(maxsize=1)
def _second(since: int) -> str:
    """Returns a second in UTC; many requests are answered in one."""
    return datetime.fromtimestamp(since, UTC).isoformat()[:-6]


def write(lines: Iterable[str]) -> None:
    """Writes lines to stderr, all at once."""
    with contextlib.suppress(OSError):  # as `logging`, it does not fail what it tells
        os.write(_STDERR, "".join(lines).encode())


@lru_cache(maxsize=1024)  # there are fewer routes
def _quoted(route: str) -> str:
    return _ENCODER.encode(route)


def _told(error: BaseException, depth: int = 5) -> Iterator[str]:
    """Yields where an exception and its causes came up, but not what they say.

    Of an error of the system the reason is told, which the system words itself.
    """
    cause = error.__cause__ or (
        None if error.__suppress_context__ else error.__context__
    )
    if cause and depth:
        yield from _told(cause, depth - 1)
        yield "\n"
    yield from traceback.format_tb(error.__traceback__)
    reason = f": {error.strerror}" if isinstance(error, OSError) else ""
    yield f"{type(error).__module__}.{type(error).__qualname__}{reason}\n"


def configure(level: int = logging.INFO) -> None:
    """Sends every record of the process to stderr as JSON lines."""
    # No line tells where in the program it was written; to find out takes a third of
    # the time of a line (Python documentation, "Logging HOWTO", "Optimization").
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
