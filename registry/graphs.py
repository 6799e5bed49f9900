"""Graphs and the formats in which they are read and written.

Inside the registry a graph is text: canonical N-Triples, sorted, one triple a
line. For a graph without blank nodes this is its canonical form (RDFC-1.0,
section 5), so equal graphs are equal texts.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Any

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from registry.errors import MalformedDocument
from registry.jsonld import Context
from registry.namespaces import PREFIXES, RDF


@dataclass(frozen=True, slots=True)
class Format:
    """A format in which a graph is offered.

    Attributes:
        extension: of the address of a document in this format, without a dot.
        media_type: registered name.
    """

    extension: str
    media_type: str


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        format_.extension: format_
        for format_ in (
            Format("jsonld", "application/ld+json"),
            Format("ttl", "text/turtle"),
            Format("nt", "application/n-triples"),
            Format("rdf", "application/rdf+xml"),
        )
    }
)
"""The formats by extension, the preferred one first."""


def canonical(triples: Iterable[Triple]) -> str:
    """Returns the canonical text of a graph without blank nodes."""
    return "".join(sorted({f"{triple} .\n" for triple in triples}))


def triples(text: str) -> list[Triple]:
    """Returns the triples of a canonical text."""
    return [quad.triple for quad in parse(text, format=RdfFormat.N_TRIPLES)]


def serialise(text: str, format_: Format) -> bytes:
    """Returns a canonical text in Turtle, N-Triples or RDF/XML.

    JSON-LD is a matter of a document and its root: see `jsonld.Context`.
    """
    if format_.extension == "nt":
        return text.encode()
    written = BytesIO()
    serialize(
        sorted(triples(text), key=reading_order),
        written,
        format=RdfFormat.from_media_type(format_.media_type),
        prefixes={p: iri for p, iri in PREFIXES.items() if iri in text},
    )
    return written.getvalue()


def reading_order(triple: Triple) -> tuple[str, bool, str, str]:
    """Returns what to sort by: a thing before its nested nodes, types first."""
    predicate = triple.predicate.value
    return (
        str(triple.subject).strip("<>"),
        predicate != f"{RDF}type",
        predicate,
        str(triple.object),
    )


def read_document(
    document: Mapping[str, Any], context: Context, root: str, *, sparing: bool = False
) -> str:
    """Returns the canonical text of a compact document.

    Blank nodes become IRIs under the root. To be called in a sandboxed worker
    only: the parser is native code.

    Args:
        document: one tree.
        context: inlined before the parser sees the document.
        root: IRI of the thing that it is about.
        sparing: refuses blank nodes that could take for ever to name.

    Raises:
        MalformedDocument: the document is not JSON-LD.
    """
    try:
        quads = list(
            parse(
                json.dumps(context.inlined(document)),
                format=RdfFormat.JSON_LD,
                without_named_graphs=True,
            )
        )
    except (SyntaxError, ValueError) as error:
        raise MalformedDocument(
            f"The document is not JSON-LD: {error}",
            f"Документът не е JSON-LD: {error}",
        ) from error
    return _named(quads, root, sparing=sparing)


def read_text(text: str, media_type: str, root: str) -> str:
    """Returns the canonical text of a graph in Turtle or N-Triples.

    What is written relatively is relative to the root, under which blank nodes
    become IRIs. To be called in a sandboxed worker only: the parser is native code.

    Raises:
        MalformedDocument: the text is not what its media type says.
    """
    format_ = RdfFormat.from_media_type(media_type)
    base = None if format_ == RdfFormat.N_TRIPLES else root
    try:
        quads = list(parse(text, format=format_, base_iri=base))
    except (SyntaxError, ValueError) as error:
        raise MalformedDocument(
            f"This cannot be read as {media_type}: {error}",
            f"Това не може да се прочете като {media_type}: {error}",
        ) from error
    return _named(quads, root, sparing=True)


def _named(quads: Sequence[Quad], root: str, *, sparing: bool) -> str:
    if any(_is_of_1_2(quad.object) for quad in quads):
        raise MalformedDocument(
            "Statements about statements (triple terms) and texts with a direction "
            "of their own are not kept here.",
            "Твърдения за твърдения (triple terms) и текстове със собствена посока не "
            "се съхраняват тук.",
        )
    if sparing and len(quads) > STATEMENTS:
        raise MalformedDocument(
            f"The document says more than {STATEMENTS} things; a record says less.",
            f"Документът съдържа повече от {STATEMENTS} твърдения; един запис съдържа "
            "по-малко.",
        )
    if sparing and not hangs_together(quads):
        raise MalformedDocument(
            f"There are more than {BLANK_NODES} blank nodes, or one of them is "
            "referred to more than once or by itself: give it an IRI.",
            f"Празните възли (blank nodes) са повече от {BLANK_NODES} или някой от тях "
            "е посочен повече от веднъж или от самия себе си: дайте му IRI.",
        )
    return canonical(quad.triple for quad in skolemised(quads, root))


def _is_of_1_2(term: NamedNode | BlankNode | Literal | Triple) -> bool:
    """Says whether a term is one that RDF 1.1 does not have."""
    return isinstance(term, Triple) or (
        isinstance(term, Literal) and term.direction is not None
    )


STATEMENTS = 5_000
"""Triples that a document may have that somebody hands in: reading it a second time
and checking it take a second then."""

BLANK_NODES = 200
"""Blank nodes that a document may have that somebody hands in."""


def hangs_together(quads: Iterable[Quad]) -> bool:
    """Says whether blank nodes form trees, which are named in little time.

    In a tangle of eight of them the canonical labelling takes ten seconds, and
    each further one takes ten times longer.
    """
    above: dict[BlankNode, NamedNode | BlankNode | Triple] = {}
    nodes: set[BlankNode] = set()
    for quad in quads:
        if isinstance(quad.subject, BlankNode):
            nodes.add(quad.subject)
        if isinstance(quad.object, BlankNode):
            if quad.object in above:
                return False
            above[quad.object] = quad.subject
            nodes.add(quad.object)
    return len(nodes) <= BLANK_NODES and all(_ends(node, above) for node in nodes)


def _ends(
    node: BlankNode, above: Mapping[BlankNode, NamedNode | BlankNode | Triple]
) -> bool:
    """Says whether going up from a node leads out of the blank ones."""
    steps = 0
    at: NamedNode | BlankNode | Triple | None = node
    while isinstance(at, BlankNode) and steps <= BLANK_NODES:
        at, steps = above.get(at), steps + 1
    return steps <= BLANK_NODES


def read_file(data: bytes, format_: RdfFormat, base: str) -> str:
    """Returns the canonical text of one of the registry's own RDF files.

    Blank nodes keep to themselves, under canonical labels: SHACL wants its
    paths to be blank.
    """
    dataset = Dataset(parse(data, format=format_, base_iri=base))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return canonical(quad.triple for quad in dataset)


def skolemised(quads: Iterable[Quad], root: str) -> Iterable[Quad]:
    """Returns the quads with each blank node named under the root.

    Names are those of the canonical labelling, so equal graphs get equal
    names (RDF 1.1 Concepts, section 3.5).
    """
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)

    def named(term: Any) -> Any:
        if isinstance(term, BlankNode):
            return NamedNode(f"{root}#{term.value}")
        return term

    return [
        Quad(named(q.subject), q.predicate, named(q.object), q.graph_name)
        for q in dataset
    ]


def lines(text: str) -> list[str]:
    """Returns the lines of a canonical text, each with its line feed.

    Not as `str.splitlines` would, which also breaks at characters that may
    stand within a literal, such as U+2028.
    """
    return [f"{line}\n" for line in text.split("\n")[:-1]]


def quads(text: str, graph: str) -> str:
    """Returns a canonical text as N-Quads in a named graph, still sorted."""
    name = NamedNode(graph)
    # In canonical N-Triples a line feed ends a triple and is nowhere else.
    return text.replace(" .\n", f" {name} .\n")
