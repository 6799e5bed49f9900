"""A feed of changes as an Atom feed, with its archive and with tombstones.

An entry is called by the IRI of what changed, so the entries of one thing
replace each other, and a deletion names what it deletes. To keep a copy, take
the documents from the oldest archive on, and of each id what is newest; within
a document what is newer comes first.

**Source:** RFC 4287 (Atom); RFC 5005, section 4 (archived feeds); RFC 6721
(`deleted-entry`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement, tostring

from registry.language import LANGUAGES, Chosen, Text, choose
from registry.namespaces import AS
from registry.ports import Deed
from registry.views.feed import Feed, Member

MEDIA_TYPE = "application/atom+xml"

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed changed in which nothing has happened: Atom wants a time."""

_DEEDS: Mapping[Deed, Text] = MappingProxyType(
    {
        Deed.CREATE: {"bg": "Добавено", "en": "Added"},
        Deed.UPDATE: {"bg": "Променено", "en": "Changed"},
    }
)
# Characters that no XML document may hold (XML 1.0, section 2.2).
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Document:
    """One document of an Atom feed.

    Attributes:
        feed: which feed.
        author: whose it is, in the language of the document.
        home: address of the page that tells of the feed.
        members: what it holds, oldest first.
        updated: when that last changed.
        language: of the titles, where a title is there in it.
        page: its number in the archive, or `None` for the one to subscribe to.
        previous: number of the archive document before it, if there is one.
        full: whether it will not change any more.
    """

    feed: Feed
    author: str
    home: str
    members: Sequence[Member]
    updated: datetime
    language: str
    page: int | None = None
    previous: int | None = None
    full: bool = False

    def address(self, page: int | None, language: str | None = None) -> str:
        """Returns the address of a document of the same feed.

        Args:
            page: its number in the archive, `None` for the one to subscribe to.
            language: its own, unless it is in another.
        """
        where = "" if page is None else f"page={page}&"
        return f"{self.feed.atom}?{where}lang={language or self.language}"


def render(document: Document) -> bytes:
    """Returns the document as XML."""
    root = Element(
        "feed",
        {
            "xmlns": "http://www.w3.org/2005/Atom",
            "xmlns:at": "http://purl.org/atompub/tombstones/1.0",
            "xmlns:fh": "http://purl.org/syndication/history/1.0",
            "xml:lang": document.language,
        },
    )
    _head(root, document)
    for member in reversed(document.members):
        if member.deed is Deed.DELETE:
            _tombstone(root, document, member)
        else:
            _entry(root, document, member)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _head(root: Element, document: Document) -> None:
    feed, language = document.feed, document.language
    SubElement(root, "id").text = feed.stream
    SubElement(root, "title").text = feed.title[language]
    SubElement(root, "subtitle").text = feed.description[language]
    SubElement(root, "updated").text = _time(document.updated)
    SubElement(SubElement(root, "author"), "name").text = document.author
    if document.full:
        SubElement(root, "fh:archive")
    _link(root, "self", document.address(document.page), MEDIA_TYPE)
    _link(root, "alternate", document.home, "text/html")
    for tag in LANGUAGES:
        if tag != language:
            other = document.address(document.page, tag)
            _link(root, "alternate", other, MEDIA_TYPE, tag)
    if document.page is not None:
        _link(root, "current", document.address(None), MEDIA_TYPE)
    if document.previous is not None:
        archive = document.address(document.previous)
        _link(root, "prev-archive", archive, MEDIA_TYPE)
    if document.full and document.page is not None:
        # It is filling up, or has been filled since: an archive does not change.
        archive = document.address(document.page + 1)
        _link(root, "next-archive", archive, MEDIA_TYPE)


def _entry(root: Element, document: Document, member: Member) -> None:
    entry = SubElement(root, "entry")
    SubElement(entry, "id").text = member.object
    _worded(entry, "title", _title(member, document.language))
    SubElement(entry, "updated").text = _time(member.at)
    _link(entry, "alternate", member.object)
    _link(entry, "via", document.feed.activity(member.number), "application/trig")
    words = _DEEDS[member.deed][document.language]
    SubElement(
        entry, "category", {"term": f"{AS}{member.deed}", "scheme": AS, "label": words}
    )
    # Canonical N-Triples are Turtle, and escape all that XML has no place for.
    SubElement(entry, "content", {"type": "text/turtle"}).text = member.triples


def _tombstone(root: Element, document: Document, member: Member) -> None:
    deleted = SubElement(
        root, "at:deleted-entry", {"ref": member.object, "when": _time(member.at)}
    )
    _worded(deleted, "at:comment", _title(member, document.language))
    _link(deleted, "via", document.feed.activity(member.number), "application/trig")


def _title(member: Member, language: str) -> Chosen:
    """Returns what a thing is called, or its IRI if it has no name."""
    return choose(member.title, language) or Chosen(member.object, language)


def _worded(parent: Element, name: str, words: Chosen) -> None:
    child = SubElement(parent, name, {"xml:lang": words.language})
    child.text = _FORBIDDEN.sub("\ufffd", words.text)


def _link(
    parent: Element,
    relation: str,
    address: str,
    media_type: str | None = None,
    language: str | None = None,
) -> None:
    link = SubElement(parent, "link", {"rel": relation, "href": address})
    if media_type:
        link.set("type", media_type)
    if language:
        link.set("hreflang", language)


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
