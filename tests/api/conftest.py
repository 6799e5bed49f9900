from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.application import application
from api.asking import Asking
from api.budgets import Budgets
from api.pace import Pace
from api.pages.facts import Naming
from api.pages.places import Places
from api.pages.site import SitePages
from api.security import Guard
from api.shelf import Shelf
from api.site import Site
from registry import admission, gaps, projection, review, submissions
from registry.access import Access
from registry.accounts import Accounts, Patience
from registry.announcing import Announcing
from registry.auditing import Auditing
from registry.catalogue.store import Store
from registry.cataloguing import steps
from registry.cataloguing.sources import Sources
from registry.confirming import Confirming
from registry.desks.drafts import SqlDrafts
from registry.desks.sql import SqlDesk
from registry.directory.accounts import SqlAccounts
from registry.directory.attempts import MovingAttempts
from registry.directory.keys import SqlKeys
from registry.directory.organisations import SqlDirectory
from registry.directory.passwords import Argon2
from registry.directory.tickets import SqlTickets
from registry.drafting import Drafting
from registry.duplicates import Duplicates
from registry.errors import NotFound
from registry.forms import shape
from registry.forms.field import Form
from registry.gate import Gate
from registry.intake import Intake
from registry.iris import Iris, RecordId
from registry.journal import sql
from registry.journal.blobs import FileBlobs
from registry.journal.sql import SqlJournal
from registry.keeping import Parcels
from registry.language import LANGUAGES
from registry.mailing.outbox import SqlOutbox
from registry.notices import Notices
from registry.organisations import Organisations
from registry.ports import ChangeReports, Clock, Dumps, IdentityProvider
from registry.previewing import Previews
from registry.record import Content, Provenance, Source, Version
from registry.register_uploads import RegisterUploads
from registry.reviewing import Reviewing
from registry.sandbox import Caller
from registry.scoring import Scorer
from registry.search import transliteration
from registry.search.gaps import GapTable
from registry.search.index import Index
from registry.settings import DeskSettings, EngineSettings, Settings, SiteSettings
from registry.shapes import Shapes, load
from registry.statistics.code_names import CodeNames
from registry.statistics.parquet import ParquetTables
from registry.store.jobs import JobLimits, Jobs
from registry.table_uploads import TableUploads
from registry.views import conformance, fragments
from registry.views.conformance import Conformance
from registry.views.dcat.definition import Definition, read
from registry.views.dcat.profiles import PROFILES
from registry.vocabulary import Vocabulary
from tests.api.client import Client
from tests.api.queries import InProcessQueries
from tests.tables import MemoryTables
from tests.versions import BASE, CONTEXT, IRIS, concept, content, place

ROOT = Path(__file__).parents[2]
VOCABULARY = Vocabulary(ROOT / "ontology", ROOT / "shapes", ROOT / "datasets", IRIS)
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Minutes:
    """A clock that goes on by a minute each time it is read."""

    def __init__(self) -> None:
        self.at = START - timedelta(minutes=1)

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


class InProcess:
    """Reads and checks documents of our own in this process."""

    def call(self, payload: bytes, deadline: float) -> bytes:  # noqa: ARG002 - the port
        return admission.serve(payload)


def desk_over(
    journal: SqlJournal,
    lists: Index,
    directory: SqlDirectory,
    caller: Caller,
    clock: Clock,
) -> tuple[Intake, Reviewing]:
    """Returns the ways in and on of a registry.

    Args:
        journal: the truth.
        lists: finds records about the same thing.
        directory: who keeps which record.
        caller: reads and checks.
        clock: of the desk.
    """
    gate = Gate(caller, ontology=ROOT / "ontology", shapes=ROOT / "shapes", base=BASE)
    notices = Notices(directory, journal, SqlOutbox(journal.engine, clock), BASE)
    desk = Announcing(SqlDesk(journal, clock), notices)
    duplicates = Duplicates(lists, transliteration.key, IRIS)
    return (
        Intake(journal, desk, gate, directory, duplicates),
        Reviewing(journal, desk, gate, directory, clock),
    )


@dataclass(frozen=True)
class Sample:
    """A small registry of real parts; only queries run in this process."""

    settings: Settings
    iris: Iris
    clock: Clock
    journal: SqlJournal
    dumps: Dumps
    change_reports: ChangeReports
    lists: Index
    missing: GapTable
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
    intake: Intake
    reviewing: Reviewing
    drafts: SqlDrafts
    previews: Previews
    auditing: Auditing
    accounts: Accounts
    organisations: Organisations
    desk: SqlDesk
    drafting: Drafting
    table_uploads: TableUploads
    register_uploads: RegisterUploads
    parcels: Parcels
    confirming: Confirming
    provider: IdentityProvider | None = None


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


# What files of ours say is read once: reading it takes longer than most tests.
@cache
def _shapes() -> Shapes:
    return load(ROOT / "shapes", BASE)


@cache
def _profile() -> Conformance:
    return conformance.load(ROOT / "shapes", PROFILES[0].key)


@cache
def _forms() -> Mapping[str, Form]:
    return shape.read(VOCABULARY, BASE)


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
    missing = GapTable(folder / "lists.sqlite")
    shapes = _shapes()
    gaps.catch_up(journal, journal.links, missing, check=shapes.check, iris=IRIS)
    catalogue = Store(folder / "catalogue.sqlite", fragments.cut)
    definition = read(ROOT / "datasets" / "catalogue")
    sources = Sources(journal, journal.dumps, MemoryTables(), IRIS, definition)
    steps.catch_up(sources, catalogue)
    directory = SqlDirectory(journal.engine)
    intake, reviewing = desk_over(journal, lists, directory, InProcess(), clock)
    book = SqlAccounts(journal.engine, clock)
    keys = SqlKeys(journal.engine, clock)
    tickets = SqlTickets(journal.engine, clock)
    mailer = SqlOutbox(journal.engine, clock)
    settings = Settings(
        data=folder,
        site=SiteSettings(base=BASE, hosts="127.0.0.1"),
        # All tests together are one client.
        engine=EngineSettings(client_seconds=1e6, client_errors=10**6),
        desk=DeskSettings(person=0, organisation=0),
    )
    desk = SqlDesk(journal, clock)
    return Sample(
        settings=settings,
        iris=IRIS,
        clock=clock,
        journal=journal,
        dumps=journal.dumps,
        change_reports=journal.change_reports,
        lists=lists,
        missing=missing,
        catalogue=catalogue,
        definition=definition,
        scorer=Scorer(
            catalogue,
            _profile(),
            iris=IRIS,
            definition=definition,
        ),
        queries=queries,
        jobs=Jobs(queries, folder / "jobs", JobLimits(), clock),
        tables=ParquetTables(folder / "tables", _lost),
        shapes=shapes,
        vocabulary=VOCABULARY,
        directory=directory,
        intake=intake,
        reviewing=reviewing,
        drafts=SqlDrafts(journal.engine),
        previews=Previews(journal, sources, catalogue, clock),
        auditing=Auditing(journal, journal.actors, directory, desk),
        tickets=tickets,
        mailer=mailer,
        access=Access(keys, directory, clock),
        accounts=Accounts(
            book=book,
            directory=directory,
            keys=keys,
            tickets=tickets,
            mailer=mailer,
            passwords=Argon2(8, 1, 1),
            patience=Patience(
                account=MovingAttempts(5, 900),
                address=MovingAttempts(100, 900),
                mails=MovingAttempts(3, 3600),
            ),
            base=BASE,
        ),
        organisations=Organisations(directory, book, keys, journal, IRIS),
        desk=desk,
        drafting=Drafting(journal, desk, intake, _forms()),
        table_uploads=TableUploads(
            journal,
            IRIS,
            ParquetTables(folder / "tables", _lost),
            FileBlobs(folder / "blobs"),
            folder / "tables",
            InProcess(),
            CodeNames(journal),
        ),
        register_uploads=RegisterUploads(
            journal,
            IRIS,
            CONTEXT,
            _forms(),
            directory,
            intake,
            InProcess(),
            CodeNames(journal),
        ),
        parcels=Parcels(folder / "uploads", clock),
        confirming=Confirming(
            journal, directory, tickets, journal.actors, journal.change_reports
        ),
    )


def site_of(sample: Sample) -> Site:
    """Returns the pages over a registry; no answer of theirs is kept."""
    return Site(
        sample,
        SitePages.load(BASE),
        Places(sample.journal, sample.iris),
        Shelf(0),
        Naming(sample.journal),
        Guard(sample.access, BASE, LANGUAGES, Pace(person=0, organisation=0)),
        Asking(BASE, sample.queries, Budgets(seconds=0, errors=0, parallel=0)),
    )


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    made = build(tmp_path_factory.mktemp("sample"))
    yield made
    made.missing.close()
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
