"""The gate for documents: read once, checked, and kept as just those triples.

This is the near side. The far side, `registry.admission`, runs in a sandboxed
worker, because native parsers can be crashed by text and a SHACL run can take
long. What comes back from there is text and is treated as such.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from registry.documents import JSON_LD
from registry.errors import Busy, MalformedDocument
from registry.language import Text
from registry.losses import Loss
from registry.record import Content
from registry.report import Report, Result
from registry.sandbox import PASSING, Caller, Stopped, insist

DEADLINE = 120.0
"""Seconds that one batch may take, either to be read or to be checked."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one document.

    Attributes:
        content: the record's content, or `None` if the document is malformed.
        losses: what is not kept of the document, or not as it was written.
        problem: why the document is malformed, per language.
    """

    content: Content | None
    losses: tuple[Loss, ...] = ()
    problem: Text | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """A document as somebody handed it in.

    Attributes:
        root: IRI of the thing that it is about.
        document: compact JSON-LD, or the text of a graph.
        media_type: of the text.
        known: IRIs of further nodes that the record may speak of.
    """

    root: str
    document: Mapping[str, Any] | str
    media_type: str = JSON_LD
    known: tuple[str, ...] = ()


class Gate:
    """Reads and checks batches of documents in a sandboxed worker.

    Either task raises `MalformedDocument` when the worker had to be stopped, and
    `Busy` when there was none to be had.

    Args:
        worker: runs `registry.admission:serve`.
        ontology: folder of the JSON-LD context.
        shapes: folder of the shapes.
        base: base IRI of the registry.
        deadline: seconds that one call may take.
    """

    def __init__(
        self,
        worker: Caller,
        *,
        ontology: Path,
        shapes: Path,
        base: str,
        deadline: float = DEADLINE,
    ) -> None:
        self._worker = worker
        self._deadline = deadline
        self._setup = {
            "ontology": str(ontology.resolve()),
            "shapes": str(shapes.resolve()),
            "base": base,
        }

    def read(
        self, documents: Sequence[tuple[str, Mapping[str, Any]]]
    ) -> Sequence[Reading]:
        """Reads compact documents, each with the IRI of its thing."""
        return self._readings("read", documents)

    def _readings(self, task: str, documents: Sequence[object]) -> Sequence[Reading]:
        answers = self._ask({"task": task, "documents": documents})
        return [
            Reading(
                Content(**answer["content"]) if answer["content"] else None,
                tuple(Loss(**loss) for loss in answer["losses"]),
                answer["problem"],
            )
            for answer in answers
        ]

    def admit(self, handed: Sequence[Handed]) -> Sequence[Reading]:
        """Reads documents that people hand in, each of one record.

        Beyond what `read` lists, nothing is kept of a document that speaks of
        other things than its record, or holds an address that nobody may be led
        to: its losses say where.
        """
        return self._readings("admit", [asdict(each) for each in handed])

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
            return json.loads(insist(self._worker, payload, self._deadline))
        except Stopped as stopped:
            if stopped.reason in PASSING:
                raise Busy(
                    "Many documents are being checked just now.",
                    "В момента се проверяват много документи.",
                ) from stopped
            raise MalformedDocument(
                f"Reading or checking had to be stopped ({stopped.reason}).",
                f"Четенето или проверката беше спряна ({stopped.reason}).",
            ) from stopped
