"""The newest gaps as an Atom feed, for those who complete the records.

**Source:** RFC 4287 (Atom).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from xml.etree.ElementTree import Element, SubElement, tostring

from registry.iris import Iris
from registry.language import LANGUAGES, Text, choose
from registry.ports import Missing

_EPOCH = date(1970, 1, 1)
_TITLE: Text = {
    "bg": "Какво липсва в регистъра",
    "en": "What is missing from the registry",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A gap with what its feed says of it.

    Attributes:
        missing: the gap.
        message: what to do, per language.
        page: address of the record's page.
    """

    missing: Missing
    message: Text
    page: str


def render(
    entries: Sequence[Entry], *, iris: Iris, address: str, home: str, language: str
) -> bytes:
    """Returns the feed as XML.

    Args:
        entries: the newest first.
        iris: the registry's own.
        address: of the feed itself, without its language.
        home: address of the page with everything that is missing.
        language: of the titles, where there is one in it.
    """
    root = Element(
        "feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": language}
    )
    newest = max((entry.missing.gap.since for entry in entries), default=_EPOCH)
    joint = "&" if "?" in address else "?"
    SubElement(root, "id").text = address
    SubElement(root, "title").text = _TITLE[language]
    SubElement(root, "updated").text = _moment(newest)
    author = SubElement(root, "author")
    SubElement(author, "name").text = iris.base
    SubElement(
        root, "link", {"rel": "self", "href": f"{address}{joint}lang={language}"}
    )
    SubElement(root, "link", {"rel": "alternate", "href": home, "type": "text/html"})
    for tag in LANGUAGES:
        if tag != language:
            other = {"rel": "alternate", "href": f"{address}{joint}lang={tag}"}
            SubElement(root, "link", {**other, "hreflang": tag})
    for entry in entries:
        _add(root, entry, iris, language)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add(root: Element, entry: Entry, iris: Iris, language: str) -> None:
    found, gap = entry.missing, entry.missing.gap
    name, message = choose(found.name, language), choose(entry.message, language)
    called = name.text if name else str(found.record)
    detail = (
        f"-{sha256(found.detail.encode()).hexdigest()[:16]}" if found.detail else ""
    )
    node = SubElement(root, "entry")
    SubElement(
        node, "id"
    ).text = f"{iris.document(found.record)}#gap-{gap.code}{detail}"
    title = SubElement(node, "title")
    title.text = f"{called}: {message.text if message else gap.code}"
    SubElement(node, "updated").text = _moment(gap.since)
    SubElement(node, "link", {"rel": "alternate", "href": entry.page})
    SubElement(node, "category", {"term": gap.want})
    if found.detail:
        SubElement(node, "summary").text = found.detail


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
