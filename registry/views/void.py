"""The registry as VoID datasets: how much of what there is, and where to get it.

No node is blank: a partition is named by its dataset and its term.

Source: Describing Linked Datasets with the VoID Vocabulary, W3C Interest Group
Note 3 March 2011.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from registry import graphs
from registry.iris import Iris, RecordId
from registry.kinds import KINDS
from registry.language import Text
from registry.namespaces import DCT, FOAF, PREFIXES, RDF, VOID, XSD

PATH = ".well-known/void"
"""Where the description is, below the base."""

WHOLE = "registry"
"""Key of the dataset of everything."""

_TITLE: Text = {"bg": "Регистърът за интеграция", "en": "The integration registry"}
_FORMATS = "http://www.w3.org/ns/formats/"
_FEATURES = ("JSON-LD", "N-Triples", "RDF_XML", "Turtle")


@dataclass(frozen=True, slots=True)
class Counted:
    """What a dataset holds; a triple counts once in each named graph.

    Attributes:
        key: of the dataset in the catalogue: `registry`, or `register.{kind}`.
        triples: how many.
        entities: published records.
        classes: how many triples give something this type.
        properties: how many triples have this predicate.
        example: a published record, if there is one.
    """

    key: str
    triples: int
    entities: int
    classes: Mapping[str, int]
    properties: Mapping[str, int]
    example: RecordId | None


def description(counted: Sequence[Counted], iris: Iris) -> str:
    """Returns the canonical N-Triples of the description.

    Args:
        counted: everything first, then each register; nothing as long as
            nobody has counted, which leaves only what is always so.
        iris: the registry's own.
    """
    writer = _Writer(iris)
    triples = list(writer.document())
    for dataset in counted:
        triples += writer.counts(dataset)
    return graphs.canonical(triples)


class _Writer:
    def __init__(self, iris: Iris) -> None:
        self._iris = iris
        self._document = f"{iris.base}{PATH}"
        self._whole = iris.dataset(WHOLE)

    def document(self) -> Iterator[Triple]:
        """Yields what is so whatever the registry holds."""
        base, whole = self._iris.base, self._whole
        yield _link(self._document, f"{RDF}type", f"{VOID}DatasetDescription")
        yield _link(self._document, f"{FOAF}topic", whole)
        yield from self._named(whole, _TITLE)
        yield _link(whole, f"{FOAF}homepage", base)
        yield _link(whole, f"{VOID}sparqlEndpoint", f"{base}sparql")
        yield _text(whole, f"{VOID}uriSpace", f"{base}id/")
        for name in _FEATURES:
            yield _link(whole, f"{VOID}feature", f"{_FORMATS}{name}")

    def counts(self, counted: Counted) -> Iterator[Triple]:
        """Yields what was counted of a dataset, and where its dump is."""
        dataset = self._iris.dataset(counted.key)
        kind = counted.key.removeprefix("register.")
        if kind in KINDS:
            yield from self._named(dataset, KINDS[kind].label)
            yield _link(self._whole, f"{VOID}subset", dataset)
            yield _text(dataset, f"{VOID}uriSpace", f"{self._iris.base}id/{kind}/")
        extension = "nt" if kind in KINDS else "nq.gz"
        dump = f"{self._iris.base}dump/{counted.key}.{extension}"
        yield _link(dataset, f"{VOID}dataDump", dump)
        yield _number(dataset, "triples", counted.triples)
        yield _number(dataset, "entities", counted.entities)
        yield _number(dataset, "classes", len(counted.classes))
        yield _number(dataset, "properties", len(counted.properties))
        if counted.example:
            thing = self._iris.thing(counted.example)
            yield _link(dataset, f"{VOID}exampleResource", thing)
        yield from self._partitions(counted)
        for namespace in PREFIXES.values():
            used = (*counted.classes, *counted.properties)
            if any(term.startswith(namespace) for term in used):
                yield _link(dataset, f"{VOID}vocabulary", namespace)

    def _named(self, dataset: str, title: Text) -> Iterator[Triple]:
        yield _link(dataset, f"{RDF}type", f"{VOID}Dataset")
        for language, text in title.items():
            literal = Literal(text, language=language)
            yield Triple(NamedNode(dataset), NamedNode(f"{DCT}title"), literal)

    def _partitions(self, counted: Counted) -> Iterator[Triple]:
        dataset = self._iris.dataset(counted.key)
        for term, count in counted.classes.items():
            part = f"{self._document}#{counted.key}/class/{_name(term)}"
            yield _link(dataset, f"{VOID}classPartition", part)
            yield _link(part, f"{VOID}class", term)
            yield _number(part, "entities", count)
        for term, count in counted.properties.items():
            part = f"{self._document}#{counted.key}/property/{_name(term)}"
            yield _link(dataset, f"{VOID}propertyPartition", part)
            yield _link(part, f"{VOID}property", term)
            yield _number(part, "triples", count)


def _name(term: str) -> str:
    """Returns a name for a term, the same for ever: its short form if it has one."""
    for prefix, namespace in PREFIXES.items():
        local = term.removeprefix(namespace)
        if local != term:
            return f"{prefix}:{quote(local, safe='')}"
    return quote(term, safe="")


def _link(subject: str, predicate: str, value: str) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), NamedNode(value))


def _text(subject: str, predicate: str, value: str) -> Triple:
    return Triple(NamedNode(subject), NamedNode(predicate), Literal(value))


def _number(subject: str, name: str, value: int) -> Triple:
    literal = Literal(str(value), datatype=NamedNode(f"{XSD}integer"))
    return Triple(NamedNode(subject), NamedNode(f"{VOID}{name}"), literal)
