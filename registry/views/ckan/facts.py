"""What a graph says, by subject and predicate."""

from collections.abc import Mapping

from pyoxigraph import Literal, NamedNode

from registry import graphs
from registry.language import LANGUAGES, Text, choose
from registry.namespaces import FOAF, RDFS, SKOS, VCARD

Term = NamedNode | Literal

_NAMES = (f"{SKOS}prefLabel", f"{RDFS}label", f"{FOAF}name", f"{VCARD}fn")


class Facts:
    """A graph without blank nodes, for looking things up.

    Args:
        text: canonical N-Triples.
    """

    def __init__(self, text: str) -> None:
        self._by_subject: dict[str, dict[str, list[Term]]] = {}
        for triple in graphs.triples(text):
            subject, value = triple.subject, triple.object
            if isinstance(subject, NamedNode) and isinstance(value, Term):
                said = self._by_subject.setdefault(subject.value, {})
                said.setdefault(triple.predicate.value, []).append(value)

    def values(self, subject: str, predicate: str) -> list[str]:
        """Returns every value, IRIs and texts alike, in the order of the graph."""
        return [term.value for term in self._terms(subject, predicate)]

    def value(self, subject: str, predicate: str) -> str | None:
        """Returns the one value, or the first, or `None`."""
        return next(iter(self.values(subject, predicate)), None)

    def text(self, subject: str, predicate: str) -> Text:
        """Returns the text in each of its languages."""
        return {
            term.language: term.value
            for term in self._terms(subject, predicate)
            if isinstance(term, Literal) and term.language
        }

    def texts(self, subject: str, predicate: str) -> Mapping[str, list[str]]:
        """Returns all texts of each language."""
        found: dict[str, list[str]] = {}
        for term in self._terms(subject, predicate):
            if isinstance(term, Literal) and term.language:
                found.setdefault(term.language, []).append(term.value)
        return found

    def label(self, iri: str) -> Text:
        """Returns how the graph calls a node, empty if it does not say."""
        return next(filter(None, (self.text(iri, each) for each in _NAMES)), {})

    def _terms(self, subject: str, predicate: str) -> list[Term]:
        return self._by_subject.get(subject, {}).get(predicate, [])


def first(text: Text) -> str:
    """Returns a text in the one language that CKAN shows, or the best other one."""
    chosen = choose(text, LANGUAGES[0])
    return chosen.text if chosen else ""
