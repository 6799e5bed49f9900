"""The gate for documents: read once, checked, and kept as just those triples.

`Gate` is the near side. The far side, `serve`, runs in a sandboxed worker,
because native parsers can be crashed by text and a SHACL run can take long.
What comes back from there is text and is treated as such.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from registry import graphs
from registry.errors import MalformedDocument
from registry.jsonld import Context, Loss, text
from registry.language import Text
from registry.record import Content
from registry.sandbox import Stopped
from registry.shapes import Report, Result, Shapes, load

DEADLINE = 120.0
"""Seconds that one batch may take, either to be read or to be checked."""


class Caller(Protocol):
    """A worker that answers bytes with bytes."""

    def call(self, payload: bytes, deadline: float) -> bytes:
        """Returns what the task returned, or raises if it had to be stopped."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one document.

    Attributes:
        content: the record's content, or `None` if the document is malformed.
        losses: what a JSON-LD processor would have dropped without a word.
        problem: why the document is malformed, per language.
    """

    content: Content | None
    losses: tuple[Loss, ...] = ()
    problem: Text | None = None


class Gate:
    """Reads and checks batches of documents in a sandboxed worker.

    Either task raises `MalformedDocument` when the worker had to be stopped.

    Args:
        worker: runs `registry.gate:serve`.
        ontology: folder of the JSON-LD context.
        shapes: folder of the shapes.
        base: base IRI of the registry.
    """

    def __init__(
        self, worker: Caller, *, ontology: Path, shapes: Path, base: str
    ) -> None:
        self._worker = worker
        self._setup = {
            "ontology": str(ontology.resolve()),
            "shapes": str(shapes.resolve()),
            "base": base,
        }

    def read(
        self, documents: Sequence[tuple[str, Mapping[str, Any]]]
    ) -> Sequence[Reading]:
        """Reads compact documents, each with the IRI of its thing."""
        answers = self._ask({"task": "read", "documents": documents})
        return [
            Reading(
                Content(**answer["content"]) if answer["content"] else None,
                tuple(Loss(**loss) for loss in answer["losses"]),
                answer["problem"],
            )
            for answer in answers
        ]

    def check(self, kind: str, triples: str, focus: Sequence[str]) -> Report:
        """Checks things against the shape of their kind.

        Args:
            kind: whose shape.
            triples: N-Triples of the things and of what they refer to.
            focus: IRIs of the things.
        """
        answer = self._ask(
            {"task": "check", "kind": kind, "triples": triples, "focus": focus}
        )
        return Report(tuple(Result(**result) for result in answer))

    def _ask(self, request: Mapping[str, Any]) -> Any:
        payload = json.dumps({**self._setup, **request}).encode()
        try:
            return json.loads(self._worker.call(payload, DEADLINE))
        except Stopped as stopped:
            raise MalformedDocument(
                f"Reading or checking had to be stopped ({stopped.reason}).",
                f"Четенето или проверката беше спряна ({stopped.reason}).",
            ) from stopped


def serve(payload: bytes) -> bytes:
    """Does one task of the gate; runs in the worker.

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
