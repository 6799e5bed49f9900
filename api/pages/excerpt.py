"""The place in a text where something is wrong, with the lines around it."""

from collections.abc import Sequence
from dataclasses import dataclass

AROUND = 2
"""Lines that are shown before and after it."""
LONGEST = 200
"""Characters of a line that are shown on either side of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes:
        number: from 1 on.
        before: what stands before the place, or the whole line.
        marked: the place, `None` on the other lines; a space at the end of a line.
        after: what follows it.
    """

    number: int
    before: str
    marked: str | None = None
    after: str = ""


def excerpt(text: str, line: int, column: int) -> Sequence[Line]:
    """Returns the lines around a place.

    Args:
        text: its lines end in a line feed.
        line: from 1 on.
        column: in characters, from 1 on; it may be one past the end.
    """
    lines = text.split("\n")
    line = min(max(line, 1), len(lines))
    first = max(line - AROUND, 1)
    return [
        _marked(number, one, max(column, 1) - 1)
        if number == line
        else Line(number, one[:LONGEST])
        for number, one in enumerate(lines[first - 1 : line + AROUND], first)
    ]


def _marked(number: int, line: str, column: int) -> Line:
    before, rest = line[:column], line[column:]
    return Line(number, before[-LONGEST:], rest[:1] or " ", rest[1 : LONGEST + 1])
