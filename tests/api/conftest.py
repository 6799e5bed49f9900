from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.application import application
from registry import projection, review, submissions
from registry.access import Access
from registry.catalogue.store import Store
from registry.cataloguing import steps
from registry.cataloguing.sources import Sources
from registry.directory.keys import SqlKeys
from registry.directory.organisations import SqlDirectory
from registry.directory.tickets import SqlTickets
from registry.errors import NotFound
from registry.iris import Iris, RecordId
from registry.journal import sql
from registry.journal.sql import SqlJournal
from registry.mailing.outbox import SqlOutbox
from registry.ports import Dumps
from registry.record import Content, Provenance, Source, Version
from registry.scoring import Scorer
from registry.search.index import Index
from registry.settings import EngineSettings, Settings, SiteSettings
from registry.shapes import Shapes, load
from registry.statistics.parquet import ParquetTables
from registry.store.jobs import JobLimits, Jobs
from registry.views import conformance, fragments
from registry.views.dcat.definition import Definition, read
from registry.views.dcat.profiles import PROFILES
from registry.vocabulary import Vocabulary
from tests.api.client import Client
from tests.api.queries import InProcessQueries
from tests.tables import MemoryTables
from tests.versions import BASE, IRIS, concept, content, place

ROOT = Path(__file__).parents[2]
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Minutes:
    """A clock that goes on by a minute each time it is read."""

    def __init__(self) -> None:
        self.at = START - timedelta(minutes=1)

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


@dataclass(frozen=True)
class Sample:
    """A small registry of real parts; only queries run in this process."""

    settings: Settings
    iris: Iris
    journal: SqlJournal
    dumps: Dumps
    lists: Index
    catalogue: Store
    definition: Definition
    scorer: Scorer
    queries: InProcessQueries
    jobs: Jobs
    tables: ParquetTables
    shapes: Shapes
    vocabulary: Vocabulary
    directory: SqlDirectory
    tickets: SqlTickets
    mailer: SqlOutbox
    access: Access


def concepts(scheme: str, *codes: tuple[str, str, str]) -> dict[str, object]:
    """Returns the document of a code list, of codes with their names."""
    return {
        "type": "ConceptScheme",
        "title": {"bg": scheme, "en": scheme},
        "concepts": [
            {
                "id": concept(scheme, code),
                "type": "Concept",
                "notation": code,
                "name": {"bg": bg, "en": en},
            }
            for code, bg, en in codes
        ],
    }


CENTRE: dict[str, object] = {
    "type": "Organization",
    "name": {"bg": "Център „А & Б“", "en": "Centre <b>A & B</b>"},
    "description": {"bg": "Само на български."},
    "state": concept("operating-state", "active"),
    "serviceKind": [concept("service-kind", "legal-aid")],
    "location": place("bg"),
    "homepage": ["https://centre.example/"],
    "contact": {
        "id": f"{BASE}id/institution/centre#contact",
        "type": "ContactPoint",
        "email": "office@centre.example",
        "telephone": "+359 38 000000",
    },
}

RECORDS: dict[str, dict[str, object]] = {
    "scheme/operating-state": concepts(
        "operating-state", ("active", "действа", "active")
    ),
    "scheme/service-kind": concepts(
        "service-kind", ("legal-aid", "правна помощ", "legal aid")
    ),
    "place/bg": {"type": "Location", "name": {"bg": "България", "en": "Bulgaria"}},
    "institution/centre": CENTRE,
    "institution/old": {"type": "Organization", "name": {"bg": "Старо"}},
    "institution/closed": {"type": "Organization", "name": {"bg": "Затворено"}},
}

PROVENANCE = Provenance(
    sources=(Source("https://source.example/page", "2024-05"),),
    name_seen_in=("bg",),
    note={"en": "Check the address."},
)


def publish(journal: SqlJournal, name: str, document: dict[str, object]) -> None:
    """Publishes a record `kind/key`, under the base of the journal."""
    record = RecordId(*name.split("/"))
    made = content(record, document)
    lines = made.triples.replace(BASE, journal.base).splitlines(keepends=True)
    moved = Content(made.document.replace(BASE, journal.base), "".join(sorted(lines)))
    with journal.write() as writer:
        entry = submissions.submit(
            writer,
            record,
            moved,
            provenance=PROVENANCE,
            actor="a-1",
        )
        assert entry is not None
        review.accept(writer, entry, actor="a-2")


def fill(journal: SqlJournal) -> None:
    """Publishes the sample records, under the base of the journal."""
    for name, document in RECORDS.items():
        publish(journal, name, document)
    changed = {**CENTRE, "homepage": ["https://new.example/"]}
    publish(journal, "institution/centre", changed)
    with journal.write() as writer:
        old, centre = RecordId("institution", "old"), RecordId("institution", "centre")
        review.supersede(writer, old, centre, actor="a-2", reason="merged")
        closed = RecordId("institution", "closed")
        review.retire(writer, closed, actor="a-2", reason="closed")


def _lost(version: Version, file: Path) -> None:
    raise NotFound(f"{version.head.record} has no {file}", f"Няма {file}")


def build(folder: Path, filled: Callable[[SqlJournal], None] = fill) -> Sample:
    """Returns a registry, projected, in an empty folder.

    Args:
        folder: where it is made.
        filled: publishes its records.
    """
    clock = Minutes()
    journal = sql.create(folder / "journal.sqlite", BASE, clock)
    clock.at = START  # however many steps it took to create it
    filled(journal)
    queries = InProcessQueries()
    lists = Index(folder / "lists.sqlite", IRIS)
    projection.catch_up(
        journal, queries, lists, IRIS, tables=MemoryTables(), ontology=""
    )
    catalogue = Store(folder / "catalogue.sqlite", fragments.cut)
    definition = read(ROOT / "datasets" / "catalogue")
    sources = Sources(journal, journal.dumps, MemoryTables(), IRIS, definition)
    steps.catch_up(sources, catalogue)
    directory = SqlDirectory(journal.engine)
    settings = Settings(
        data=folder,
        site=SiteSettings(base=BASE),
        # All tests together are one client.
        engine=EngineSettings(client_seconds=0, client_errors=0),
    )
    return Sample(
        settings=settings,
        iris=IRIS,
        journal=journal,
        dumps=journal.dumps,
        lists=lists,
        catalogue=catalogue,
        definition=definition,
        scorer=Scorer(
            catalogue,
            conformance.load(ROOT / "shapes", PROFILES[0].key),
            iris=IRIS,
            definition=definition,
        ),
        queries=queries,
        jobs=Jobs(queries, folder / "jobs", JobLimits(), clock),
        tables=ParquetTables(folder / "tables", _lost),
        shapes=load(ROOT / "shapes", BASE),
        vocabulary=Vocabulary(
            ROOT / "ontology", ROOT / "shapes", ROOT / "datasets", IRIS
        ),
        directory=directory,
        tickets=SqlTickets(journal.engine, clock),
        mailer=SqlOutbox(journal.engine, clock),
        access=Access(SqlKeys(journal.engine, clock), directory, clock),
    )


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    made = build(tmp_path_factory.mktemp("sample"))
    yield made
    made.lists.close()
    made.catalogue.close()
    made.journal.close()


@pytest.fixture(scope="session")
def app(sample: Sample) -> FastAPI:
    return application(sample, close=lambda: None)


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[Client]:
    with Client(app) as made:
        yield made
