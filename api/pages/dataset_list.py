"""The list of datasets: what a line of it shows, and what its words find."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.pages.datasets import (
    Group,
    Named,
    Period,
    group_of,
    heading,
    label,
    licences,
    period,
)
from registry.iris import Iris
from registry.kinds import KINDS
from registry.language import Text, choose
from registry.namespaces import DCAT, DCT
from registry.ports import Described
from registry.views.ckan.shelf import words
from registry.views.dcat.definition import Definition
from registry.views.nodes import Nodes

_GROUPS = tuple(Group)
_KINDS = tuple(f"{Group.REGISTER}.{kind}" for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Line:
    """A dataset of the list.

    Attributes:
        at: when it last changed.
        makers: who made the figures of a table; otherwise who publishes.
        formats: names of the formats that it is distributed in, each once.
        words: that it is found by, without case.
    """

    key: str
    group: Group
    at: datetime
    title: Text
    description: Text
    makers: Sequence[Named]
    licences: Sequence[Named]
    period: Period | None
    formats: Sequence[Text]
    words: frozenset[str]

    def found_by(self, wanted: frozenset[str]) -> bool:
        """Says whether each of these words begins a word of the dataset."""
        return all(any(w.startswith(begun) for w in self.words) for begun in wanted)

    def place(self, language: str) -> tuple[int, int, str]:
        """Returns what the list is sorted by: group, register, then title."""
        title = choose(self.title, language)
        return (
            _GROUPS.index(self.group),
            _KINDS.index(self.key) if self.key in _KINDS else len(_KINDS),
            title.text.casefold() if title else self.key,
        )


class Lines:
    """Makes the lines of one catalogue.

    Args:
        iris: the registry's own.
        definition: what the catalogue says of itself.
    """

    def __init__(self, iris: Iris, definition: Definition) -> None:
        self._iris = iris
        self._shared = Nodes(heading(iris, definition))

    def line(self, described: Described) -> Line:
        """Returns the line of a dataset."""
        nodes = Nodes(described.triples)
        iri = self._iris.dataset(described.key)
        title = nodes.text(iri, f"{DCT}title")
        description = nodes.text(iri, f"{DCT}description")
        makers = self._named(
            nodes,
            nodes.values(iri, f"{DCT}creator") or nodes.values(iri, f"{DCT}publisher"),
        )
        keywords = (word for _, word in nodes.texts(iri, f"{DCAT}keyword"))
        names = (text for maker in makers for text in maker.name.values())
        return Line(
            key=described.key,
            group=group_of(described.key),
            at=described.at,
            title=title,
            description=description,
            makers=makers,
            licences=self._named(nodes, [one.iri for one in licences(nodes, iri)]),
            period=period(nodes, iri),
            formats=self._formats(nodes, iri),
            words=words(
                described.key, *title.values(), *description.values(), *keywords, *names
            ),
        )

    def _named(self, nodes: Nodes, iris: Sequence[str]) -> Sequence[Named]:
        return [Named(one, self._label(nodes, one)) for one in iris]

    def _label(self, nodes: Nodes, iri: str) -> Text:
        return label(nodes, iri) or label(self._shared, iri)

    def _formats(self, nodes: Nodes, iri: str) -> Sequence[Text]:
        found = (
            file_type
            for file in nodes.values(iri, f"{DCAT}distribution")
            for file_type in nodes.values(file, f"{DCT}format")
        )
        named = (
            self._label(nodes, one) or {"en": one.rpartition("/")[2]}
            for one in set(found)
        )
        return sorted(named, key=lambda name: name["en"])
