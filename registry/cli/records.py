"""`registry show`, `history` and `export`: reading from the journal."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from registry import graphs, projection, retrieval, wiring
from registry.cli import console
from registry.iris import RecordId, record_id
from registry.language import LANGUAGES, choose
from registry.record import Version
from registry.settings import read_settings
from registry.views import record as view

Name = Annotated[
    str, typer.Argument(metavar="KIND/KEY", help="For example institution/sar.")
]
Form = Annotated[console.Format, typer.Option("--format", help="How to print it.")]


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    for command in (show, history, export):
        app.command()(command)


def _record(name: str) -> RecordId:
    kind, _, key = name.partition("/")
    return record_id(kind, key)


def show(
    name: Name,
    *,
    version: Annotated[int | None, typer.Option(help="Which version.")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(help="As it was at a moment, in UTC.")
    ] = None,
    item: Annotated[
        bool, typer.Option("--item", help="With status, source and review note.")
    ] = False,
    form: Form = console.Format.TABLE,
) -> None:
    """Print a record."""
    registry = wiring.open_registry(read_settings())
    at = as_of and as_of.replace(tzinfo=as_of.tzinfo or UTC)
    found = retrieval.find(registry.journal, _record(name), version=version, at=at)
    if form is console.Format.NQ:
        triples = view.triples(found, iris=registry.iris, item=item)
        graph = registry.iris.graph(found.head.record)
        console.lines(graphs.quads(triples, graph))
        return
    document = view.document(
        found, iris=registry.iris, context=registry.vocabulary.context, item=item
    )
    if form is console.Format.JSON:
        console.document(document)
    else:
        console.table(("", ""), list(_flat(document, "")))


def _flat(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "@context":
                yield from _flat(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(inner, path)
    else:
        yield path, value


def history(name: Name, *, form: Form = console.Format.TABLE) -> None:
    """Print every entry of a record."""
    registry = wiring.open_registry(read_settings())
    entries = retrieval.history(registry.journal, _record(name))
    columns = ("entry", "at", "event", "status", "version", "actor", "reason")
    rows = [
        (
            e.sequence,
            e.at.isoformat(timespec="seconds"),
            str(e.event),
            str(e.status),
            e.version,
            e.actor,
            e.reason,
        )
        for e in entries
    ]
    if form is console.Format.TABLE:
        console.table(columns, rows)
    else:
        console.document([dict(zip(columns, row, strict=True)) for row in rows])


def export(
    *,
    kind: Annotated[str | None, typer.Option(help="One register only.")] = None,
    form: Form = console.Format.NQ,
) -> None:
    """Print every published record: a list, JSON-LD lines, or N-Quads."""
    registry = wiring.open_registry(read_settings())
    versions = registry.journal.heads(kind)
    if form is console.Format.TABLE:
        rows = [_line(v) for v in versions if v.head.status.public]
        console.table(("record", "name"), rows)
        return
    for version in versions:
        if form is console.Format.NQ:
            name, triples = projection.whole_graph(
                version, registry.iris, registry.tables
            )
            for piece in [triples] if isinstance(triples, str) else triples:
                console.lines(graphs.quads(piece, name))
        elif version.head.status.public:
            document = json.loads(version.content.document)
            console.lines(json.dumps(document, ensure_ascii=False) + "\n")


def _line(version: Version) -> tuple[str, str]:
    document = json.loads(version.content.document)
    name = choose(document.get("name") or document.get("title") or {}, LANGUAGES[0])
    return str(version.head.record), name.text if name else ""
