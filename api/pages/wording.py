"""What two wordings of one text do not share, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_WORDS = 3_000
"""Words of a text up to which it is compared; a longer one is shown whole."""

ALIKE = 0.4
"""Share of words in common from which marks help more than two plain texts."""

_WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text.

    Attributes:
        text: the words, with the spaces after them.
        marked: whether the other wording lacks them.
    """

    text: str
    marked: bool = False


Wording = Sequence[Piece]
"""A whole text, piece by piece."""


def compared(before: str, after: str) -> tuple[Wording, Wording]:
    """Returns two wordings of a text, with the words marked that differ.

    Texts of one word, very long ones, and those with little in common are marked
    whole: there a reader compares better without help.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    if not 1 < min(len(old), len(new)) <= max(len(old), len(new)) <= MOST_WORDS:
        return whole(before), whole(after)
    # The words themselves, since the last one has no space after it.
    matcher = SequenceMatcher(None, _bare(old), _bare(new))
    if matcher.ratio() < ALIKE:
        return whole(before), whole(after)
    steps = matcher.get_opcodes()
    return (
        list(_pieces(old, [(tag, i, j) for tag, i, j, _, _ in steps])),
        list(_pieces(new, [(tag, i, j) for tag, _, _, i, j in steps])),
    )


def whole(text: str) -> Wording:
    """Returns a text that the other wording lacks altogether."""
    return [Piece(text, marked=True)]


def _bare(words: Sequence[str]) -> Sequence[str]:
    return [word.strip() for word in words]


def _pieces(
    words: Sequence[str], steps: Sequence[tuple[str, int, int]]
) -> Iterator[Piece]:
    for tag, first, last in steps:
        if first < last:
            yield Piece("".join(words[first:last]), marked=tag != "equal")
