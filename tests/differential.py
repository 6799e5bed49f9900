"""Two readers of one document, and whether anything got lost between them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from registry import admission, documents, graphs, second_reading
from registry.errors import MalformedDocument
from registry.gate import Handed
from registry.jsonld import without
from registry.losses import Loss
from registry.namespaces import PREFIXES
from tests.strategies import THING
from tests.versions import BASE, CONTEXT

ROOT = Path(__file__).parents[1]


def texts(text: str) -> Mapping[str, Any]:
    """Returns a graph in every syntax, by media type."""
    found = graphs.FORMATS
    return {
        documents.TURTLE: graphs.serialise(text, found["ttl"]).decode(),
        documents.N_TRIPLES: graphs.serialise(text, found["nt"]).decode(),
        documents.JSON_LD: CONTEXT.document(graphs.triples(text), THING),
    }


def agreed(written: Any, media_type: str, root: str = THING) -> str:
    """Returns what both readers read.

    Raises:
        MalformedDocument: they differ.
    """
    if media_type == documents.JSON_LD:
        read = graphs.read_document(written, CONTEXT, root)
        second_reading.check_document(written, CONTEXT, root, read)
    else:
        read = graphs.read_text(written, media_type, root)
        second_reading.check_text(written, media_type, root, read)
    return read


def read(document: Mapping[str, Any]) -> list[str] | None:
    """Hands a document in; returns its texts that are neither kept nor listed.

    `None` if it is refused, which loses nothing.
    """
    try:
        value = documents.read_object(json.dumps(document).encode())
    except MalformedDocument:
        return None
    handed = Handed(THING, value)
    setup = {
        "ontology": str(ROOT / "ontology"),
        "shapes": str(ROOT / "shapes"),
        "base": BASE,
        "task": "admit",
        "documents": [asdict(handed)],
    }
    (answer,) = json.loads(admission.serve(json.dumps(setup).encode()))
    if answer["content"] is None:
        return None
    losses = [Loss(**loss) for loss in answer["losses"]]
    kept = {
        term.value
        for triple in graphs.triples(answer["content"]["triples"])
        for term in triple
        if hasattr(term, "value")
    }
    recomposed = {loss.value for loss in losses}
    resolved = CONTEXT.resolved(value, THING)
    left = without(resolved, losses)
    return [
        text for text in _texts(left) if not {text, _full(text)} & (kept | recomposed)
    ]


def _full(text: str) -> str:
    prefix, _, local = text.partition(":")
    return f"{PREFIXES[prefix]}{local}" if prefix in PREFIXES else text


def _texts(value: object) -> Iterator[str]:
    """Yields the texts of a document that stand for themselves."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name not in {"@context", "type", "@type", "@language"}:
                yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
