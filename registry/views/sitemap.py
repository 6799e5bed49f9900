"""Sitemaps: which pages there are, for search engines.

Source: the Sitemaps XML format, version 0.9, with the links to other languages
that search engines read in it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import BinaryIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from registry.language import LANGUAGES

CAP = 50_000
"""Addresses that one file may have."""

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


class UrlSet:
    """One file of pages, which grows as they are added.

    A page stands in it once for each language, `{base}{language}/{path}`, with
    links to the other ones and to the one for readers of none of them.

    Args:
        out: what the XML is written to.
        base: of every address; it ends in a slash.
        cap: addresses that it may have.
    """

    def __init__(self, out: BinaryIO, base: str, cap: int = CAP) -> None:
        self._base = base
        self._cap = cap
        self._xml = _opened(out, "urlset", {"xmlns": _SITEMAP, "xmlns:xhtml": _XHTML})
        self._addresses = 0
        self.modified: datetime | None = None

    @property
    def full(self) -> bool:
        """Whether no further page has room in it."""
        return self._addresses + len(LANGUAGES) > self._cap

    def add(self, path: str, modified: datetime | None) -> None:
        """Adds a page.

        Args:
            path: below the language, already quoted; empty for the first page.
            modified: when what it shows last changed, if that is known.
        """
        pages = {tag: f"{self._base}{tag}/{path}" for tag in LANGUAGES}
        otherwise = pages[LANGUAGES[0]] if path else self._base
        for page in pages.values():
            _start(self._xml, "url")
            _element(self._xml, "loc", page)
            if modified:
                _element(self._xml, "lastmod", _moment(modified))
            for tag, other in {**pages, "x-default": otherwise}.items():
                _start(
                    self._xml, "xhtml:link", rel="alternate", hreflang=tag, href=other
                )
                self._xml.endElement("xhtml:link")
            self._xml.endElement("url")
            self._xml.characters("\n")
        self._addresses += len(pages)
        if modified and (self.modified is None or modified > self.modified):
            self.modified = modified

    def finish(self) -> None:
        """Completes the file."""
        self._xml.endElement("urlset")
        self._xml.endDocument()


def index(out: BinaryIO, files: Sequence[tuple[str, datetime | None]]) -> None:
    """Writes the file that lists the others.

    Args:
        out: what the XML is written to.
        files: address of each, and when something in it last changed.
    """
    xml = _opened(out, "sitemapindex", {"xmlns": _SITEMAP})
    for address, modified in files:
        _start(xml, "sitemap")
        _element(xml, "loc", address)
        if modified:
            _element(xml, "lastmod", _moment(modified))
        xml.endElement("sitemap")
        xml.characters("\n")
    xml.endElement("sitemapindex")
    xml.endDocument()


def _opened(out: BinaryIO, root: str, names: dict[str, str]) -> XMLGenerator:
    xml = XMLGenerator(out, encoding="utf-8", short_empty_elements=True)
    xml.startDocument()
    _start(xml, root, **names)
    xml.characters("\n")
    return xml


def _start(xml: XMLGenerator, name: str, **attributes: str) -> None:
    xml.startElement(name, AttributesImpl(attributes))


def _element(xml: XMLGenerator, name: str, text: str) -> None:
    _start(xml, name)
    xml.characters(text)
    xml.endElement(name)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
