"""The facts of a record as people read them: short, and with links that lead on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from api.pages.addresses import Addresses
from api.pages.environment import turns
from api.pages.facts import Fact, Value
from api.pages.terms import FRESHNESS, ITEM_TERMS, STATUSES, TERMS, TYPES
from registry.language import Chosen, Text, choose

SOUGHT: Mapping[str, str] = {
    "serviceKind": "service",
    "servesIn": "language",
    "taughtLanguage": "language",
    "targetGroup": "group",
}
"""Terms whose codes one can look for, and the parameter of the find page."""

_LIFTED = "contact"
"""The node whose facts are what people come for: they stand with the others."""

_TOLD = "description"


def readable(facts: Iterable[Fact]) -> Sequence[Fact]:
    """Returns facts without nodes that only stand between a term and its text."""
    return [Fact(fact.term, tuple(_told(fact.values))) for fact in _lifted(facts)]


def _lifted(facts: Iterable[Fact]) -> Iterator[Fact]:
    for fact in facts:
        if fact.term == _LIFTED:
            for value in fact.values:
                yield from value.facts
        else:
            yield fact


def _told(values: Iterable[Value]) -> Iterator[Value]:
    """Yields values, a node that has nothing but a description as that."""
    for value in values:
        terms = [fact.term for fact in value.facts]
        if terms == [_TOLD] and not value.text:
            yield from value.facts[0].values
        elif value.facts:
            yield Value(value.text, value.language, value.link, readable(value.facts))
        else:
            yield value


@dataclass(frozen=True, slots=True)
class Reader:
    """What a template asks about facts, in the language of a page.

    Attributes:
        addresses: of the pages in that language.
    """

    addresses: Addresses

    def term(self, name: str) -> Chosen:
        """Returns the name of a term of a record or of its item, or the term itself."""
        return self._said(TERMS if name in TERMS else ITEM_TERMS, name)

    def type(self, name: str) -> Chosen:
        """Returns the name of a class of the context, or the class itself."""
        return self._said(TYPES, name)

    def status(self, name: str) -> Chosen:
        """Returns the name of a status or an event."""
        return self._said(STATUSES, name)

    def freshness(self, name: str) -> Chosen:
        """Returns how far a record can be relied on, in words."""
        return self._said(FRESHNESS, name)

    def _said(self, table: Mapping[str, Text], name: str) -> Chosen:
        said = choose(table.get(name, {}), self.addresses.language)
        return said or Chosen(name, "")

    def to(self, term: str, iri: str) -> str:
        """Returns the address for a value: what else has this code, or its page."""
        if term in SOUGHT and self._code(iri):
            return self.addresses.page("find", **{SOUGHT[term]: iri.partition("#")[2]})
        return self.addresses.thing(iri)

    def short(self, fact: Fact) -> bool:
        """Says whether a fact has several codes, which can stand in one line."""
        return len(fact.values) > 1 and all(
            value.link and self._code(value.link) for value in fact.values
        )

    def _code(self, iri: str) -> bool:
        return iri.startswith(f"{self.addresses.base}id/scheme/") and "#" in iri

    def outside(self, iri: str) -> bool:
        """Says whether an address is that of another site."""
        return not iri.startswith(self.addresses.base)

    def shown(self, iri: str) -> str:
        """Returns an address as people read it, with letters in place of their codes.

        Only if nothing in it is invisible or turns around what stands beside it.
        """
        try:
            decoded = unquote(iri, errors="strict")
        except UnicodeDecodeError:
            return iri
        plain = decoded.isprintable() and " " not in decoded
        return decoded if plain and not turns(decoded) else iri
