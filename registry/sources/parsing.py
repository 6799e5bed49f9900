"""The far side of harvesting: reads one document; runs in a sandboxed worker.

What native parsers must not see is refused before they do: a DOCTYPE, which can
make a kilobyte of XML grow to gigabytes; contexts that JSON-LD would fetch; deep
nesting. Relative IRIs are resolved against the address of the document.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from pyoxigraph import RdfFormat, Triple, parse

from registry.errors import MalformedDocument
from registry.foreign import Finding, Found
from registry.iris import Iris
from registry.sources.dcat import datasets, next_pages
from registry.sources.node import index

MEDIA_TYPES: Mapping[str, RdfFormat] = {
    "text/turtle": RdfFormat.TURTLE,
    "application/turtle": RdfFormat.TURTLE,
    "application/x-turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/xml": RdfFormat.RDF_XML,
    "text/xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}
"""The formats that are read, by the media types under which they are sent."""

DEPTH = 64
"""Objects and lists within one another that JSON-LD may have."""


def serve(payload: bytes) -> bytes:
    """Reads one document.

    Args:
        payload: a line of JSON with `address`, `media_type` and `base`, the base
            of the registry; then the document.

    Returns:
        JSON: `datasets`, `refused`, and `next`, the addresses of next pages.

    Raises:
        MalformedDocument: the document is not what its media type says.
    """
    head, _, body = payload.partition(b"\n")
    request = json.loads(head)
    nodes = index(triples(body, request["media_type"], request["address"]))
    found = list(datasets(nodes, Iris(request["base"])))
    answer = {
        "datasets": [asdict(one) for one in found if isinstance(one, Found)],
        "refused": [asdict(one) for one in found if isinstance(one, Finding)],
        "next": next_pages(nodes, request["address"]),
    }
    return json.dumps(answer).encode()


def triples(body: bytes, media_type: str, address: str) -> Iterator[Triple]:
    """Yields the triples of a document, whatever graph they are in.

    Raises:
        MalformedDocument: it is not what its media type says.
    """
    format_ = MEDIA_TYPES[media_type]
    try:
        text = body.decode("utf-8-sig")
        if format_ is RdfFormat.RDF_XML:
            _check_xml(text)
        elif format_ is RdfFormat.JSON_LD:
            _check_json(text)
        for quad in parse(text, format=format_, base_iri=address, lenient=True):
            yield quad.triple
    except (SyntaxError, ValueError, RecursionError) as error:
        raise _malformed(str(error) or type(error).__name__) from error


def _check_xml(text: str) -> None:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _malformed("it declares a DOCTYPE")


def _check_json(text: str) -> None:
    todo = [(json.loads(text, object_pairs_hook=_once), 0)]
    while todo:
        value, depth = todo.pop()
        if depth > DEPTH:
            raise _malformed(f"it is nested more than {DEPTH} deep")
        if isinstance(value, dict):
            _check_context(value)
            todo.extend((member, depth + 1) for member in value.values())
        elif isinstance(value, list):
            todo.extend((member, depth + 1) for member in value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _malformed("a member stands twice in one object")
    return members


def _check_context(value: Mapping[str, Any]) -> None:
    contexts = value.get("@context")
    listed = contexts if isinstance(contexts, list) else [contexts]
    if "@import" in value or any(isinstance(one, str) for one in listed):
        raise _malformed("its context would have to be fetched")


def _malformed(why: str) -> MalformedDocument:
    return MalformedDocument(
        f"The document cannot be read: {why}.",
        f"Документът не може да бъде прочетен: {why}.",
    )
