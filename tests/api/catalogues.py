"""Servers of catalogues, with what their journals hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.application import application
from registry.catalogue.store import Store
from registry.journal.sql import create
from registry.ports import Position, Standing
from registry.scoring import Scorer
from registry.views import conformance
from registry.views.dcat.profiles import PROFILES
from tests.api.client import Client
from tests.api.conftest import ROOT, Minutes, Sample
from tests.cataloguing import OTHER, OWN, QUARTERLY, YEARLY, History, catalogue
from tests.versions import BASE, IRIS

FILES = {
    "register.institution.csv": 10,
    "register.table.nt": 20,
    "registry.nq.gz": 30,
    f"table.{YEARLY}.csv": 40,
}


@dataclass(frozen=True)
class Portal:
    """A server of a catalogue, and what is behind it."""

    client: Client
    history: History
    store: Store

    def catch_up(self) -> None:
        """Brings the catalogue up to what has happened."""
        self.history.catch_up(self.store)


@contextmanager
def serving(sample: Sample, folder: Path, *, steps: bool = False) -> Iterator[Portal]:
    """Serves a catalogue with tables, series, files and a table that was withdrawn.

    Args:
        sample: everything else.
        folder: where the journal and the catalogue are made.
        steps: whether the catalogue follows step by step.
    """
    folder.mkdir(exist_ok=True)
    history = History(create(folder / "journal.sqlite", BASE, Minutes()))
    store = catalogue(folder / "catalogue.sqlite")
    history.institution("Едно")
    for key in (YEARLY, QUARTERLY, OWN, OTHER):
        history.table(key)
        if steps:
            history.catch_up(store)
    history.dump(FILES)
    history.table(YEARLY, 2)
    if steps:
        history.catch_up(store)
    history.retire(QUARTERLY)
    history.catch_up(store)
    with over(sample, store) as client:
        yield Portal(client, history, store)
    store.close()
    history.journal.close()


@contextmanager
def over(sample: Sample, store: Store) -> Iterator[Client]:
    """Serves the sample with another catalogue."""
    shapes = conformance.load(ROOT / "shapes", PROFILES[0].key)
    scorer = Scorer(store, shapes, iris=IRIS, definition=sample.definition)
    changed = replace(sample, catalogue=store, scorer=scorer)
    with Client(application(changed, close=lambda: None)) as client:
        yield client


def many(path: Path, count: int) -> Store:
    """Returns a catalogue of so many datasets, each a day after the one before."""
    store = catalogue(path)
    start = datetime(2025, 1, 1, tzinfo=UTC)
    changes = [
        Standing(f"table.{number:05}", at, described(f"table.{number:05}"), at, at)
        for number in range(count)
        for at in (start + timedelta(days=number),)
    ]
    store.write(changes, Position(count, 0))
    return store


def described(key: str) -> str:
    """Returns a short description of a dataset."""
    dataset, record = IRIS.dataset(key), IRIS.dataset_document(key)
    return (
        f"<{IRIS.catalogue}> <http://www.w3.org/ns/dcat#dataset> <{dataset}> .\n"
        f"<{record}> <http://xmlns.com/foaf/0.1/primaryTopic> <{dataset}> .\n"
        f'<{dataset}> <http://purl.org/dc/terms/modified> "2025-01-01T00:00:00Z"'
        "^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n"
        f'<{dataset}> <http://purl.org/dc/terms/title> "Набор {key}"@bg .\n'
        f"<{dataset}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<http://www.w3.org/ns/dcat#Dataset> .\n"
    )
