"""What the worker for spreadsheets answers: a line of JSON, and after it a file."""

import json
from collections.abc import Mapping
from typing import Any

Said = tuple[Mapping[str, Any], bytes]
"""What it says, and the file."""


def joined(said: Mapping[str, Any], body: bytes) -> bytes:
    """Returns the answer of two parts."""
    return json.dumps(said, ensure_ascii=False).encode() + b"\n" + body


def parted(answer: bytes) -> Said:
    """Returns the two parts of an answer."""
    head, _, body = answer.partition(b"\n")
    said: Mapping[str, Any] = json.loads(head)
    return said, body
