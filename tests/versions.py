"""Published versions for tests, made from compact documents."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from registry import graphs
from registry.iris import Iris, RecordId
from registry.jsonld import Context, text
from registry.lifecycle import Status
from registry.record import Content, Head, Provenance, Source, Version

BASE = "http://registry.example/"
IRIS = Iris(BASE)
CONTEXT = Context.load(Path(__file__).parents[1] / "ontology", IRIS.context)
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def content(
    record: RecordId, document: Mapping[str, Any], iris: Iris = IRIS
) -> Content:
    """Returns the content of a compact document without `id` and `@context`."""
    thing = iris.thing(record)
    triples = graphs.read_document({"id": thing, **document}, CONTEXT, thing)
    compact = CONTEXT.document(graphs.triples(triples), thing)
    return Content(text(compact), triples)


def version(
    name: str,
    document: Mapping[str, Any],
    *,
    status: Status = Status.STABLE,
    provenance: Provenance | None = None,
) -> Version:
    """Returns the first version of the record `kind/key`."""
    record = RecordId(*name.split("/"))
    made = content(record, document)
    head = Head(
        record=record,
        sequence=2,
        version=1,
        status=status,
        digest=made.digest,
        provenance=provenance or Provenance(),
        successor=None,
        submitted=AT,
        modified=AT,
        verified=None,
    )
    return Version(head, made)


def concept(scheme: str, code: str) -> str:
    """Returns the IRI of a concept."""
    return f"{BASE}id/scheme/{scheme}#{code}"


def place(key: str) -> str:
    """Returns the IRI of a place."""
    return f"{BASE}id/place/{key}"


ONE = version(
    "institution/one",
    {"type": "Organization", "name": {"bg": "Едно", "en": "One"}},
    provenance=Provenance(
        sources=(Source("https://a.example/", "2024-05"), Source("https://b.example/")),
        name_seen_in=("bg",),
        note={"en": "Check the address."},
    ),
)
"""An institution with every kind of provenance."""
