"""A feed of changes as a Linked Data Event Stream, in N-Quads.

Every change is an activity with three properties: what was done (*Create*,
*Update*, *Delete*), to what, and when. What it was about, as it stood after the
change, is in the named graph that is called as the activity is; nothing is in
it after a deletion.

Activities come in the order in which they happened, and pages are cut by position.
Two views hold the same activities:

- The entry point has those that are on no full page, and leads back through the
  archive, from one full page to the one before it. Who comes again reads back
  until what is known.
- A numbered page names the one after it, for who goes on from a position.

Neither leads into the other, and no page of a view can be reached in two ways, so
a client that does not remember its way reads nothing twice. What is full never
changes, since all that it names was there before it was full.

**Source:** LDES 1.0 with its vocabulary and server primer; TREE, section 3
(relations) and 5 (search forms); DCAT-AP Feeds; Activity Streams 2.0.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyoxigraph import Literal, NamedNode, Triple

from registry import graphs
from registry.language import Text
from registry.namespaces import AS, DCAT, DCT, HYDRA, LDES, RDF, SH, TREE, XSD
from registry.ports import Deed
from registry.views.item import moment

ATOM = "https://www.iana.org/assignments/media-types/application/atom+xml"
"""The media type of the other face of a feed, as an IRI."""


@dataclass(frozen=True, slots=True)
class Member:
    """One change, as a feed tells of it.

    Attributes:
        number: its position, from 1; positions may have gaps.
        object: IRI of what was changed.
        at: when, in UTC.
        triples: N-Triples of the object as it stood afterwards; empty for a
            deletion.
        title: what the object is called.
    """

    number: int
    deed: Deed
    object: str
    at: datetime
    triples: str
    title: Text


@dataclass(frozen=True, slots=True)
class Page:
    """The changes at some consecutive positions.

    Attributes:
        number: from 1.
        members: oldest first.
        until: when the last position of the page was taken; `None` while there
            is room on it.
        after: when the last position before the page was taken; `None` on the
            first.
    """

    number: int
    members: Sequence[Member]
    until: datetime | None
    after: datetime | None = None

    @property
    def full(self) -> bool:
        """Whether the page is what it will always be."""
        return self.until is not None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed and its IRIs.

    Attributes:
        address: of its entry point, without a query.
        title: what it is called.
        description: what it holds.
        shape: IRI of the shape that its activities have; `None` for a feed that
            describes its own.
    """

    address: str
    title: Text
    description: Text
    shape: str | None = None

    @property
    def stream(self) -> str:
        """The IRI of the event stream."""
        return f"{self.address}#stream"

    @property
    def atom(self) -> str:
        """The address of its other face, without a query."""
        return f"{self.address}.atom"

    def page(self, number: int) -> str:
        """Returns the IRI of a page that leads on to the next."""
        return f"{self.address}?page={number}"

    def archive(self, number: int) -> str:
        """Returns the IRI of a full page that leads back to the one before it."""
        return f"{self.address}?archive={number}"

    def activity(self, number: int) -> str:
        """Returns the IRI of an activity, which is also its graph's."""
        return f"{self.address}/{number}"


def entry_point(feed: Feed, since: datetime | None, latest: Page) -> str:
    """Returns the description of a feed, and its latest changes.

    Args:
        feed: which feed.
        since: when its first change happened, if there was one; nothing that
            happened since is ever removed.
        latest: the page that has room.
    """
    said = sorted(_entry_point(feed, since, latest), key=graphs.reading_order)
    return _with_members(feed, said, latest)


def archive(feed: Feed, shown: Page) -> str:
    """Returns a full page of a feed that leads back to the one before it."""
    return _with_members(feed, _archive(feed, shown), shown)


def page(feed: Feed, shown: Page) -> str:
    """Returns a page of a feed that leads on to the next, once it is full."""
    return _with_members(feed, _page(feed, shown), shown)


def activity(feed: Feed, member: Member) -> str:
    """Returns one change on its own."""
    return _member(feed, member)


def description(address: str, title: Text, feeds: Sequence[Feed]) -> str:
    """Returns canonical N-Triples about several feeds and their faces.

    Args:
        address: of the list of feeds.
        title: what the list is called.
        feeds: those on it.
    """
    return graphs.canonical(_description(address, title, feeds))


def _with_members(feed: Feed, said: Iterable[Triple], shown: Page) -> str:
    members = (_member(feed, member) for member in shown.members)
    return "".join([*_lines(said), *members])


def _lines(triples: Iterable[Triple]) -> Iterator[str]:
    return (f"{triple} .\n" for triple in triples)


def _link(subject: str, predicate: str, target: str) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), NamedNode(target))


def _value(subject: str, predicate: str, value: Literal) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), value)


def _type(subject: str, class_: str) -> Triple:
    return _link(subject, f"{RDF}type", class_)


def _texts(subject: str, predicate: str, text: Text) -> Iterator[Triple]:
    for tag, words in text.items():
        yield _value(subject, predicate, Literal(words, language=tag))


_TRUE = Literal("true", datatype=NamedNode(f"{XSD}boolean"))


def _stream(feed: Feed) -> Iterator[Triple]:
    """Yields what has to be known on each page, which may be where one begins."""
    yield _type(feed.stream, f"{LDES}EventStream")
    yield _link(feed.stream, f"{LDES}timestampPath", f"{AS}published")
    yield _link(feed.stream, f"{LDES}versionOfPath", f"{AS}object")


def _entry_point(feed: Feed, since: datetime | None, latest: Page) -> Iterator[Triple]:
    stream, root = feed.stream, feed.address
    yield from _stream(feed)
    yield from _texts(stream, f"{DCT}title", feed.title)
    yield from _texts(stream, f"{DCT}description", feed.description)
    yield _link(stream, f"{LDES}versionCreateObject", f"{AS}{Deed.CREATE}")
    yield _link(stream, f"{LDES}versionUpdateObject", f"{AS}{Deed.UPDATE}")
    yield _link(stream, f"{LDES}versionDeleteObject", f"{AS}{Deed.DELETE}")
    yield _link(stream, f"{TREE}shape", feed.shape or f"{root}#shape")
    if feed.shape is None:
        yield from _shape(f"{root}#shape")
    yield _link(stream, f"{TREE}view", root)
    yield _type(root, f"{TREE}Node")
    yield _type(root, f"{LDES}EventSource")
    yield from _retention(root, since)
    yield from _search(root)
    yield from _earlier(feed, root, latest)


def _earlier(feed: Feed, node: str, shown: Page) -> Iterator[Triple]:
    """Yields how the page before is reached, unless it is the first."""
    if shown.after is not None:
        target = feed.archive(shown.number - 1)
        relation = f"{node}#previous"
        type_ = "LessThanOrEqualToRelation"
        yield from _relation(node, relation, type_, target, shown.after)


def _relation(
    node: str, relation: str, type_: str, target: str, value: datetime
) -> Iterator[Triple]:
    """Yields that a page leads to another, and when what is on that happened."""
    yield _link(node, f"{TREE}relation", relation)
    # Time never goes back in the log, but several changes may share a moment.
    yield _type(relation, f"{TREE}{type_}")
    yield _link(relation, f"{TREE}node", target)
    yield _link(relation, f"{TREE}path", f"{AS}published")
    yield _value(relation, f"{TREE}value", moment(value))


def _retention(root: str, since: datetime | None) -> Iterator[Triple]:
    """Yields that all of the log is kept: no number and no age is a limit."""
    policy = f"{root}#retention"
    yield _link(root, f"{LDES}retentionPolicy", policy)
    yield _type(policy, f"{LDES}RetentionPolicy")
    if since is not None:
        yield _value(policy, f"{LDES}startingFrom", moment(since))


def _search(root: str) -> Iterator[Triple]:
    """Yields the form that leads to the page of a moment."""
    form, field = f"{root}#search", f"{root}#since"
    yield _link(root, f"{TREE}search", form)
    yield _type(form, f"{HYDRA}IriTemplate")
    yield _value(form, f"{HYDRA}template", Literal(f"{root}{{?since}}"))
    yield _link(form, f"{HYDRA}mapping", field)
    yield _type(field, f"{HYDRA}IriTemplateMapping")
    yield _value(field, f"{HYDRA}variable", Literal("since"))
    yield _link(field, f"{HYDRA}property", f"{TREE}timeQuery")
    yield _link(field, f"{TREE}path", f"{AS}published")


def _shape(shape: str) -> Iterator[Triple]:
    """Yields that an activity has a type, an object and a time, and no more."""
    yield _type(shape, f"{SH}NodeShape")
    yield _value(shape, f"{SH}closed", _TRUE)
    for name, path in (
        ("type", f"{RDF}type"),
        ("object", f"{AS}object"),
        ("published", f"{AS}published"),
    ):
        property_ = f"{shape}-{name}"
        yield _link(shape, f"{SH}property", property_)
        yield _type(property_, f"{SH}PropertyShape")
        yield _link(property_, f"{SH}path", path)
        for bound in ("minCount", "maxCount"):
            yield _value(property_, f"{SH}{bound}", Literal(1))
    yield _link(f"{shape}-object", f"{SH}nodeKind", f"{SH}IRI")
    yield _link(f"{shape}-published", f"{SH}datatype", f"{XSD}dateTime")


def _archive(feed: Feed, shown: Page) -> Iterator[Triple]:
    node = feed.archive(shown.number)
    yield from _stream(feed)
    yield _link(feed.stream, f"{TREE}view", feed.address)
    yield _type(node, f"{TREE}Node")
    yield _value(node, f"{LDES}immutable", _TRUE)
    yield from _earlier(feed, node, shown)


def _page(feed: Feed, shown: Page) -> Iterator[Triple]:
    node = feed.page(shown.number)
    yield from _stream(feed)
    # A reader who was sent to this page by a date begins here.
    yield _link(feed.stream, f"{TREE}view", node)
    yield _type(node, f"{TREE}Node")
    if shown.until is not None:
        yield _value(node, f"{LDES}immutable", _TRUE)
        target, relation = feed.page(shown.number + 1), f"{node}#next"
        type_ = "GreaterThanOrEqualToRelation"
        yield from _relation(node, relation, type_, target, shown.until)


def _member(feed: Feed, member: Member) -> str:
    name = feed.activity(member.number)
    said = (
        _link(feed.stream, f"{TREE}member", name),
        _type(name, f"{AS}{member.deed}"),
        _link(name, f"{AS}object", member.object),
        _value(name, f"{AS}published", moment(member.at)),
    )
    return "".join([*_lines(said), graphs.quads(member.triples, name)])


def _description(address: str, title: Text, feeds: Sequence[Feed]) -> Iterator[Triple]:
    yield _type(address, f"{HYDRA}Collection")
    yield from _texts(address, f"{DCT}title", title)
    for feed in feeds:
        yield _link(address, f"{HYDRA}member", feed.stream)
        yield _type(feed.stream, f"{LDES}EventStream")
        yield from _texts(feed.stream, f"{DCT}title", feed.title)
        yield from _texts(feed.stream, f"{DCT}description", feed.description)
        yield _link(feed.stream, f"{TREE}view", feed.address)
        yield _link(feed.stream, f"{DCT}hasFormat", feed.atom)
        yield _link(feed.atom, f"{DCAT}mediaType", ATOM)
