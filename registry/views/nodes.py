"""A graph as nodes with their values, for views that tell it in other words."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from pyoxigraph import Literal, NamedNode

from registry import graphs
from registry.language import Text


class Nodes:
    """The nodes of a graph without blank nodes, by their IRIs.

    Values come in the order of the canonical text, so that equal graphs are told
    in equal words.

    Args:
        text: canonical N-Triples.
    """

    def __init__(self, text: str) -> None:
        self._values: defaultdict[tuple[str, str], list[NamedNode | Literal]]
        self._values = defaultdict(list)
        for triple in graphs.triples(text):
            match triple.subject, triple.object:
                case NamedNode() as subject, NamedNode() | Literal() as value:
                    self._values[subject.value, triple.predicate.value].append(value)

    def values(self, node: str, predicate: str) -> Sequence[str]:
        """Returns the values of a property: IRIs, and the text of literals."""
        return [value.value for value in self._values.get((node, predicate), ())]

    def value(self, node: str, predicate: str) -> str | None:
        """Returns the value of a property that has one at most."""
        return next(iter(self.values(node, predicate)), None)

    def objects(self, predicate: str) -> Sequence[str]:
        """Returns the values that a property has anywhere."""
        return [
            value.value
            for (_, named), values in self._values.items()
            if named == predicate
            for value in values
        ]

    def texts(self, node: str, predicate: str) -> Sequence[tuple[str, str]]:
        """Returns the texts of a property with their languages."""
        return [
            (value.language, value.value)
            for value in self._values.get((node, predicate), ())
            if isinstance(value, Literal) and value.language
        ]

    def text(self, node: str, *predicates: str) -> Text:
        """Returns the text of the first of these properties that has one."""
        for predicate in predicates:
            if found := dict(self.texts(node, predicate)):
                return found
        return {}

    def moment(self, node: str, predicate: str) -> datetime | None:
        """Returns the moment that a property gives."""
        value = self.value(node, predicate)
        return datetime.fromisoformat(value) if value else None
