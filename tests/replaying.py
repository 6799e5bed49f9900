"""Followers of a feed, each as plain as its specification lets it be."""

from collections.abc import Iterable
from datetime import datetime
from xml.etree import ElementTree

from pyoxigraph import Dataset, NamedNode, RdfFormat, Triple, parse

from registry import graphs
from registry.namespaces import AS, RDF, TREE

ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
HISTORY = "{http://purl.org/syndication/history/1.0}"

Copy = dict[str, str]
"""A graph as canonical N-Triples by the IRI of what it describes."""


class Follower:
    """Keeps a copy of what the pages of an event stream add up to."""

    def __init__(self) -> None:
        self.copy: Copy = {}
        self.deeds: list[tuple[str, str]] = []

    def read(self, page: bytes, format_: RdfFormat = RdfFormat.N_QUADS) -> None:
        """Carries out the activities of a page, in their order on it."""
        quads = list(parse(page, format=format_))
        dataset = Dataset(quads)
        for quad in quads:
            if quad.predicate.value == f"{TREE}member":
                assert isinstance(quad.object, NamedNode)
                self._carry_out(quad.object, dataset)

    def _carry_out(self, activity: NamedNode, dataset: Dataset) -> None:
        said = {
            quad.predicate.value: quad.object.value
            for quad in dataset.quads_for_subject(activity)
            if not isinstance(quad.object, Triple)
        }
        assert set(said) == {f"{RDF}type", f"{AS}object", f"{AS}published"}
        deed = said[f"{RDF}type"].removeprefix(AS)
        about = said[f"{AS}object"]
        self.deeds.append((deed, about))
        payload = [quad.triple for quad in dataset.quads_for_graph_name(activity)]
        if deed == "Delete":
            assert not payload
            del self.copy[about]
        else:
            assert (about in self.copy) == (deed == "Update")
            self.copy[about] = graphs.canonical(payload)


def following(page: bytes, format_: RdfFormat = RdfFormat.N_QUADS) -> str | None:
    """Returns the page that a page leads to, if it does."""
    for quad in parse(page, format=format_):
        if quad.predicate.value == f"{TREE}node":
            assert isinstance(quad.object, NamedNode)
            return quad.object.value
    return None


def of_atom(documents: Iterable[bytes]) -> Copy:
    """Returns what Atom documents add up to, read from the oldest on.

    Of each id the newest is kept; among equally new ones of one document that
    which comes first.
    """
    newest: dict[str, tuple[datetime, str | None]] = {}
    for document in documents:
        for element in reversed(ElementTree.fromstring(document)):  # noqa: S314 - ours
            found = _state(element)
            if found is None:
                continue
            name, at, content = found
            if name not in newest or newest[name][0] <= at:
                newest[name] = at, content
    return {
        name: graphs.canonical(graphs.triples(content))
        for name, (_, content) in newest.items()
        if content is not None
    }


def archive_before(document: bytes) -> str | None:
    """Returns the archive document that an Atom document leads back to, if any."""
    for link in ElementTree.fromstring(document).findall(f"{ATOM}link"):  # noqa: S314 - ours
        if link.attrib["rel"] == "prev-archive":
            return link.attrib["href"]
    return None


def _state(
    element: ElementTree.Element,
) -> tuple[str, datetime, str | None] | None:
    if element.tag == f"{TOMBSTONES}deleted-entry":
        return element.attrib["ref"], _time(element.attrib["when"]), None
    if element.tag != f"{ATOM}entry":
        return None
    content = element.find(f"{ATOM}content")
    assert content is not None
    assert content.attrib == {"type": "text/turtle"}
    return (
        element.findtext(f"{ATOM}id", ""),
        _time(element.findtext(f"{ATOM}updated", "")),
        content.text or "",
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
