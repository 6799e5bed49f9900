import json
import logging
from datetime import UTC, datetime

import pytest

from registry.logs import REQUEST, JsonLines, line_of_answer


def line(record: logging.LogRecord) -> dict[str, object]:
    written: dict[str, object] = json.loads(JsonLines().format(record))
    return written


def test_an_event_is_one_json_object_with_its_fields() -> None:
    """The phrase is fixed; what varies stands in fields of its own."""
    record = logging.makeLogRecord(
        {
            "name": "registry.x",
            "levelname": "INFO",
            "msg": "projected",
            "created": 0.0,
            "records": 3,
            "record_name": "място/хасково",
        }
    )

    assert line(record) == {
        "at": "1970-01-01T00:00:00.000Z",
        "level": "info",
        "logger": "registry.x",
        "event": "projected",
        "records": 3,
        "record_name": "място/хасково",
    }


def test_the_line_of_an_answer_is_as_any_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is written without a record, but in the same form."""
    named = ("4bf92f3577b34da6", "GET", '/doc/{kind}/"{name}"', 200)
    with caplog.at_level(logging.INFO):
        written = line_of_answer(*named, seconds=0.00123, size=99)
    record = logging.makeLogRecord(
        {
            "name": "registry.requests",
            "levelname": "INFO",
            "msg": "answered",
            **dict(zip(("request", "method", "route", "status"), named, strict=True)),
            "ms": 1.2,
            "bytes": 99,
        }
    )

    found = json.loads(written)
    assert datetime.fromisoformat(found["at"]).tzinfo == UTC
    assert written.endswith("}\n")
    assert list(found.items())[1:] == list(line(record).items())[1:]


def test_a_quiet_log_has_no_lines_of_answers(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever wants warnings only gets no others."""
    with caplog.at_level(logging.WARNING):
        assert line_of_answer("id", "GET", "/", 200, seconds=0, size=0) == ""


def told(error: Exception) -> str:
    """Returns what the line says of an exception."""
    record = logging.makeLogRecord(
        {"msg": "failed", "exc_info": (type(error), error, error.__traceback__)}
    )
    return str(line(record)["exception"])


def test_an_exception_is_kept_without_what_it_says() -> None:
    """Whoever must act finds where it came up; what somebody typed stays out."""
    try:
        try:
            int("ivan@example.org")
        except ValueError as cause:
            raise KeyError("ivan@example.org") from cause
    except KeyError as error:
        found = told(error)

    assert "builtins.KeyError" in found
    assert "builtins.ValueError" in found
    assert __file__ in found
    assert "ivan" not in found.replace('int("ivan@example.org")', "").replace(
        'KeyError("ivan@example.org")', ""
    )


def test_the_system_says_why() -> None:
    """A full disk is called that, without the name of the file."""
    error = OSError(28, "No space left on device", "/data/ivan")

    assert told(error) == "builtins.OSError: No space left on device\n"


def test_lines_name_the_request() -> None:
    """What is logged while a request is answered carries its id."""
    token = REQUEST.set("a1b2c3d4")
    try:
        found = line(logging.makeLogRecord({"msg": "x"}))
    finally:
        REQUEST.reset(token)

    assert found["request"] == "a1b2c3d4"
    assert "request" not in line(logging.makeLogRecord({"msg": "x"}))
