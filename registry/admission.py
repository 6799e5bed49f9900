"""The far side of the gate: reads and checks documents; runs in a worker."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from registry import graphs
from registry.errors import MalformedDocument
from registry.jsonld import Context, text
from registry.shapes import Shapes, load


def serve(payload: bytes) -> bytes:
    """Does one task of the gate.

    Args:
        payload: a JSON object with the set-up, `task`, and what it needs.
    """
    request = json.loads(payload)
    context, shapes = _setup(request["ontology"], request["shapes"], request["base"])
    if request["task"] == "read":
        answer: list[Any] = [
            _read(root, document, context) for root, document in request["documents"]
        ]
    else:
        report = shapes.check(request["kind"], request["triples"], request["focus"])
        answer = [asdict(result) for result in report.results]
    return json.dumps(answer).encode()


@lru_cache(maxsize=1)
def _setup(ontology: str, shapes: str, base: str) -> tuple[Context, Shapes]:
    # It would write the text of ill-formed literals to the log.
    logging.getLogger("rdflib.term").disabled = True
    context = Context.load(Path(ontology), f"{base}context/v1.jsonld")
    return context, load(Path(shapes), base)


def _read(root: str, document: Mapping[str, Any], context: Context) -> dict[str, Any]:
    losses = [asdict(loss) for loss in context.losses(document)]
    try:
        triples = graphs.read_document(document, context, root)
    except MalformedDocument as error:
        return {"content": None, "losses": losses, "problem": error.detail}
    compact = context.document(graphs.triples(triples), root)
    content = {"document": text(compact), "triples": triples}
    return {"content": content, "losses": losses, "problem": None}
