"""Words that mix letters of two alphabets, and characters that nobody can see.

A Latin `a` in a Bulgarian word looks right and is wrong: no search finds the
word, and it sorts elsewhere. Marks that turn the direction of text can make it
read differently from what it says.

Source: Unicode Technical Standard 39, Unicode Security Mechanisms, section 5,
cut down to the alphabets that occur here.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from registry.language import Text

MIXED, INVISIBLE = "mixed-script", "invisible-character"

MESSAGES: Mapping[str, Text] = {
    MIXED: {
        "en": "A word mixes letters of two alphabets that look alike. "
        "Type it anew in one.",
        "bg": "В една дума са смесени подобни букви от две азбуки. "
        "Напишете я отново само с едната.",
    },
    INVISIBLE: {
        "en": "The text holds a character that cannot be seen. Remove it.",
        "bg": "Текстът съдържа невидим знак. Премахнете го.",
    },
}
"""What to do about each code; both are rules that *should* be kept."""

_WORD = re.compile(r"[^\W_]+")
"""Letters and digits without a break: `COVID-19` is two words."""

_ALPHABETS = ("CYRILLIC", "LATIN", "GREEK")

_NUMERAL = re.compile(r"[IVXLCDM]+([\u0400-\u04ff]{1,3})?\Z")
"""A Roman numeral, which may have a Bulgarian ending, as in `XXти`."""

_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode's general categories of what has no form of its own."""

_WELCOME = frozenset("\t\n\r\u200c\u200d")
"""Unseen but needed: white space, and the joiners of Persian and other scripts."""

_AROUND = 12
"""Characters on either side that show where an invisible one stands."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of text that should be typed anew.

    Attributes:
        code: `MIXED` or `INVISIBLE`.
        word: the word, or the characters around the invisible one.
        characters: the offending ones by name, each once; of a mixed word those
            of the alphabet that it has fewer letters of.
    """

    code: str
    word: str
    characters: tuple[str, ...]


def lint(text: str) -> Sequence[Finding]:
    """Returns what should be typed anew in a text, in order."""
    return [*mixed_script(text), *invisible(text)]


def mixed_script(text: str) -> Iterator[Finding]:
    """Yields the words that hold letters of more than one alphabet."""
    for match in _WORD.finditer(text):
        word = match.group()
        if word.isascii() or _NUMERAL.match(word):
            continue
        letters: dict[str, list[str]] = {}
        for letter in word:
            letters.setdefault(_alphabet(letter), []).append(letter)
        letters.pop("", None)
        if len(letters) > 1:
            *fewer, _ = sorted(letters.values(), key=len)
            yield Finding(MIXED, word, _names(c for part in fewer for c in part))


def invisible(text: str) -> Iterator[Finding]:
    """Yields the runs of control characters, marks of direction and the like."""
    for at, character in enumerate(text):
        if _unseen(character) and not (at and _unseen(text[at - 1])):
            around = text[max(0, at - _AROUND) : at + _AROUND]
            run = takewhile(_unseen, text[at:])
            yield Finding(INVISIBLE, around, _names(run))


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN and character not in _WELCOME


def _alphabet(letter: str) -> str:
    """Returns the alphabet of a letter, or an empty text for all else."""
    first = unicodedata.name(letter, "").partition(" ")[0]
    return first if first in _ALPHABETS else ""


def _names(characters: Iterable[str]) -> tuple[str, ...]:
    unique = dict.fromkeys(characters)
    return tuple(f"{unicodedata.name(c, 'unnamed')} (U+{ord(c):04X})" for c in unique)


def within(value: object) -> Sequence[Finding]:
    """Returns the findings in every text of a document, each of them once.

    Args:
        value: a document or a part of one, as JSON knows them.
    """
    return list(dict.fromkeys(found for text in _texts(value) for found in lint(text)))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, Sequence):
        for member in value:
            yield from _texts(member)
