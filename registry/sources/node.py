"""A node of a foreign graph on its way into a document of the registry.

Texts, addresses and dates are taken as far as they can be kept; everything else
is reported, so that nothing of the source disappears in silence.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from registry.foreign import Finding
from registry.jsonld import is_iri
from registry.language import LANGUAGES
from registry.namespaces import DCT, FOAF, PREFIXES, RDF, RDFS, SKOS, VCARD
from registry.sources.advice import finding
from registry.sources.template import ISSUED
from registry.sources.values import is_date

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal
Nodes = Mapping[Node, Mapping[str, Sequence[Term]]]
"""A graph: the values of each node, by predicate, in a fixed order."""

_NAMES = (
    f"{FOAF}name",
    f"{SKOS}prefLabel",
    f"{RDFS}label",
    f"{VCARD}fn",
    f"{DCT}title",
    f"{DCT}description",
)


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


@dataclass(slots=True)
class NodeReader:
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

    def at(self, node: Node) -> "NodeReader":
        """Returns the reader of a nested node."""
        return NodeReader(
            self.nodes, node, self.source, self.thing, self.fallback, self.losses
        )

    def rest(self, known: frozenset[str] = frozenset({f"{RDF}type"})) -> None:
        """Notes which properties of the node nobody asked for."""
        of_node = self.nodes.get(self.node, {})
        for predicate in sorted(of_node.keys() - self._taken - known):
            self.lose("not-kept", predicate, shown(of_node[predicate][0]))

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
                self.lose("not-described", predicate, shown(value))
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


def shown(value: Term) -> str:
    """Returns a value as it is shown: the label of a blank node says nothing."""
    return "" if isinstance(value, BlankNode) else value.value


def _tag_order(value: Term) -> tuple[int, str]:
    """Puts a text tagged with a bare language before one with a region."""
    language = value.language if isinstance(value, Literal) else None
    return (len(language or "zz-zz-zz"), str(value))


def short(iri: str) -> str:
    """Returns an IRI with one of the registry's prefixes, if one fits."""
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
