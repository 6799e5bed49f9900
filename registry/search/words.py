"""Words of a text as the index knows them: by key and by stem.

A stem is the key of the dictionary form (Bulgarian or English, by simplemma).
Bulgarian words in Latin letters are looked up in Cyrillic too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from simplemma import lemmatize

from registry.search.transliteration import cyrillic, key

SHORT = 3
"""Words with fewer letters are not completed."""

STOP = frozenset(
    (
        "в",
        "във",
        "на",
        "за",
        "и",
        "или",
        "по",
        "от",
        "с",
        "със",
        "до",
        "при",
        "към",
        "v",
        "na",
        "za",
        "i",
        "ili",
        "po",
        "ot",
        "s",
        "do",
        "pri",
        "kam",
        "the",
        "of",
        "in",
        "for",
        "and",
        "or",
        "a",
        "an",
        "to",
        "at",
        "near",
        "with",
    )
)
"""Words that are not looked for when there are others."""

LEVELS = frozenset(
    (
        "област",
        "oblast",
        "province",
        "община",
        "obshtina",
        "municipality",
        "град",
        "grad",
        "town",
        "city",
        "гр",
        "район",
        "region",
    )
)
"""What a place may be called besides its name."""

FAMILY = 5
"""Letters of an adjective that have to be left without its ending."""

_ENDING = re.compile(r"(?:ен|на|но|ни|ния|ният|ната|ното|ните)\Z")
_WORD = re.compile(r"\w+")
_CYRILLIC = re.compile("[а-яѝѐёыэіїєґ]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text or of a question.

    Attributes:
        shown: as it was written.
        key: equal for all spellings.
        stems: keys of its dictionary forms.
        start: what other words of its family begin with: the key, of an adjective
            without its ending.
    """

    shown: str
    key: str
    stems: tuple[str, ...]
    start: str


def words(text: str) -> Iterator[Word]:
    """Yields the words of a text."""
    for shown in _WORD.findall(text):
        yield _word(shown.lower())


def asked(text: str) -> list[Word]:
    """Returns the words of a question that are worth looking for."""
    found = list(words(text))
    telling = [word for word in found if word.shown not in STOP]
    named = [word for word in telling if word.shown not in LEVELS]
    return named or telling or found


@lru_cache(maxsize=1 << 14)
def _word(shown: str) -> Word:
    if shown.isnumeric():
        written = shown
        forms = {shown}
    elif _CYRILLIC.search(shown):
        written = shown
        forms = {lemmatize(shown, lang="bg")}
    else:
        written = cyrillic(shown)
        forms = {lemmatize(shown, lang="en"), lemmatize(written, lang="bg")}
    family = _ENDING.sub("", written)
    return Word(
        shown,
        key(shown),
        tuple(sorted({key(form) for form in forms})),
        key(family if len(family) >= FAMILY else shown),
    )
