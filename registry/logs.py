"""Logging for processes of the registry: one line per event, to stderr.

Events are fixed phrases; what belongs to them is in `extra`. No content of
documents and no personal data is logged: not even what an exception says of itself,
for that often is a value that somebody typed.
"""

import json
import logging
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime

REQUEST: ContextVar[str] = ContextVar("registry.request", default="")
"""The id of the request that is being answered."""

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
