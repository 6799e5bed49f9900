"""Synthetic records like the real ones, as many as are asked for.

One document goes the way that every document goes; the others are its copies
with another number and place. A test holds that this changes nothing.
"""

import os
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any

from registry import graphs, projection, retrieval, review, submissions, wiring
from registry.iris import Iris, RecordId
from registry.jsonld import Context, text
from registry.ports import JournalWriter
from registry.record import Content, Provenance, Source
from registry.settings import Settings, SiteSettings

BASE = "http://127.0.0.1:8000/"
IRIS = Iris(BASE)
QUADS = 39
"""Quads that each record becomes in the graph store."""
TRANSACTION = 10_000
"""Records that are written to the journal at once."""

_NUMBER, _PLACE = "0000000", "bg000"
_PLACES = tuple(f"bg{code}" for code in (311, 314, 321, 331, 341, 411, 421, 422, 425))
_PROVENANCE = Provenance(
    (Source("https://example.org/register", "2024-05-31"),), name_seen_in=("bg",)
)


def record(number: int) -> RecordId:
    """Returns the id of the record of a number."""
    return RecordId("institution", f"b{number:07d}")


def document(number: int) -> dict[str, Any]:
    """Returns the compact document of a record, as somebody would write it."""
    thing = IRIS.thing(record(number))
    return _document(f"{number:07d}", _PLACES[number % len(_PLACES)], thing)


def _document(number: str, place: str, thing: str) -> dict[str, Any]:
    def concept(scheme: str, code: str) -> str:
        return f"{BASE}id/scheme/{scheme}#{code}"

    return {
        "id": thing,
        "type": ["Organization", "PublicOrganisation"],
        "name": {
            "bg": f"Център за интеграция на чужденци № {number}",
            "en": f"Centre for the integration of foreigners No {number}",
        },
        "description": {
            "bg": "Консултира новодошлите на място и по телефона, помага им с "
            "документите и ги насочва към курсове по български език.",
            "en": "Advises newcomers in person and by telephone, helps them with "
            "their papers and directs them to courses of Bulgarian.",
        },
        "classification": [concept("institution-kind", "municipality")],
        "state": concept("operating-state", "working"),
        "serviceKind": [
            concept("service-kind", "consultation"),
            concept("service-kind", "language-training"),
        ],
        "targetGroup": [concept("target-group", "third-country-nationals")],
        "location": f"{BASE}id/place/{place}",
        "address": {
            "id": f"{thing}#address",
            "type": "Address",
            "fullAddress": {"bg": f"ул. „Марица“ {number}"},
            "postCode": "6300",
        },
        "contact": {
            "id": f"{thing}#contact",
            "type": "ContactPoint",
            "email": f"centre{number}@example.org",
            "telephone": f"+359 {number}",
        },
        "homepage": [f"https://example.org/centres/{number}"],
    }


class Template:
    """Makes the content of any record from that of one."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @cached_property
    def _content(self) -> Content:
        thing = IRIS.thing(RecordId("institution", f"b{_NUMBER}"))
        return content(_document(_NUMBER, _PLACE, thing), self._context)

    def content(self, number: int) -> Content:
        """Returns the content of the record of a number."""

        def filled(text: str) -> str:
            place = _PLACES[number % len(_PLACES)]
            return text.replace(_NUMBER, f"{number:07d}").replace(_PLACE, place)

        lines = filled(self._content.triples).splitlines(keepends=True)
        return Content(filled(self._content.document), "".join(sorted(lines)))


def content(written: dict[str, Any], context: Context) -> Content:
    """Returns a document's content as the gate would make it."""
    root = written["id"]
    triples = graphs.read_document(written, context, root)
    return Content(
        text(context.document(graphs.triples(triples), root)),
        triples,
    )


def settle(data: Path) -> None:
    """Has nothing left to be found beside the answers: what records lack is known."""
    with wiring.writer(settings(data)) as writer:
        writer.missing.replace([], writer.journal.tip()[0])


def settings(data: Path) -> Settings:
    """Returns the settings of a registry in a folder."""
    return Settings(data=data, site=SiteSettings(base=BASE))


def fill(data: Path, count: int) -> None:
    """Creates a registry with as many published records as are asked for."""
    wiring.create(settings(data))
    with closing(wiring.open_registry(settings(data))) as registry:
        template = Template(registry.vocabulary.context)
        for first in range(0, count, TRANSACTION):
            with registry.journal.write() as writer:
                for number in range(first, min(first + TRANSACTION, count)):
                    _publish(writer, template, number)


def publish(registry: wiring.Registry, template: Template, number: int) -> None:
    """Publishes one record in a transaction of its own."""
    with registry.journal.write() as writer:
        _publish(writer, template, number)


def _publish(writer: JournalWriter, template: Template, number: int) -> None:
    submission = submissions.submit(
        writer,
        record(number),
        template.content(number),
        provenance=_PROVENANCE,
        actor="contributor",
    )
    if submission is not None:
        review.accept(writer, submission, actor="operator")


def body(number: int, data: Path) -> bytes:
    """Returns the document of a record in a registry, as the journal keeps it."""
    with closing(wiring.open_registry(settings(data))) as registry:
        version = retrieval.find(registry.journal, record(number))
    return version.content.document.encode()


def write(data: Path, *, quads: Path, triples: Path | None = None) -> int:
    """Writes what the graph store of a registry should hold.

    Args:
        data: the registry.
        quads: file for all of it as N-Quads.
        triples: file for the same without the names of graphs, as N-Triples.

    Returns:
        How many quads that are.
    """
    count = 0
    with (
        closing(wiring.open_registry(settings(data))) as registry,
        quads.open("w", encoding="utf-8") as quads_file,
        (triples or Path(os.devnull)).open("w", encoding="utf-8") as triples_file,
    ):
        for version in registry.journal.heads():
            name, pieces = projection.whole_graph(version, IRIS, registry.tables)
            for text in [pieces] if isinstance(pieces, str) else pieces:
                quads_file.write(graphs.quads(text, name))
                triples_file.write(text)
                count += text.count("\n")
    return count
