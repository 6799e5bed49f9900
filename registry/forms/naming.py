"""How inputs of a form are called, and what was sent under which name.

{term}                       a value, or one of several
{term}.{language}            a text
{term}.{row}.{…}             an input of a nested node
{term}.{row}.id              which node that is, empty for a new one
{term}.search                words to find a record by
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

Pairs = Sequence[tuple[str, str]]
"""Names and values of a form's inputs, in the order in which they were sent."""


class Given:
    """What was sent, by the name of the input."""

    def __init__(self, pairs: Pairs) -> None:
        self._values: defaultdict[str, list[str]] = defaultdict(list)
        self._rows: defaultdict[str, dict[int, None]] = defaultdict(dict)
        for name, value in pairs:
            self._values[name].append(value)
            for start, row in _rows(name):
                self._rows[start][row] = None

    def values(self, name: str) -> list[str]:
        """Returns the values of all inputs of a name."""
        return self._values.get(name, [])

    def rows(self, name: str) -> list[int]:
        """Returns the numbers of the nested nodes under a name, as they were sent."""
        return list(self._rows.get(name, {}))

    def where(self, value: str) -> tuple[str, int] | None:
        """Returns the name and the number of the input in which a value was sent."""
        for name, values in self._values.items():
            if value in values:
                return name, values.index(value)
        return None


def _rows(name: str) -> Iterator[tuple[str, int]]:
    parts = name.split(".")
    for position, part in enumerate(parts):
        if position and part.isascii() and part.isdigit() and len(part) <= _DIGITS:
            yield ".".join(parts[:position]), int(part)


_DIGITS = 4


def slot(name: str) -> str:
    """Returns what is taken over as one: a text in a language, or a whole property."""
    parts = name.split(".")
    row = len(parts) > 1 and parts[1].isdigit()
    return parts[0] if row else name


def anchor(name: str, position: int = 0) -> str:
    """Returns the `id` of an input on the page, one of several of a name."""
    return f"{name}~{position}" if position else name


def removed(pairs: Pairs, target: str) -> Pairs:
    """Returns what was sent without a nested node, such as `identifier.0`."""
    return [one for one in pairs if not one[0].startswith(f"{target}.")]
