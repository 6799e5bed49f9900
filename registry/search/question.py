"""What the words of a question mean to the index.

Every word has to be met: by a word of the record that begins like it, by one with
the same dictionary form, by the name of a concept that the record refers to (a
service, a language), or by where the record is, if the word names a place or a
province (*Хасковска*). A word that is met by nothing at all is taken for a slip of
one that the index knows.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.search import spelling
from registry.search.adjectives import PROVINCES
from registry.search.words import SHORT, Word, asked, words

Fetch = Callable[[str, Mapping[str, object]], list[Any]]

RANKED = (
    "SELECT rowid AS id, bm25(words, 10.0, 5.0, 1.0, 1.0) AS rank"
    " FROM words WHERE words MATCH :any"
)
"""How near a record is, the nearest with the least rank."""

UNNAMED = "kind <> 'place' OR key NOT IN (SELECT value FROM json_each(:named))"
"""Whether a record is not one of the places that are named."""

CANDIDATES = 3
"""Words that a slip is taken for at most, the most frequent ones."""

MOST = 16
"""Words of a question that are looked at."""

_IN_WORDS = "SELECT rowid FROM words WHERE words MATCH :word{0}"
_IN_PLACES = """
 UNION SELECT id FROM (
  WITH RECURSIVE within (place) AS (
    SELECT value FROM json_each(:places{0}) UNION
    SELECT inside.place FROM inside JOIN within ON inside.container = within.place)
  SELECT id FROM facet WHERE name IN ('location', 'area') AND value IN (
    SELECT place FROM within)
  UNION
  SELECT id FROM listed WHERE kind = 'place' AND key IN (SELECT place FROM within))
"""
_OF_CONCEPTS = """
 UNION SELECT id FROM facet WHERE name = 'concept' AND value IN (
  SELECT concept FROM labelled WHERE word IN (
    SELECT value FROM json_each(:forms{0})))
"""
_PLACES = "SELECT place FROM placed WHERE word = :key"
_MET = """
SELECT 1 FROM words WHERE words MATCH :match UNION
SELECT 1 FROM labelled WHERE word = :key LIMIT 1
"""
_CANDIDATES = """
SELECT DISTINCT term.key, term.shown, vocabulary.doc FROM json_each(:parts)
  JOIN remains ON remains.part = json_each.value
  JOIN term ON term.key = remains.key
  JOIN vocabulary ON vocabulary.term = term.key
ORDER BY vocabulary.doc DESC, term.key
"""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as conditions on `listed`, all of which must hold.

    Attributes:
        conditions: SQL without any of the text.
        values: what is bound in them, and in `RANKED`; `whole` is the key of the
            whole question between bars, `named` the places in it.
    """

    conditions: Sequence[str]
    values: Mapping[str, object]


def understood(text: str, fetch: Fetch) -> Understood:
    """Returns what is asked for; nothing meets a text without words."""
    conditions: list[str] = []
    values: dict[str, object] = {"whole": f"|{whole(text)}|"}
    matches: list[str] = []
    named: list[str] = []
    for n, word in enumerate(asked(text)[:MOST]):
        meant = _meant(word, fetch)
        match = " OR ".join(_match(one) for one in meant)
        places = [place for one in meant for place in _places(one.key, fetch)]
        matches.append(match)
        named += places
        values[f"word{n}"] = match
        values[f"forms{n}"] = json.dumps([f for w in meant for f in (w.key, *w.stems)])
        values[f"places{n}"] = json.dumps(places)
        inner = _IN_WORDS.format(n) + _OF_CONCEPTS.format(n) + _IN_PLACES.format(n)
        conditions.append(f"listed.id IN ({inner})")
    values["named"] = json.dumps(named)
    values["any"] = " OR ".join(f"({match})" for match in matches) or '""'
    return Understood(conditions or ["false"], values)


def whole(text: str) -> str:
    """Returns the key of a whole name or question."""
    return " ".join(word.key for word in words(text))


def in_names(text: str) -> str:
    """Returns the FTS5 expression for names that have all the words."""
    return " AND ".join(
        f'({{name}} : "{word.key}" *)' for word in asked(text) if word.key
    )


def _meant(word: Word, fetch: Fetch) -> Sequence[Word]:
    """Returns the word itself or, if nothing meets it, what it is a slip of."""
    if _places(word.key, fetch) or fetch(
        _MET, {"match": _match(word), "key": word.key}
    ):
        return [word]
    return [next(words(shown)) for shown in _corrections(word.key, fetch)] or [word]


def _places(key: str, fetch: Fetch) -> Sequence[str]:
    named = [place for (place,) in fetch(_PLACES, {"key": key})]
    return [PROVINCES[key], *named] if key in PROVINCES else named


def _corrections(key: str, fetch: Fetch) -> Sequence[str]:
    """Returns words that are one slip away, the most frequent first."""
    if len(key) < spelling.LEAST:
        return []
    found = fetch(_CANDIDATES, {"parts": json.dumps(list(spelling.remains(key)))})
    near = [
        shown for other, shown, _ in found if spelling.apart_by_one_slip(key, other)
    ]
    return near[:CANDIDATES]


def _match(word: Word) -> str:
    # Keys are letters and digits only, so that nothing in them is an operator.
    begun = f'"{word.start}" *' if len(word.start) >= SHORT else f'"{word.key}"'
    same = " OR ".join(f'{{name_stems stems}} : "{stem}"' for stem in word.stems)
    return f"{{name text}} : {begun} OR {same}"
