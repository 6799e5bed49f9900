"""A synthetic catalogue of as many datasets as are asked for.

One real table is described the way that every table is; the others are its copies
under another name. Their fragments are copies too, which saves the time of making
them and not that of reading them.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from benchmarks import corpus
from registry import wiring
from registry.catalogue.store import Store
from registry.iris import RecordId
from registry.jsonld import Context
from registry.lifecycle import Status
from registry.ports import CatalogueState, File, Position, Standing
from registry.record import Head, Provenance, Version
from registry.statistics import definition as tables
from registry.statistics import description
from registry.statistics.description import Data
from registry.views import fragments
from registry.views.dcat import datasets
from registry.views.dcat import definition as dcat
from registry.views.dcat.definition import Definition
from registry.views.dcat.header import header

START = datetime(2026, 1, 1, tzinfo=UTC)
CHANGED = START + timedelta(days=1)
"""When the datasets that change do so."""

_TABLE = "tps00176"
_NAME = re.compile(r"id/catalog/table\.(b[0-9]{7})>")
_BATCH = 1000


@dataclass(frozen=True)
class Model:
    """The description that all the others are copies of."""

    definition: Definition
    version: Version

    @cached_property
    def triples(self) -> str:
        """Its canonical N-Triples."""
        files = [File(f"table.{_TABLE}.{e}", 4096, "ab" * 32) for e in ("csv", "nt")]
        return datasets.table(
            self.version,
            files,
            issued=START,
            modified=START,
            iris=corpus.IRIS,
            definition=self.definition,
            series=7,
        )

    @cached_property
    def _fragments(self) -> Mapping[str, bytes]:
        return fragments.cut(self.triples)

    def cut(self, triples: str) -> Mapping[str, bytes]:
        """Returns the fragments of a copy."""
        found = _NAME.search(triples)
        assert found  # noqa: S101 - every description names its dataset
        name, new = _TABLE.encode(), found[1].encode()
        return {form: body.replace(name, new) for form, body in self._fragments.items()}

    def standing(self, number: int, at: datetime) -> Standing:
        """Returns the dataset of a number, as it stands from a moment on."""
        name = f"b{number:07d}"
        triples = self.triples.replace(_TABLE, name)
        if at != START:
            triples = triples.replace('"ab', '"cd').replace(_moment(START), _moment(at))
        return Standing(f"table.{name}", at, triples, START, at, 1)

    def distinct(self, count: int) -> int:
        """Returns how many triples a catalogue of so many copies has."""
        start = header(
            CatalogueState(count, START, count, ""),
            iris=corpus.IRIS,
            definition=self.definition,
        )
        lines = set(self.triples.split("\n")[:-1])
        own = {line for line in lines if _TABLE in line}
        return len(set(start.split("\n")[:-1]) | (lines - own)) + count * len(own)


def model() -> Model:
    """Returns the model, made from a table of the real data."""
    settings = corpus.settings(Path())
    folder = settings.datasets / "tables"
    defined = tables.read(folder / f"{_TABLE}.json", folder / tables.COMPONENTS)
    data = Data("ab" * 32, 4096, "text/csv", 100, "2012", "2023")
    written = description.document_of(defined.definition, data, corpus.IRIS)
    made = corpus.content(written, Context.load(settings.ontology, corpus.IRIS.context))
    record = RecordId(description.KIND, _TABLE)
    head = Head(
        record=record,
        sequence=2,
        version=1,
        status=Status.STABLE,
        digest=made.digest,
        provenance=Provenance(),
        successor=None,
        submitted=START,
        modified=START,
        verified=None,
    )
    own = dcat.read(settings.datasets / "catalogue")
    return Model(own, Version(head, made))


def fill(data: Path, model: Model, count: int) -> None:
    """Creates an empty registry with a catalogue of so many datasets."""
    wiring.create(corpus.settings(data))
    with closing(_store(data, model)) as store:
        for first in range(0, count, _BATCH):
            numbers = range(first, min(first + _BATCH, count))
            made = [model.standing(number, START) for number in numbers]
            store.write(made, Position(0, 0))


def change(data: Path, model: Model, count: int) -> None:
    """Changes so many datasets of a catalogue, spread over all of it."""
    with closing(_store(data, model)) as store:
        every = max(1, store.state().datasets // count)
        numbers = range(0, every * count, every)
        made = [model.standing(number, CHANGED) for number in numbers]
        store.write(made, Position(0, 0))


def write(data: Path, model: Model, file: Path) -> None:
    """Writes the triples of a catalogue as N-Triples."""
    with closing(_store(data, model)) as store, file.open("wb") as target:
        target.writelines(_pieces(store, model))


def _pieces(store: Store, model: Model) -> Iterator[bytes]:
    with closing(store.open()) as snapshot:
        start = header(snapshot.state, iris=corpus.IRIS, definition=model.definition)
        yield start.encode()
        yield from snapshot.fragments("dcat-ap-3.0.1.nt")


def _store(data: Path, model: Model) -> Store:
    return Store(data / "catalogue.sqlite", model.cut)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
