"""Files that people hand in: what the worker that reads them is asked."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from registry.errors import Busy, Invalid, NotFound
from registry.sandbox import PASSING, Caller, Stopped, insist
from registry.sheets.answers import parted
from registry.sheets.faults import Fault
from registry.statistics.findings import UNOPENED

DEADLINE = 180.0
"""Seconds that a file may take: disclosure control is slow."""


def ask(worker: Caller, request: Mapping[str, Any]) -> tuple[Mapping[str, Any], bytes]:
    """Returns what the worker says of a file, and the text that it made of it.

    Raises:
        Busy: nobody could read it, which is no fault of the file.
        Invalid: it took too long, or too much memory.
    """
    payload = json.dumps(request, ensure_ascii=False).encode()
    try:
        return parted(insist(worker, payload, DEADLINE))
    except Stopped as stopped:
        if stopped.reason in PASSING:
            raise Busy(
                "Many files are being checked just now.",
                "В момента се проверяват много файлове.",
            ) from stopped
        raise Invalid(
            f"Checking the file had to be stopped ({stopped.reason}). Hand in "
            "fewer rows at a time.",
            f"Проверката на файла беше спряна ({stopped.reason}). Подайте "
            "по-малко редове наведнъж.",
        ) from stopped


def markable(faults: Sequence[Fault]) -> bool:
    """Returns whether the file can be given back with its faults where they are."""
    return not any(fault.rule in UNOPENED for fault in faults)


def marked(worker: Caller, file: Path, faults: Sequence[Fault], language: str) -> bytes:
    """Returns the same file with its faults where they are.

    Raises:
        NotFound: the file cannot be opened, so that it has no cells.
    """
    if not markable(faults):
        raise NotFound(
            "The file cannot be opened, so there is nothing to mark in it.",
            "Файлът не може да бъде отворен, затова в него няма какво да се отбележи.",
        )
    remarks = [
        (max(fault.line, 1), fault.column, fault.message[language]) for fault in faults
    ]
    request = {
        "task": "mark",
        "path": str(file.resolve()),
        "remarks": remarks,
        "language": language,
    }
    return ask(worker, request)[1]
