"""Statements in the making, from which a canonical text is made."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from pyoxigraph import Literal, NamedNode, Triple

from registry import graphs
from registry.language import Text
from registry.namespaces import RDF, XSD


class Statements:
    """A graph that is being put together; it has no blank nodes."""

    def __init__(self) -> None:
        self._triples: list[Triple] = []

    def type(self, subject: str, *classes: str) -> None:
        """States which classes a node has."""
        self.link(subject, f"{RDF}type", *classes)

    def link(self, subject: str, predicate: str, *objects: str) -> None:
        """States links to other nodes."""
        for iri in objects:
            self._add(subject, predicate, NamedNode(iri))

    def text(self, subject: str, predicate: str, text: Text) -> None:
        """States a text in each of its languages."""
        for language, value in text.items():
            self._add(subject, predicate, Literal(value, language=language))

    def texts(
        self, subject: str, predicate: str, texts: Mapping[str, Iterable[str]]
    ) -> None:
        """States several texts in each of their languages."""
        for language, values in texts.items():
            for value in values:
                self.text(subject, predicate, {language: value})

    def value(
        self, subject: str, predicate: str, value: str, datatype: str = "string"
    ) -> None:
        """States a value of an XML Schema datatype, which is given by its name."""
        literal = Literal(value, datatype=NamedNode(f"{XSD}{datatype}"))
        self._add(subject, predicate, literal)

    def moment(self, subject: str, predicate: str, at: datetime) -> None:
        """States a moment, which has a time zone, to the second in UTC."""
        text = at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()
        self.value(subject, predicate, f"{text}Z", "dateTime")

    def add(self, triples: str) -> None:
        """States all that a canonical text does."""
        self._triples += graphs.triples(triples)

    def canonical(self) -> str:
        """Returns what was stated as canonical N-Triples."""
        return graphs.canonical(self._triples)

    def _add(self, subject: str, predicate: str, value: NamedNode | Literal) -> None:
        self._triples.append(Triple(NamedNode(subject), NamedNode(predicate), value))
