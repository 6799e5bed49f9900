"""A compact document as labelled facts for a page."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from api.pages.addresses import web_address
from api.pages.terms import TERMS
from registry.iris import Iris
from registry.language import Chosen, Text, choose
from registry.ports import Journal

_NAMES = ("name", "title", "agentName")
REMEMBERED = 512
"""Documents whose names are kept."""

MOST = 5000
"""Records whose names are kept before all of them are forgotten."""

_UNSHOWN = frozenset({"@context", "id", "type", *_NAMES})
_SCHEMES = {
    "email": ("mailto:", re.compile(r"[^@\s?&]+@[^@\s?&]+\Z")),
    "telephone": ("tel:", re.compile(r"\+?[0-9\s().-]+\Z")),
}
"""Schemes of links to contacts, and what a value of theirs looks like."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value: a text, a link with its text, or a nested node."""

    text: str = ""
    language: str | None = None
    link: str | None = None
    facts: Sequence["Fact"] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """A term of the context and what the record says under it."""

    term: str
    values: Sequence[Value]


Known = dict[str, Mapping[str, Text]]
"""The names in records, by the IRI of the record and then of the node."""


class Naming:
    """What was read of the names in records, for as long as the journal stands still.

    May be asked on any thread: two that read the same name read it alike.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._kept: tuple[tuple[int, str], Known] = (journal.tip(), {})

    def known(self) -> Known:
        """Returns what is known at the tip of the journal, to be added to."""
        tip = self._journal.tip()
        at, known = self._kept
        if at != tip or len(known) > MOST:
            known = {}
            self._kept = (tip, known)
        return known


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of the things that a page refers to, each read once from the journal."""

    journal: Journal
    iris: Iris
    language: str
    _known: Known = field(default_factory=dict)

    def name(self, iri: str) -> Chosen | None:
        """Returns the name of a record, or of a node nested in one."""
        record = self.iris.parse(iri)
        if record is None:
            return None
        thing = self.iris.thing(record)
        if thing not in self._known:
            found = self.journal.current(record)
            self._known[thing] = _names(found.content.document) if found else {}
        return choose(self._known[thing].get(iri, {}), self.language)


@lru_cache(REMEMBERED)
def _names(document: str) -> Mapping[str, Text]:
    """Returns the names in a document; code lists are asked for by every page."""
    return MappingProxyType(dict(_named(json.loads(document))))


def _named(node: Any) -> Iterator[tuple[str, Text]]:
    """Yields every node of a document that has a name, with all its names."""
    if isinstance(node, list):
        for one in node:
            yield from _named(one)
    elif isinstance(node, dict):
        names = name_of(node)
        if names and "id" in node:
            yield node["id"], names
        for value in node.values():
            yield from _named(value)


def name_of(document: Mapping[str, Any]) -> Text:
    """Returns the name or title of a node, per language."""
    for term in _NAMES:
        if isinstance(document.get(term), dict):
            return {tag: _first(value) for tag, value in document[term].items()}
    return {}


def facts_of(document: Mapping[str, Any], labels: Labels) -> Sequence[Fact]:
    """Returns every fact but name and type, in the order of `TERMS`.

    A nested node gives the facts that it has, its name among them; terms that
    have no name in `TERMS` come last, under their own.
    """
    known = [term for term in TERMS if term in document and term not in _UNSHOWN]
    other = [term for term in document if term not in TERMS and term not in _UNSHOWN]
    return [
        Fact(term, tuple(_values(term, document[term], labels)))
        for term in (*known, *other)
    ]


def _values(term: str, value: Any, labels: Labels) -> Iterator[Value]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield _of_object(one, labels)
        elif web_address(one):
            name = labels.name(one)
            shown = name or Chosen(one, "")
            yield Value(shown.text, shown.language or None, one)
        else:
            yield Value(str(one), None, _contact(term, str(one)))


def _contact(term: str, value: str) -> str | None:
    """Returns the link that a contact is, if it looks like one."""
    scheme, pattern = _SCHEMES.get(term, ("", None))
    if pattern is None or not pattern.match(value):
        return None
    return scheme + "".join(
        re.split(r"[\s().-]+" if scheme == "tel:" else r"\s+", value)
    )


def _of_object(value: Mapping[str, Any], labels: Labels) -> Value:
    if "@value" in value:
        return Value(str(value["@value"]), value.get("@language"))
    if "id" not in value:
        text = choose({tag: _first(one) for tag, one in value.items()}, labels.language)
        return Value(text.text, text.language) if text else Value()
    name = choose(name_of(value), labels.language)
    facts = facts_of(value, labels)
    return Value(
        name.text if name else "", name.language if name else None, None, facts
    )


def _first(value: Any) -> str:
    return str(value[0] if isinstance(value, list) and value else value)
