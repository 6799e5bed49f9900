import json
import logging

from registry.logs import JsonLines


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


def test_an_exception_is_kept_with_the_event() -> None:
    """Whoever must act finds the traceback in the same line."""
    error = ValueError("broken")

    record = logging.makeLogRecord(
        {"msg": "failed", "exc_info": (ValueError, error, None)}
    )

    assert line(record)["exception"] == "ValueError: broken"
