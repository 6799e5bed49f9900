"""Datasets as DCAT-AP describes them, put into the terms of the registry.

What the registry has no place for is left out of the document and reported with
it. Nested nodes, blank or not, are named under the record: a distribution by a
digest of its own IRI, or of its addresses if it has none, so never by its place
in a list.

Source: DCAT-AP 3.0.1, sections 6.4 and 6.5.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from registry.harvest import Finding, Found, record_of
from registry.iris import Iris
from registry.jsonld import is_iri
from registry.language import LANGUAGES
from registry.namespaces import (
    DCAT,
    DCT,
    FOAF,
    HYDRA,
    PREFIXES,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    VCARD,
)
from registry.sources.advice import finding
from registry.sources.template import ISSUED
from registry.sources.values import is_address, is_date

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal
Nodes = Mapping[Node, Mapping[str, Sequence[Term]]]
"""A graph: the values of each node, by predicate, in a fixed order."""

_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_THEME = re.compile(rf"{_AUTHORITY}data-theme/[A-Z_]{{2,20}}")
_FILE_TYPE = re.compile(rf"{_AUTHORITY}file-type/[0-9A-Z_]{{1,40}}")
_IANA = "https://www.iana.org/assignments/media-types/"
_MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[A-Za-z0-9.+_-]{1,120}")
_SAID = {f"{_AUTHORITY}language/BUL": "bg", f"{_AUTHORITY}language/ENG": "en"}
_FILE_TYPES = frozenset(
    {"CSV", "GEOJSON", "HTML", "JSON", "ODS", "PDF", "TXT", "XLS", "XLSX", "XML", "ZIP"}
)
"""Codes of the list of file types that catalogues also write as plain text."""

_NAMES = (
    f"{FOAF}name",
    f"{SKOS}prefLabel",
    f"{RDFS}label",
    f"{VCARD}fn",
    f"{DCT}title",
    f"{DCT}description",
)
_STARTS = (f"{DCAT}startDate", f"{SCHEMA}startDate", "https://schema.org/startDate")
_ENDS = (f"{DCAT}endDate", f"{SCHEMA}endDate", "https://schema.org/endDate")
_NEXT = (f"{HYDRA}next", f"{HYDRA}nextPage")


def index(triples: Iterable[Triple]) -> Nodes:
    """Returns a graph by its nodes."""
    found: dict[Node, dict[str, set[Any]]] = {}
    for triple in triples:
        about, value = triple.subject, triple.object
        if not isinstance(about, Triple) and not isinstance(value, Triple):
            values = found.setdefault(about, {})
            values.setdefault(triple.predicate.value, set()).add(value)
    return {
        node: {p: tuple(sorted(objects, key=str)) for p, objects in values.items()}
        for node, values in found.items()
    }


def next_pages(nodes: Nodes, address: str) -> Sequence[str]:
    """Returns the pages that follow: those of this page if it says so of itself.

    Source: Hydra Core Vocabulary, section 5.7, and its form before 2017.
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
    reader = _Reader(nodes, node, iri, thing, said or fallback, losses)
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


@dataclass(slots=True)
class _Reader:
    """A node on its way into a document, with what is lost on the way.

    Attributes:
        nodes: the graph.
        node: the node.
        source: IRI of the dataset.
        thing: IRI of its record's thing, under which nested nodes are named.
        fallback: the language of texts that do not say theirs.
        losses: what is lost, of nested nodes too.
    """

    nodes: Nodes
    node: Node
    source: str
    thing: str
    fallback: str | None
    losses: list[Finding]
    _taken: set[str] = field(default_factory=set)

    def values(self, *predicates: str) -> Sequence[Term]:
        """Returns the values of predicates that mean the same."""
        self._taken.update(predicates)
        of_node = self.nodes.get(self.node, {})
        return [value for p in predicates for value in of_node.get(p, ())]

    def lose(self, rule: str, predicate: str, value: str) -> None:
        """Notes that a value is left out."""
        self.losses.append(finding(rule, self.source, short(predicate), value))

    def at(self, node: Node) -> "_Reader":
        """Returns the reader of a nested node."""
        return _Reader(
            self.nodes, node, self.source, self.thing, self.fallback, self.losses
        )

    def rest(self, known: frozenset[str] = frozenset({f"{RDF}type"})) -> None:
        """Notes which properties of the node nobody asked for."""
        of_node = self.nodes.get(self.node, {})
        for predicate in sorted(of_node.keys() - self._taken - known):
            self.lose("not-kept", predicate, _shown(of_node[predicate][0]))

    def texts(
        self, predicate: str, values: Sequence[Term] | None = None
    ) -> Mapping[str, Sequence[str]]:
        """Returns the texts in each of our languages, the best tagged first.

        Args:
            predicate: whose values they are.
            values: only these of them.
        """
        found: dict[str, list[str]] = {}
        chosen = self.values(predicate) if values is None else values
        for value in sorted(chosen, key=_tag_order):
            rule, language = self._language(value)
            if rule:
                self.lose(rule, predicate, value.value)
            elif value.value.strip():
                found.setdefault(language, []).append(value.value.strip())
        return {language: found[language] for language in sorted(found)}

    def _language(self, value: Term) -> tuple[str, str]:
        """Returns why a text is not kept, or an empty text and its language."""
        if not isinstance(value, Literal):
            return "not-described", ""
        if value.language is None:
            return ("", self.fallback) if self.fallback else ("language-unknown", "")
        tag = value.language.lower().replace("_", "-")
        primary, *subtags = tag.split("-")
        if "t" in subtags:
            # RFC 6497: transformed content, in catalogues a machine translation.
            return "machine-translated", ""
        if primary not in LANGUAGES or tag.startswith("bg-latn"):
            return "language-not-kept", ""
        return "", primary

    def text(
        self, predicate: str, values: Sequence[Term] | None = None
    ) -> Mapping[str, str]:
        """Returns one text per language."""
        kept: dict[str, str] = {}
        for language, (first, *others) in self.texts(predicate, values).items():
            kept[language] = first
            for other in others:
                if other != first:
                    self.lose("several", predicate, other)
        return kept

    def line(
        self, predicate: str, values: Sequence[Term] | None = None
    ) -> Mapping[str, str]:
        """Returns one text per language, each on one line."""
        kept = self.text(predicate, values)
        return {language: " ".join(text.split()) for language, text in kept.items()}

    def lines(self, predicate: str) -> Mapping[str, Sequence[str]]:
        """Returns all texts per language, each on one line and once."""
        return {
            tag: sorted({" ".join(text.split()) for text in texts})
            for tag, texts in self.texts(predicate).items()
        }

    def plain(self, predicate: str) -> Sequence[str]:
        """Returns the values as text without a language."""
        found = self.values(predicate)
        written = [v.value.strip() for v in found if not isinstance(v, BlankNode)]
        return [text for text in dict.fromkeys(written) if text]

    def iris(
        self, predicate: str, fits: Callable[[str], bool], rule: str
    ) -> Sequence[str]:
        """Returns the values that are IRIs of a kind, also if written as text."""
        kept: list[str] = []
        for value in self.values(predicate):
            written = value.value.strip()
            if isinstance(value, BlankNode):
                self.lose("not-described", predicate, "")
            elif is_iri(written) and fits(written):
                kept.append(written)
            else:
                self.lose(rule, predicate, written)
        return kept

    def one(self, predicate: str, found: Sequence[str]) -> str | None:
        """Returns the first of the values, and loses the others."""
        for other in found[1:]:
            self.lose("several", predicate, other)
        return found[0] if found else None

    def dates(self, *predicates: str) -> Sequence[str]:
        """Returns dates as far as they are stated, times cut off."""
        kept: list[str] = []
        for value in self.values(*predicates):
            day = value.value.strip().partition("T")[0]
            written = day if is_date(day) else day[:10]
            if isinstance(value, Literal) and is_date(written):
                kept.append(written)
            else:
                self.lose("bad-date", predicates[0], value.value)
        return list(dict.fromkeys(kept))

    def issued(self, predicate: str) -> Mapping[str, str]:
        """Returns a date under the term for its precision."""
        written = self.one(predicate, self.dates(predicate))
        return {ISSUED[len(written)]: written} if written else {}

    def date(self, *predicates: str) -> str | None:
        """Returns a date to the day, the latest one."""
        full: list[str] = []
        for written in sorted(self.dates(*predicates), reverse=True):
            if ISSUED[len(written)] == "issuedDate":
                full.append(written)
            else:
                self.lose("bad-date", predicates[0], written)
        return self.one(predicates[0], full)

    def labelled(
        self, predicate: str, fragment: str, kind: str, term: str = "description"
    ) -> dict[str, Any] | None:
        """Returns a nested node that is just a text, as its label or as literals."""
        values = self.values(predicate)
        literals = [value for value in values if isinstance(value, Literal)]
        found: list[Mapping[str, str]] = []
        for value in values:
            label = {} if isinstance(value, Literal) else self.at(value).label()
            if label:
                found.append(label)
            elif not isinstance(value, Literal):
                self.lose("not-described", predicate, _shown(value))
        if literals and (text := self.line(predicate, literals)):
            found.append(text)
        # Not in the order of blank nodes, whose labels are new each time.
        found.sort(key=lambda label: sorted(label.items()))
        for other in found[1:]:
            self.lose("several", predicate, next(iter(other.values())))
        if not found:
            return None
        return {"id": f"{self.thing}#{fragment}", "type": [kind], term: found[0]}

    def label(self) -> Mapping[str, str]:
        """Returns the name of a node, under the first property that has one."""
        labels = (self.line(predicate) for predicate in _NAMES)
        return next((label for label in labels if label), {})


def _shown(value: Term) -> str:
    """Returns a value as it is shown: the label of a blank node says nothing."""
    return "" if isinstance(value, BlankNode) else value.value


def _tag_order(value: Term) -> tuple[int, str]:
    """Puts a text tagged with a bare language before one with a region."""
    language = value.language if isinstance(value, Literal) else None
    return (len(language or "zz-zz-zz"), str(value))


def _publisher(reader: _Reader, iris: Iris) -> Any:
    """Returns our own record of the publisher, or its name."""
    for value in reader.values(f"{DCT}publisher"):
        if isinstance(value, NamedNode) and iris.parse(value.value):
            return value.value
    return reader.labelled(f"{DCT}publisher", "publisher", "Agent", "agentName")


def _period(reader: _Reader) -> dict[str, Any] | None:
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
            reader.lose("not-described", f"{DCT}temporal", _shown(value))
    kept.sort(key=lambda dates: sorted(dates.items()))
    for other in kept[1:]:
        reader.lose("several", f"{DCT}temporal", "/".join(other.values()))
    if not kept:
        return None
    return {"id": f"{reader.thing}#period", "type": ["PeriodOfTime"], **kept[0]}


def _distributions(reader: _Reader) -> Sequence[dict[str, Any]]:
    written: list[tuple[str, dict[str, Any]]] = []
    for value in reader.values(f"{DCAT}distribution"):
        if isinstance(value, Literal) or value not in reader.nodes:
            reader.lose("not-described", f"{DCAT}distribution", _shown(value))
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


def _distribution(reader: _Reader) -> dict[str, Any]:
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
    reader: _Reader, predicate: str, code: Callable[[str], str | None]
) -> str | None:
    kept: list[str] = []
    for value in reader.values(predicate):
        found = None if isinstance(value, BlankNode) else code(value.value.strip())
        if found:
            kept.append(found)
        else:
            reader.lose("not-in-list", predicate, _shown(value))
    return reader.one(predicate, kept)


def _file_type(written: str) -> str | None:
    if written.upper() in _FILE_TYPES:
        return f"{_AUTHORITY}file-type/{written.upper()}"
    return written if _FILE_TYPE.fullmatch(written) else None


def _media_type(written: str) -> str | None:
    name = re.sub("^https?", "https", written).removeprefix(_IANA)
    return _IANA + name if _MEDIA_TYPE.fullmatch(name) else None


def _size(reader: _Reader) -> str | None:
    predicate = f"{DCAT}byteSize"
    kept: list[str] = []
    for value in reader.values(predicate):
        # Older profiles wrote it as a decimal.
        digits = value.value.strip().removesuffix(".0")
        if digits.isascii() and digits.isdigit():
            kept.append(str(int(digits[:18])))
        else:
            reader.lose("not-described", predicate, _shown(value))
    return reader.one(predicate, kept)


def short(iri: str) -> str:
    """Returns an IRI with one of the registry's prefixes, if one fits."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
