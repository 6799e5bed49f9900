"""The record as a document: its thing, or its register item with the thing in it."""

import json
from collections.abc import Mapping
from typing import Any

from registry import graphs
from registry.graphs import Format
from registry.iris import Iris
from registry.jsonld import Context, text
from registry.record import Version
from registry.views import item as register_item


def triples(version: Version, *, iris: Iris, item: bool) -> str:
    """Returns the canonical N-Triples of the document.

    Args:
        version: what is shown.
        iris: the registry's own.
        item: whether the register item is shown with the thing.
    """
    if not item:
        return version.content.triples
    both = version.content.triples + register_item.triples(version, iris)
    return "".join(sorted(graphs.lines(both)))


def document(
    version: Version, *, iris: Iris, context: Context, item: bool
) -> Mapping[str, Any]:
    """Returns the compact JSON-LD document.

    Its root is the thing, or the register item, in which the thing then stands
    below `definition` and `entity`.
    """
    if not item:
        plain: Mapping[str, Any] = json.loads(version.content.document)
        return plain
    whole = triples(version, iris=iris, item=True)
    return context.document(graphs.triples(whole), iris.item(version.head.record))


def render(
    version: Version, format_: Format, *, iris: Iris, context: Context, item: bool
) -> bytes:
    """Returns the document's bytes; the thing as JSON-LD costs nothing to make."""
    if format_.extension != "jsonld":
        return graphs.serialise(triples(version, iris=iris, item=item), format_)
    if not item:
        return version.content.document.encode()
    return text(document(version, iris=iris, context=context, item=True)).encode()
