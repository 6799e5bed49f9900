"""What can be chosen in a form: codes of lists, and records found by words."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from api.pages.facts import Labels, name_of
from registry.forms.field import Field
from registry.language import Chosen, Text, choose
from registry.namespaces import DCT, INTG, ORG
from registry.ports import ListQuery, RecordList

FOUND = 12
"""Records that are offered for the same words."""
WORDS = 200
"""Characters of the words that are searched for."""

KINDS: Mapping[str, tuple[str, ...]] = {
    f"{DCT}Location": ("place",),
    f"{ORG}Organization": ("institution", "training-centre"),
    f"{INTG}TrainingCentre": ("training-centre",),
}
"""Kinds of the records that may be of a class."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen.

    Attributes:
        value: its IRI, or the name of a class.
        name: in the best language there is; `None` if it has none.
        depth: how many broader codes stand above it.
        about: what tells it from others of its name, if there is anything.
    """

    value: str
    name: Chosen | None
    depth: int = 0
    about: Chosen | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen, called by its name in the language of a page.

    Attributes:
        labels: names of things.
        lists: where records are found.
    """

    labels: Labels
    lists: RecordList

    def named(self, iri: str) -> Option:
        """Returns what was chosen, by its name."""
        return Option(iri, self.labels.name(iri))

    def codes(self, scheme: str) -> Sequence[Option]:
        """Returns the codes of a list, each after the one that it belongs to."""
        record = self.labels.iris.parse(scheme)
        version = self.labels.journal.current(record) if record else None
        codes = _codes(version.content.document) if version else ()
        below: dict[str | None, list[_Code]] = {}
        known = {code.iri for code in codes}
        for code in codes:
            above = code.broader if code.broader in known else None
            below.setdefault(above, []).append(code)
        return list(self._ordered(below, None, 0))

    def _ordered(
        self,
        below: Mapping[str | None, Sequence["_Code"]],
        above: str | None,
        depth: int,
    ) -> Iterator[Option]:
        found = [
            (choose(code.name, self.labels.language), code)
            for code in below.get(above, ())
        ]
        for name, code in sorted(found, key=_alphabet):
            yield Option(code.iri, name, depth)
            if depth < _DEEPEST:
                yield from self._ordered(below, code.iri, depth + 1)

    def found(self, field: Field, words: str) -> Sequence[Option]:
        """Returns records that a field may refer to, found by words."""
        kinds = [kind for one in field.classes for kind in KINDS.get(one, ())]
        query = ListQuery(
            kinds=tuple(dict.fromkeys(kinds)), text=words[:WORDS], limit=FOUND
        )
        return [
            Option(
                self.labels.iris.thing(item.record),
                choose(item.name, self.labels.language),
                about=self._about(item.place, item.record.key),
            )
            for item in self.lists.search(query).items
        ]

    def _about(self, place: str | None, key: str) -> Chosen | None:
        """Returns the name of the place in which something is, or its key."""
        start = self.labels.iris.base
        name = self.labels.name(f"{start}id/place/{place}") if place else None
        return name or Chosen(key, "")


@dataclass(frozen=True, slots=True)
class _Code:
    iri: str
    name: Text
    broader: str | None


_DEEPEST = 4


@lru_cache(64)
def _codes(document: str) -> Sequence[_Code]:
    """Returns the codes of a list; every form of a kind asks for the same ones."""
    concepts: Sequence[Mapping[str, Any]] = json.loads(document).get("concepts", ())
    return tuple(
        _Code(one["id"], name_of(one), _broader(one.get("broader"))) for one in concepts
    )


def _broader(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _alphabet(found: tuple[Chosen | None, _Code]) -> tuple[str, str]:
    name, code = found
    return (name.text.casefold() if name else "", code.iri)
