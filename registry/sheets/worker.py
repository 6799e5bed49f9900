"""The far side of the sandbox for spreadsheets: opens what was handed in."""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from registry.sheets import marking, reading
from registry.sheets.answers import Said, joined
from registry.sheets.marking import Remark
from registry.statistics import uploads
from registry.statistics.reading import UnreadableError
from registry.statistics.uploads import Answer, Asked


def serve(payload: bytes) -> bytes:
    """Does one task.

    Args:
        payload: a JSON object with `task`, `path`, and what the task needs.
    """
    request = json.loads(payload)
    # The library would look for a folder by writing to it, which is forbidden here.
    tempfile.tempdir = os.getcwd()
    try:
        said, body = _TASKS[request.pop("task")](Path(request.pop("path")), request)
    except UnreadableError as error:
        said, body = uploads.refused(error.findings).said, b""
    return joined(said, body)


def _table(path: Path, request: Mapping[str, Any]) -> Said:
    """Checks figures, unless the file has to be written as plain text before."""
    uploads.marked_for(path, request["key"])
    again = uploads.plain(path)
    if again is not None:
        return {"again": True}, again
    answer: Answer = uploads.check(path, Asked(**request["asked"]))
    return answer.said, answer.text.encode()


def _rows(path: Path, _: Mapping[str, Any]) -> Said:
    """Returns all rows that are not empty, each with its number."""
    found = [[line.number, *line.cells] for line in reading.lines(path) if line.cells]
    return {"rows": found, "findings": []}, b""


def _mark(path: Path, request: Mapping[str, Any]) -> Said:
    """Returns the file with remarks."""
    remarks = [Remark(*remark) for remark in request["remarks"]]
    return {}, marking.marked(path, remarks, request["language"])


_TASKS: Mapping[str, Callable[[Path, Mapping[str, Any]], Said]] = MappingProxyType(
    {"table": _table, "rows": _rows, "mark": _mark}
)
