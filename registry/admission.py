"""The far side of the gate: reads and checks documents; runs in a worker."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from registry import graphs, second_reading, strangers
from registry.documents import JSON_LD, check_document
from registry.errors import MalformedDocument
from registry.jsonld import Context, text, without
from registry.language import Text
from registry.losses import Loss
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
    elif request["task"] == "admit":
        answer = [_admitted(handed, context) for handed in request["documents"]]
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
    losses = context.losses(document)
    try:
        triples = graphs.read_document(document, context, root)
    except MalformedDocument as error:
        return _refused(losses, error.detail)
    return _kept(triples, root, context, losses)


def _admitted(handed: Mapping[str, Any], context: Context) -> dict[str, Any]:
    root, document = handed["root"], handed["document"]
    losses: Sequence[Loss] = ()
    try:
        if handed["media_type"] == JSON_LD:
            check_document(document, context.iri)
            if not {"id", "@id"} & document.keys():
                document = {"id": root, **document}
            document = context.resolved(document, root)
            losses = context.losses(document)
            # What is listed is left out here; each reader drops it in its own way.
            document = without(document, losses)
            triples = graphs.read_document(document, context, root, sparing=True)
            second_reading.check_document(document, context, root, triples)
        else:
            triples = graphs.read_text(document, handed["media_type"], root)
            second_reading.check_text(document, handed["media_type"], root, triples)
    except MalformedDocument as error:
        return _refused(losses, error.detail)
    strange = list(strangers.found(triples, root, handed["known"]))
    if strange:
        reasons = {loss.reason for loss in strange}
        problem = next(p for r, p in strangers.PROBLEMS.items() if r in reasons)
        return _refused([*losses, *strange], problem)
    composed = strangers.composed(triples)
    losses = [*losses, *strangers.recomposed(triples)]
    return _kept(composed, root, context, losses)


def _refused(losses: Sequence[Loss], problem: Text) -> dict[str, Any]:
    listed = [asdict(loss) for loss in losses]
    return {"content": None, "losses": listed, "problem": dict(problem)}


def _kept(
    triples: str, root: str, context: Context, losses: Sequence[Loss]
) -> dict[str, Any]:
    compact = context.document(graphs.triples(triples), root)
    content = {"document": text(compact), "triples": triples}
    listed = [asdict(loss) for loss in losses]
    return {"content": content, "losses": listed, "problem": None}
