"""Datasets as DCAT-AP describes them, put into the terms of the registry.

What the registry has no place for is left out of the document and reported with
it. Nested nodes, blank or not, are named under the record: a distribution by a
digest of its own IRI, or of its addresses if it has none, so never by its place
in a list.

Source: DCAT-AP 3.0.1, classes Dataset and Distribution.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from registry.foreign import Finding, Found, record_of
from registry.iris import Iris
from registry.jsonld import is_iri
from registry.namespaces import (
    DCAT,
    DCT,
    FOAF,
    HYDRA,
    RDF,
    SCHEMA,
)
from registry.sources.advice import finding
from registry.sources.node import Node, NodeReader, Nodes, shown
from registry.sources.values import is_address

_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_THEME = re.compile(rf"{re.escape(_AUTHORITY)}data-theme/[A-Z_]{{2,20}}")
_FILE_TYPE = re.compile(rf"{re.escape(_AUTHORITY)}file-type/[0-9A-Z_]{{1,40}}")
_IANA = "https://www.iana.org/assignments/media-types/"
_MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[A-Za-z0-9.+_-]{1,120}")
_SAID = {f"{_AUTHORITY}language/BUL": "bg", f"{_AUTHORITY}language/ENG": "en"}
_FILE_TYPES = frozenset(
    {"CSV", "GEOJSON", "HTML", "JSON", "ODS", "PDF", "TXT", "XLS", "XLSX", "XML", "ZIP"}
)
"""Codes of the list of file types that catalogues also write as plain text."""

_STARTS = (f"{DCAT}startDate", f"{SCHEMA}startDate", "https://schema.org/startDate")
_ENDS = (f"{DCAT}endDate", f"{SCHEMA}endDate", "https://schema.org/endDate")
_NEXT = (f"{HYDRA}next", f"{HYDRA}nextPage")


def next_pages(nodes: Nodes, address: str) -> Sequence[str]:
    """Returns the pages that follow: those of this page if it says so of itself.

    Source: Hydra Core Vocabulary, `next`; `nextPage` in its older drafts.
    """
    found: dict[Node, set[str]] = {}
    for node, values in nodes.items():
        for predicate in _NEXT:
            for value in values.get(predicate, ()):
                found.setdefault(node, set()).add(value.value)
    own = found.get(NamedNode(address))
    return sorted(own or {page for pages in found.values() for page in pages})


def datasets(nodes: Nodes, iris: Iris) -> Iterator[Found | Finding]:
    """Yields every dataset, or why it cannot be a record, by its IRI.

    Args:
        nodes: the graph of one page.
        iris: the registry's own.
    """
    types = f"{RDF}type"
    fallback = _language_of(nodes, f"{DCAT}Catalog")
    for node in sorted(nodes, key=str):
        if NamedNode(f"{DCAT}Dataset") in nodes[node].get(types, ()):
            iri = _iri_of(nodes, node)
            if iri is None:
                title = next(iter(nodes[node].get(f"{DCT}title", ())), None)
                yield finding("no-iri", "", "", title.value if title else "")
            else:
                yield _dataset(nodes, node, iri, iris, fallback)


def _iri_of(nodes: Nodes, node: Node) -> str | None:
    """Returns the IRI of a dataset; that of a blank one is its identifier."""
    if isinstance(node, NamedNode):
        return node.value if is_iri(node.value) else None
    identifiers = [value.value for value in nodes[node].get(f"{DCT}identifier", ())]
    return next((written for written in identifiers if is_address(written)), None)


def _language_of(nodes: Nodes, kind: str) -> str | None:
    """Returns the language of all nodes of a class, if they have just one."""
    found = {
        _SAID.get(value.value)
        for values in nodes.values()
        if NamedNode(kind) in values.get(f"{RDF}type", ())
        for value in values.get(f"{DCT}language", ())
    }
    return found.pop() if len(found) == 1 else None


def _dataset(
    nodes: Nodes, node: Node, iri: str, iris: Iris, fallback: str | None
) -> Found:
    losses: list[Finding] = []
    thing = iris.thing(record_of(iri))
    spoken = nodes[node].get(f"{DCT}language", ())
    said = _SAID.get(spoken[0].value) if len(spoken) == 1 else None
    reader = NodeReader(nodes, node, iri, thing, said or fallback, losses)
    document = {
        "type": ["Dataset"],
        "title": reader.line(f"{DCT}title"),
        "description": reader.text(f"{DCT}description"),
        "publisher": _publisher(reader, iris),
        "areaServed": reader.iris(f"{DCT}spatial", is_iri, "bad-iri"),
        "page": [
            *reader.iris(f"{DCAT}landingPage", is_address, "bad-iri"),
            *reader.iris(f"{FOAF}page", is_address, "bad-iri"),
        ],
        "notation": reader.plain(f"{DCT}identifier"),
        **reader.issued(f"{DCT}issued"),
        "rights": reader.labelled(f"{DCT}rights", "rights", "RightsStatement"),
        "data": _distributions(reader),
        "keyword": reader.lines(f"{DCAT}keyword"),
        "theme": reader.iris(
            f"{DCAT}theme", lambda iri: bool(_THEME.fullmatch(iri)), "not-in-list"
        ),
        "temporal": _period(reader),
        "modifiedDate": reader.date(f"{DCT}modified"),
        "source": [iri],
    }
    reader.rest(_UNSAID)
    losses.sort(key=lambda loss: (loss.term, loss.rule, loss.value))
    return Found(iri, _filled(document), tuple(losses))


_UNSAID = frozenset({f"{RDF}type", f"{DCT}language"})
"""Properties that were understood, though the document has no term for them."""


def _filled(document: Mapping[str, Any]) -> dict[str, Any]:
    return {term: value for term, value in document.items() if value}


def _publisher(reader: NodeReader, iris: Iris) -> Any:
    """Returns our own record of the publisher, or its name."""
    for value in reader.values(f"{DCT}publisher"):
        if isinstance(value, NamedNode) and iris.parse(value.value):
            return value.value
    return reader.labelled(f"{DCT}publisher", "publisher", "Agent", "agentName")


def _period(reader: NodeReader) -> dict[str, Any] | None:
    kept: list[dict[str, Any]] = []
    for value in reader.values(f"{DCT}temporal"):
        nested = reader.at(value) if not isinstance(value, Literal) else None
        dates = nested and {
            "startDate": nested.date(*_STARTS),
            "endDate": nested.date(*_ENDS),
        }
        if nested and dates and any(dates.values()):
            nested.rest()
            kept.append(_filled(dates))
        else:
            reader.lose("not-described", f"{DCT}temporal", shown(value))
    kept.sort(key=lambda dates: sorted(dates.items()))
    for other in kept[1:]:
        reader.lose("several", f"{DCT}temporal", "/".join(other.values()))
    if not kept:
        return None
    return {"id": f"{reader.thing}#period", "type": ["PeriodOfTime"], **kept[0]}


def _distributions(reader: NodeReader) -> Sequence[dict[str, Any]]:
    written: list[tuple[str, dict[str, Any]]] = []
    for value in reader.values(f"{DCAT}distribution"):
        if isinstance(value, Literal) or value not in reader.nodes:
            reader.lose("not-described", f"{DCAT}distribution", shown(value))
        else:
            document = _distribution(reader.at(value))
            named = isinstance(value, NamedNode)
            written.append((value.value if named else _whereabouts(document), document))
    kept: dict[str, dict[str, Any]] = {}
    for own, document in sorted(written, key=str):
        if own in kept:
            reader.lose("several", f"{DCAT}distribution", own)
        name = f"{reader.thing}#distribution-{sha256(own.encode()).hexdigest()[:16]}"
        kept.setdefault(own, {"id": name, "type": ["Distribution"], **document})
    return list(kept.values())


def _whereabouts(document: Mapping[str, Any]) -> str:
    """Returns what tells a distribution from its sisters if it has no IRI."""
    access, download = document.get("accessURL", ()), document.get("downloadURL", ())
    return " ".join([*access, *download, document.get("format", "")])


def _distribution(reader: NodeReader) -> dict[str, Any]:
    document = {
        "title": reader.line(f"{DCT}title"),
        "accessURL": reader.iris(f"{DCAT}accessURL", is_address, "bad-iri"),
        "downloadURL": reader.iris(f"{DCAT}downloadURL", is_address, "bad-iri"),
        "format": _coded(reader, f"{DCT}format", _file_type),
        "mediaType": _coded(reader, f"{DCAT}mediaType", _media_type),
        "byteSize": _size(reader),
        "license": reader.one(
            f"{DCT}license", reader.iris(f"{DCT}license", is_address, "bad-iri")
        ),
    }
    reader.rest()
    return _filled(document)


def _coded(
    reader: NodeReader, predicate: str, code: Callable[[str], str | None]
) -> str | None:
    kept: list[str] = []
    for value in reader.values(predicate):
        found = None if isinstance(value, BlankNode) else code(value.value.strip())
        if found:
            kept.append(found)
        else:
            reader.lose("not-in-list", predicate, shown(value))
    return reader.one(predicate, kept)


def _file_type(written: str) -> str | None:
    if written.upper() in _FILE_TYPES:
        return f"{_AUTHORITY}file-type/{written.upper()}"
    return written if _FILE_TYPE.fullmatch(written) else None


def _media_type(written: str) -> str | None:
    name = re.sub("^https?", "https", written).removeprefix(_IANA)
    return _IANA + name if _MEDIA_TYPE.fullmatch(name) else None


def _size(reader: NodeReader) -> str | None:
    predicate = f"{DCAT}byteSize"
    kept: list[str] = []
    for value in reader.values(predicate):
        # Older profiles wrote it as a decimal.
        digits = value.value.strip().removesuffix(".0")
        if digits.isascii() and digits.isdigit():
            kept.append(str(int(digits[:18])))
        else:
            reader.lose("not-described", predicate, shown(value))
    return reader.one(predicate, kept)
