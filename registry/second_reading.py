"""A second reader, of another make: what it reads differently is not kept.

Parsers differ where documents are odd, and what one of them drops another keeps. A
document means something only if two that share no code read the same triples in it:
Oxigraph's, and PyLD for JSON-LD or rdflib for Turtle and N-Triples.

To be called in a sandboxed worker only.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import rdflib
from pyld import jsonld
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple
from rdflib.term import BNode, Node, URIRef
from rdflib.term import Literal as RdflibLiteral

from registry import graphs
from registry.errors import MalformedDocument
from registry.jsonld import Context
from registry.language import Text
from registry.namespaces import XSD

Term = NamedNode | BlankNode | Literal

_FORMATS: Mapping[str, str] = {"text/turtle": "turtle", "application/n-triples": "nt"}

_NUMBERS: Mapping[str, Callable[[str], object]] = {
    f"{XSD}integer": int,
    f"{XSD}decimal": lambda written: Decimal(written).normalize(),
    f"{XSD}double": float,
}

PROBLEM: Text = {
    "en": "Two readers understand the document differently{}. Write it in a plainer "
    "way.",
    "bg": "Два четеца разбират документа по различен начин{}. Напишете го по-просто.",
}


def check_document(
    document: Mapping[str, Any], context: Context, root: str, triples: str
) -> None:
    """Checks that PyLD reads the same triples in a compact document.

    Args:
        document: as it was read.
        context: the registry's.
        root: IRI of the thing that it is about.
        triples: what was read, as canonical text.

    Raises:
        MalformedDocument: it reads others, or none.
    """
    try:
        quads = list(_of_pyld(context.dataset(document)))
    except (jsonld.JsonLdError, ValueError, TypeError, RecursionError) as error:
        raise _differs() from error
    _compare(quads, root, triples)


def check_text(text: str, media_type: str, root: str, triples: str) -> None:
    """Checks that rdflib reads the same triples in Turtle or N-Triples.

    Raises:
        MalformedDocument: it reads others, or none.
    """
    graph = rdflib.Graph(bind_namespaces="none")
    with _as_written():
        try:
            graph.parse(data=text, format=_FORMATS[media_type], publicID=root)
            quads = list(_of_rdflib(graph))
        # Its parsers raise whatever comes up when they stumble.
        except Exception as error:
            raise _differs() from error
    _compare(quads, root, triples)


@contextmanager
def _as_written() -> Iterator[None]:
    """Keeps rdflib from writing `01` as `1`, and from telling the log of bad IRIs."""
    logger = logging.getLogger("rdflib.term")
    before = rdflib.NORMALIZE_LITERALS, logger.disabled
    rdflib.NORMALIZE_LITERALS, logger.disabled = False, True
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS, logger.disabled = before


def _compare(quads: list[Quad], root: str, triples: str) -> None:
    if not graphs.hangs_together(quads):
        raise _differs()
    other = graphs.canonical(quad.triple for quad in graphs.skolemised(quads, root))
    if other == triples:
        return
    ours, theirs = map(_plain, (graphs.triples(triples), graphs.triples(other)))
    if ours != theirs:
        raise _differs(min(ours ^ theirs))


def _plain(triples: list[Triple]) -> set[str]:
    return {
        str(Triple(t.subject, t.predicate, _same(t.object)))
        if isinstance(t.object, Literal)
        else str(t)
        for t in triples
    }


def _same(literal: Literal) -> Literal:
    """Returns one literal for all that mean the same.

    Language tags do in any case, and rdflib reads the value of a bare number.
    """
    if literal.language:
        return Literal(literal.value, language=literal.language.lower())
    number = _NUMBERS.get(literal.datatype.value)
    if number is None or not literal.value.isascii():
        return literal
    try:
        value = number(literal.value)
    except (ValueError, ArithmeticError):
        return literal
    return Literal(str(value), datatype=literal.datatype)


def _differs(triple: str = "") -> MalformedDocument:
    shown = f": {triple[:200]}" if triple else ""
    return MalformedDocument(PROBLEM["en"].format(shown), PROBLEM["bg"].format(shown))


def _of_pyld(dataset: Mapping[str, Any]) -> Iterator[Quad]:
    if set(dataset) - {"@default"}:
        raise ValueError("a named graph")
    for triple in dataset.get("@default", ()):
        subject, predicate, value = (
            _pyld_term(triple[part]) for part in ("subject", "predicate", "object")
        )
        yield _quad(subject, predicate, value)


def _pyld_term(term: Mapping[str, str]) -> Term:
    value = term["value"]
    if term["type"] == "IRI":
        return NamedNode(value)
    if term["type"] == "blank node":
        return BlankNode(value.removeprefix("_:"))
    return _literal(value, term.get("language"), term["datatype"])


def _of_rdflib(graph: rdflib.Graph) -> Iterator[Quad]:
    for subject, predicate, value in graph:
        yield _quad(*map(_rdflib_term, (subject, predicate, value)))


def _rdflib_term(term: Node) -> Term:
    if isinstance(term, URIRef):
        return NamedNode(str(term))
    if isinstance(term, BNode):
        return BlankNode(str(term))
    if isinstance(term, RdflibLiteral):
        return _literal(str(term), term.language, term.datatype)
    raise TypeError("a term of another kind")


def _literal(value: str, language: str | None, datatype: str | None) -> Literal:
    if language:
        return Literal(value, language=language)
    return Literal(value, datatype=NamedNode(datatype or f"{XSD}string"))


def _quad(subject: Term, predicate: Term, value: Term) -> Quad:
    if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
        raise TypeError("a term of another kind")
    return Quad(subject, predicate, value, DefaultGraph())
