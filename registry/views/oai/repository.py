"""The answers to the six verbs, as elements of XML.

Source: OAI-PMH 2.0, section 4.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from registry.language import LANGUAGES, Text
from registry.views.dublin_core import Statement
from registry.views.oai import listing, markup, moments
from registry.views.oai.faults import (
    Code,
    FaultError,
    bad_token,
    no_format,
    nothing,
)
from registry.views.oai.formats import FORMATS, XSI, Format, dublin
from registry.views.oai.items import Item, Items
from registry.views.oai.listing import SETS
from registry.views.oai.requests import TOKEN, Request
from registry.views.oai.tokens import token

_DOMAIN = re.compile(r"[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z][A-Za-z0-9-]*)+\Z")
_SCHEME = "http://www.openarchives.org/OAI/2.0/oai-identifier"


@dataclass(frozen=True, slots=True)
class Repository:
    """A registry as the protocol sees it.

    Attributes:
        items: what can be harvested.
        address: where requests are sent.
        name: of the registry, per language.
        description: of what it holds, per language.
        contact: e-mail address of who keeps it, or `None` if none is known.
    """

    items: Items
    address: str
    name: Text
    description: Text
    contact: str | None

    def answer(self, request: Request) -> Element:
        """Returns the element of the verb, with the answer in it.

        Raises:
            FaultError: the protocol has an error for what was asked.
        """
        answer = markup.root(request.verb)
        _ANSWERS[request.verb](self, request, answer)
        return answer

    def identify(self, _: Request, answer: Element) -> None:
        """Says what the repository is."""
        said = {
            "repositoryName": " / ".join(self.name[tag] for tag in reversed(LANGUAGES)),
            "baseURL": self.address,
            "protocolVersion": "2.0",
            "adminEmail": self.contact,
            "earliestDatestamp": self._earliest(),
            "deletedRecord": "persistent",
            "granularity": moments.GRANULARITY,
        }
        for name, text in said.items():
            # The schema asks for an address; none is better than a false one.
            if text is not None:
                markup.add(answer, name, text)
        if _DOMAIN.match(self._host):
            self._identifiers(markup.add(answer, "description"))
        statements = [
            Statement(element, text[language], language)
            for element, text in (
                ("title", self.name),
                ("description", self.description),
            )
            for language in LANGUAGES
        ]
        markup.add(answer, "description").append(dublin(statements))

    def metadata_formats(self, request: Request, answer: Element) -> None:
        """Lists the formats, of one item if it is named."""
        identifier = request.arguments.get("identifier")
        item = None if identifier is None else self._item(identifier)
        for each in FORMATS.values():
            if item is None or each.has(item):
                written = markup.add(answer, "metadataFormat")
                markup.add(written, "metadataPrefix", each.prefix)
                markup.add(written, "schema", each.schema)
                markup.add(written, "metadataNamespace", each.namespace)

    def sets(self, request: Request, answer: Element) -> None:
        """Lists the sets, all at once."""
        if TOKEN in request.arguments:
            raise bad_token()
        for spec, name in SETS.items():
            written = markup.add(answer, "set")
            markup.add(written, "setSpec", spec)
            markup.add(written, "setName", name)

    def identifiers(self, request: Request, answer: Element) -> None:
        """Lists the headers of items."""
        for item, _ in self._listed(request, answer):
            answer.append(self._header(item))

    def records(self, request: Request, answer: Element) -> None:
        """Lists items."""
        for item, format_ in self._listed(request, answer):
            answer.append(self._written(item, format_))

    def record(self, request: Request, answer: Element) -> None:
        """Gives one item."""
        format_ = listing.format_of(request.arguments["metadataPrefix"])
        item = self._item(request.arguments["identifier"])
        if not format_.has(item):
            raise no_format(format_.prefix)
        answer.append(self._written(item, format_))

    def _listed(
        self, request: Request, answer: Element
    ) -> Iterator[tuple[Item, Format]]:
        """Yields the items of a page, then adds the token of the next one."""
        asked = listing.asked(request, self.items)
        page, left = self.items.page(asked)
        resumed = TOKEN in request.arguments
        if not page:
            raise bad_token() if resumed else nothing()
        format_ = FORMATS[asked.prefix]
        for item in page:
            yield item, format_
        if left or resumed:
            text = token(left) if left else ""
            markup.add(answer, TOKEN, text, cursor=str(asked.cursor))

    def _written(self, item: Item, format_: Format) -> Element:
        record = markup.root("record")
        record.append(self._header(item))
        if not item.deleted:
            markup.add(record, "metadata").append(format_.write(item))
        return record

    def _header(self, item: Item) -> Element:
        header = markup.root(
            "header", **({"status": "deleted"} if item.deleted else {})
        )
        markup.add(header, "identifier", self._start + item.name)
        markup.add(header, "datestamp", moments.stamp(item.at))
        markup.add(header, "setSpec", item.set)
        return header

    def _item(self, identifier: str) -> Item:
        item = None
        if identifier.startswith(self._start):
            item = self.items.find(identifier.removeprefix(self._start))
        if item is None:
            raise FaultError(
                Code.NO_SUCH_IDENTIFIER,
                f"There is no item {identifier}.",
                f"Няма запис {identifier}.",
            )
        return item

    @property
    def _host(self) -> str:
        return urlsplit(self.items.iris.base).hostname or ""

    @property
    def _start(self) -> str:
        return f"oai:{self._host}:"

    def _identifiers(self, parent: Element) -> None:
        """Says how identifiers are made, where the host has a name."""
        scheme = markup.add(
            parent,
            "oai-identifier",
            **{
                "xmlns": _SCHEME,
                "xmlns:xsi": XSI,
                "xsi:schemaLocation": f"{_SCHEME} {_SCHEME}.xsd",
            },
        )
        markup.add(scheme, "scheme", "oai")
        markup.add(scheme, "repositoryIdentifier", self._host)
        markup.add(scheme, "delimiter", ":")
        markup.add(scheme, "sampleIdentifier", f"{self._start}catalog/registry")

    def _earliest(self) -> str:
        first = self.items.journal.entries(0, 1)
        return moments.stamp(first[0].at) if first else "1970-01-01T00:00:00Z"


_ANSWERS: Mapping[str, Callable[[Repository, Request, Element], None]] = {
    "Identify": Repository.identify,
    "ListMetadataFormats": Repository.metadata_formats,
    "ListSets": Repository.sets,
    "ListIdentifiers": Repository.identifiers,
    "ListRecords": Repository.records,
    "GetRecord": Repository.record,
}
