"""The ontology in words, and what an editor of queries can complete from it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode

from api.pages.compact import compact
from api.pages.terms import TERMS, TYPES
from registry import graphs, jsonld
from registry.language import Text
from registry.namespaces import DCT, OWL, QB, RDF, RDFS, SKOS

CLASS, PROPERTY, DIMENSION, DATATYPE = "class", "property", "dimension", "datatype"
KINDS: Mapping[str, str] = MappingProxyType(
    {
        f"{OWL}Class": CLASS,
        f"{RDFS}Datatype": DATATYPE,
        f"{QB}DimensionProperty": DIMENSION,
        f"{QB}MeasureProperty": DIMENSION,
        f"{QB}AttributeProperty": DIMENSION,
        f"{OWL}ObjectProperty": PROPERTY,
        f"{OWL}DatatypeProperty": PROPERTY,
    }
)
"""What a term is by its types; the first that it has decides."""

_SUPER = (f"{RDFS}subClassOf", f"{RDFS}subPropertyOf")


@dataclass(frozen=True, slots=True)
class Term:
    """A term of an ontology.

    Attributes:
        iri: its name.
        kind: one of the values of `KINDS`.
        labels: per language.
        definitions: per language.
        broader: IRIs of its super-terms.
        domains: IRIs of the classes of what has it.
        ranges: IRIs of the classes or datatypes of its values.
        sources: IRIs of what the definition follows.
    """

    iri: str
    kind: str
    labels: Text
    definitions: Text
    broader: Sequence[str]
    domains: Sequence[str]
    ranges: Sequence[str]
    sources: Sequence[str]

    @property
    def name(self) -> str:
        """The IRI with its prefix."""
        return compact(self.iri)

    @property
    def local(self) -> str:
        """What stands after the namespace, as in the address of a page."""
        return self.iri.rpartition("#")[2]


@dataclass(frozen=True, slots=True)
class Completion:
    """Something that an editor can offer.

    Attributes:
        name: with its prefix.
        kind: a class or a property.
        labels: per language; empty if there are none.
    """

    name: str
    kind: str
    labels: Text


def terms(text: str) -> Sequence[Term]:
    """Returns the terms that a graph declares and labels, by kind and name.

    Args:
        text: canonical N-Triples.
    """
    texts: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    iris: dict[tuple[str, str], list[str]] = defaultdict(list)
    for triple in graphs.triples(text):
        if not isinstance(triple.subject, NamedNode):
            continue
        place = triple.subject.value, triple.predicate.value
        if isinstance(triple.object, NamedNode):
            iris[place].append(triple.object.value)
        elif isinstance(triple.object, Literal) and triple.object.language:
            texts[place][triple.object.language] = triple.object.value
    found = [
        Term(
            iri=iri,
            kind=kind,
            labels=texts[iri, f"{RDFS}label"],
            definitions=texts.get((iri, f"{SKOS}definition"), {}),
            broader=[one for name in _SUPER for one in iris.get((iri, name), ())],
            domains=iris.get((iri, f"{RDFS}domain"), []),
            ranges=iris.get((iri, f"{RDFS}range"), []),
            sources=iris.get((iri, f"{DCT}source"), []),
        )
        for iri, kind in _kinds(iris)
        if (iri, f"{RDFS}label") in texts
    ]
    order = list(dict.fromkeys(KINDS.values()))
    return sorted(found, key=lambda term: (order.index(term.kind), term.iri))


def _kinds(iris: Mapping[tuple[str, str], Sequence[str]]) -> Iterator[tuple[str, str]]:
    for (iri, predicate), objects in iris.items():
        kind = next((KINDS[one] for one in KINDS if one in objects), None)
        if predicate == f"{RDF}type" and kind:
            yield iri, kind


def example(term: Term) -> str:
    """Returns a query that shows how the registry uses a term."""
    return _EXAMPLES[term.kind].replace("TERM", str(NamedNode(term.iri)))


_EXAMPLES = {
    CLASS: "SELECT ?thing WHERE {\n  ?thing a TERM .\n}\nLIMIT 20\n",
    DATATYPE: "SELECT ?subject ?property ?code WHERE {\n  ?subject ?property ?code .\n"
    "  FILTER(DATATYPE(?code) = TERM)\n}\nLIMIT 20\n",
    **dict.fromkeys(
        (PROPERTY, DIMENSION),
        "SELECT ?subject ?value WHERE {\n  ?subject TERM ?value .\n}\nLIMIT 20\n",
    ),
}


def completions(text: str, context: jsonld.Context) -> Sequence[Completion]:
    """Returns the classes and properties of the data, each once, by name.

    Args:
        text: the ontology, as canonical N-Triples.
        context: whose terms are offered too.
    """
    found = {
        term.name: Completion(
            term.name, CLASS if term.kind == CLASS else PROPERTY, term.labels
        )
        for term in terms(text)
        if term.kind != DATATYPE
    }
    for term in context.terms:
        name = compact(term.iri)
        if name in found or term.iri.startswith("@") or name == term.iri:
            continue
        is_class = term.name[0].isupper()
        labels = (TYPES if is_class else TERMS).get(term.name, {})
        found[name] = Completion(name, CLASS if is_class else PROPERTY, labels)
    return [found[name] for name in sorted(found)]
