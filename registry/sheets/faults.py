"""What is wrong in a file that was handed in, and where."""

from dataclasses import dataclass

from registry.language import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell, a row or the file.

    Attributes:
        line: of the file, the first being 1; 0 for the file as a whole.
        column: heading of the column as the file has it; empty for the row.
        rule: stable code.
        value: what stands there.
        message: what is wrong and how to mend it, per language.
    """

    line: int
    column: str
    rule: str
    value: str
    message: Text
