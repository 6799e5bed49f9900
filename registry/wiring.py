"""Settings in, an assembled registry out: the only place that names the parts."""

import json
import logging
import ssl
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from registry import backup, drift, gaps, links, loading, mending, projection, tables
from registry import harvest as harvesting
from registry.access import Access
from registry.accounts import Accounts, Patience
from registry.announcing import Announcing
from registry.auditing import Auditing
from registry.backup import Manifest, Tip
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
from registry.drift import Drift
from registry.dumping.folder import DumpFolder
from registry.dumping.making import Made, Published, due, make
from registry.duplicates import Duplicates
from registry.errors import EngineUnavailable, Invalid, Misconfigured, NotFound
from registry.forms import shape
from registry.gate import Gate
from registry.harvest import Harvest
from registry.intake import Intake
from registry.iris import Iris
from registry.journal import places, sql
from registry.journal.places import Place
from registry.keeping import Parcels
from registry.links import Pace, Tried
from registry.loading import Means, Outcome
from registry.mailing.outbox import SqlOutbox
from registry.mailing.sending import send_due
from registry.mailing.transports import Folder, Smtp, Transport
from registry.notices import Notices
from registry.organisations import Organisations
from registry.ports import (
    Blobs,
    ChangeReports,
    Dataset,
    Desk,
    Dumps,
    GraphReader,
)
from registry.previewing import Previews
from registry.register_uploads import RegisterUploads
from registry.reminding import Policy, Reminding
from registry.reviewing import Reviewing
from registry.sandbox import Worker
from registry.search import transliteration
from registry.search.gaps import GapTable
from registry.search.index import Index
from registry.settings import Settings
from registry.sources.addresses import Hosts
from registry.sources.dataset import datasets
from registry.statistics import definition, description
from registry.statistics.code_names import CodeNames
from registry.statistics.codes import CodeLists
from registry.statistics.definition import Defined, Edition
from registry.statistics.parquet import ParquetTables
from registry.statistics.restoring import restore
from registry.store.dialects import Server
from registry.store.gate import GateLimits
from registry.store.jobs import JobLimits, Jobs
from registry.store.oxigraph import OxigraphWriter, SnapshotGraphs
from registry.store.queries import QueryLimits, QueryPool
from registry.table_uploads import TableUploads
from registry.tables import Added, Shelf
from registry.views import fragments
from registry.views.dcat import definition as dcat_definition
from registry.views.dcat.definition import Definition
from registry.vocabulary import Vocabulary

if TYPE_CHECKING:
    from registry.identity.openid import OpenIdProvider
    from registry.scoring import Scorer
    from registry.shapes import Shapes
    from registry.store.remote import RemoteWriter

GATE_MEMORY = 3 * 1024**3
"""Bytes that checking a batch may use: 100,000 nodes need 2.8 GB at most."""

DESK_MEMORY = 1024**3
"""The same for what people hand in, which is never more than a mebibyte."""

HANDED_IN = 20.0
"""Seconds that reading or checking what a person hands in may take."""

SHEET_MEMORY = 2 * 1024**3
"""Bytes that reading a spreadsheet that was handed in may use."""

READING_MEMORY = 2 * 1024**3
"""Bytes that reading a harvested document may use."""

TABLES = "tables"
"""Folder of the tables, among the datasets and in the data directory."""

UPLOADS = "uploads"
"""Folder of files that wait to be submitted, in the data directory."""

STORE, REMOTE = "store", "remote"
"""Folders of the embedded graph store, and of what is known of a SPARQL server."""

AWAY = frozenset({"away", "cut", "denied", "refused"})
"""Reasons for which a SPARQL server is waited for, while all else goes on."""

DUMPS = "dump"
"""Folder of the dumps, in the data directory."""

SNAPSHOT_GRACE = 30.0
"""Seconds that a snapshot is kept beyond the longest query."""

LINKS_EVERY = timedelta(hours=20)
"""How long an address is left alone after it was tried: a daily run tries each."""

log = logging.getLogger(__name__)


def now() -> datetime:
    """Returns the time, in UTC."""
    return datetime.now(UTC)


def _place(settings: Settings) -> Place:
    """Returns where the journal of a registry is."""
    return settings.journal.url.get_secret_value() or settings.data


def _journal_place(settings: Settings) -> Place:
    return places.journal_at(_place(settings))


def _blobs(settings: Settings, journal: sql.SqlJournal) -> Blobs:
    return places.blobs_at(_place(settings), journal.engine)


def exists(settings: Settings) -> bool:
    """Says whether the data directory, or the database, holds a registry."""
    return sql.holds(_journal_place(settings))


def create(settings: Settings) -> str:
    """Creates an empty registry and returns its base IRI.

    Raises:
        Misconfigured: there is one already.
    """
    if exists(settings):
        if settings.journal.url:
            raise Misconfigured(
                "There is a registry in the database already.",
                "В базата данни вече има регистър.",
            )
        raise Misconfigured(
            f"There is a registry in {settings.data} already.",
            f"В {settings.data} вече има регистър.",
        )
    settings.data.mkdir(parents=True, exist_ok=True)
    sql.create(_journal_place(settings), settings.site.base, now).close()
    return settings.site.base


def back_up(settings: Settings, target: Path) -> Manifest:
    """Makes a backup, while anybody writes: see `registry.backup.make`."""
    with closing(_open_journal(settings)) as journal:
        blobs = _blobs(settings, journal)
        return backup.make(
            target,
            copy=journal.copy_to,
            blobs=lambda: ((one, partial(blobs.open, one)) for one in blobs.digests()),
            check=_proven,
            at=now(),
        )


def restore_backup(settings: Settings, source: Path) -> Manifest:
    """Puts a backup into the empty data directory: see `registry.backup.restore`.

    Raises:
        Misconfigured: the settings name another base than the backup.
    """
    base = backup.read(source).tip.base
    if "base" in settings.site.model_fields_set and settings.site.base != base:
        raise Misconfigured(
            f"The backup is of {base}; the settings say {settings.site.base}.",
            f"Резервното копие е на {base}; в настройките е посочен "
            f"{settings.site.base}.",
        )
    place = _place(settings)
    if isinstance(place, Path):
        return backup.restore(source, place, check=_proven)
    backup.require_empty(settings.data)
    with TemporaryDirectory(prefix="registry-") as folder:
        unpacked = Path(folder) / "data"
        manifest = backup.restore(source, unpacked, check=_proven)
        places.copy(unpacked, place, now)
    return manifest


def copy_journal(source: str, target: str) -> Mapping[str, int]:
    """Copies a journal into an empty place: see `registry.journal.places.copy`.

    Args:
        source: a data directory, or the URL of a database.
        target: another one, in which there is nothing.
    """
    return places.copy(places.place_of(source), places.place_of(target), now)


def _proven(path: Path) -> Tip:
    """Checks the journal in a file and returns its end."""
    with closing(sql.open_(path, now)) as journal:
        deque(journal.verify(), maxlen=0)
        return Tip(journal.base, *journal.tip())


def _open_journal(settings: Settings) -> sql.SqlJournal:
    asked = "base" in settings.site.model_fields_set
    base = settings.site.base if asked else None
    if settings.journal.url:
        # A new node has nothing of its own yet.
        settings.data.mkdir(parents=True, exist_ok=True)
    return sql.open_(_journal_place(settings), now, base)


def mend(settings: Settings) -> Sequence[str]:
    """Removes damaged projections, to be made anew: see `registry.mending.mend`."""
    return mending.mend(settings.data)


class Registry:
    """An open registry, as the web and the command line read it.

    Parts that cost something to open are opened when first used.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = now
        self.journal = _open_journal(settings)
        self.iris = Iris(self.journal.base)
        self.blobs = _blobs(settings, self.journal)
        self.vocabulary = Vocabulary(
            settings.ontology, settings.shapes, settings.datasets, self.iris
        )

    @cached_property
    def tables(self) -> ParquetTables:
        """The observations of tables."""
        return _tables(self.settings, self.blobs)

    def check_files(self) -> Iterator[str]:
        """Checks every blob, and that published tables have theirs.

        Yields:
            The digests of the blobs.

        Raises:
            Invalid: one is missing, or is not as it was put.
        """
        yield from self.blobs.verify()
        for version in self.journal.heads(description.KIND):
            data = description.data_of(json.loads(version.content.document))
            if not self.blobs.holds(data.digest.lower()):
                raise Invalid(
                    f"The file of figures of {version.head.record} is missing.",
                    f"Файлът с данните на {version.head.record} липсва.",
                    extra={"digest": data.digest.lower()},
                )

    def drift(self) -> Iterator[Drift]:
        """Compares the graph store with the journal: see `registry.drift.find`.

        Raises:
            EngineUnavailable: nothing is published, or a server cannot be asked.
        """
        reader = _reader(self.settings, self.iris)
        try:
            yield from drift.find(
                self.journal,
                reader,
                self.iris,
                tables=self.tables,
                ontology=self.vocabulary.terms,
            )
        finally:
            reader.close()

    @cached_property
    def dumps(self) -> Dumps:
        """The dumps that were published."""
        return self.journal.dumps

    @cached_property
    def change_reports(self) -> ChangeReports:
        """What readers say is wrong with records."""
        return self.journal.change_reports

    def dump(self) -> Made:
        """Makes a dump: see `registry.dumping.making.make`."""
        published = Published(self.journal, self.tables, self.vocabulary, self.iris)
        return make(published, self.dump_folder)

    def dump_is_due(self) -> bool:
        """Says whether a dump should be made: see `registry.dumping.making.due`."""
        every = timedelta(hours=self.settings.dumps.every)
        return due(self.journal, self.dump_folder, now(), every)

    @property
    def dump_folder(self) -> DumpFolder:
        """The files of the dumps."""
        return DumpFolder(self.settings.data / DUMPS, self.dumps)

    @cached_property
    def lists(self) -> Index:
        """The lists of records."""
        return Index(self.settings.data / "lists.sqlite", self.iris)

    @cached_property
    def missing(self) -> GapTable:
        """What is missing from the records."""
        # It stands in the file of the lists, which make it.
        return _missing(self.settings, self.lists)

    @cached_property
    def catalogue(self) -> Store:
        """The catalogue."""
        return _catalogue(self.settings, self.definition)

    @cached_property
    def definition(self) -> Definition:
        """What the catalogue says of itself."""
        return _definition(self.settings)

    @cached_property
    def queries(self) -> QueryPool:
        """The query workers; to be started by whoever serves."""
        engine = self.settings.engine
        server = _server(self.settings)
        return QueryPool(
            self.settings.data / (REMOTE if server else STORE),
            self.iris.base,
            QueryLimits(
                workers=engine.workers,
                long_workers=engine.long_workers,
                waiting=engine.waiting,
                short=engine.short,
                deadline=engine.deadline,
                background=self.settings.jobs.deadline,
                memory=engine.memory,
                rows=engine.rows,
                result_bytes=engine.result_bytes,
                spool_bytes=engine.spool_bytes,
                reuse_bytes=engine.reuse_bytes,
                columns=engine.columns,
                gate=GateLimits(
                    size=engine.query_bytes,
                    depth=engine.query_depth,
                    statements=engine.query_statements,
                    groups=engine.query_groups,
                    operators=engine.query_operators,
                    steps=engine.query_steps,
                ),
            ),
            server,
        )

    @cached_property
    def directory(self) -> SqlDirectory:
        """People and organisations, and who keeps which record."""
        return SqlDirectory(self.journal.engine)

    @cached_property
    def tickets(self) -> SqlTickets:
        """Mailed links that work once."""
        return SqlTickets(self.journal.engine, now)

    @cached_property
    def mailer(self) -> SqlOutbox:
        """Mails that are to be sent."""
        return SqlOutbox(self.journal.engine, now)

    @cached_property
    def access(self) -> Access:
        """Sessions and tokens."""
        return Access(self._keys, self.directory, now)

    @cached_property
    def accounts(self) -> Accounts:
        """Invitations, passwords, and logging in."""
        with_what = self.settings.accounts
        quarter, hour = 15 * 60, 60 * 60
        return Accounts(
            book=self._book,
            directory=self.directory,
            keys=self._keys,
            tickets=self.tickets,
            mailer=self.mailer,
            passwords=Argon2(with_what.memory, with_what.passes, with_what.lanes),
            patience=Patience(
                account=MovingAttempts(10, quarter),
                address=MovingAttempts(100, quarter),
                mails=MovingAttempts(3, hour),
            ),
            base=self.iris.base,
        )

    @cached_property
    def provider(self) -> "OpenIdProvider | None":
        """The other site by which people may log in, if there is one."""
        oidc = self.settings.oidc
        if not oidc.issuer:
            return None
        # Few have one, and its libraries take long to import.
        from registry.identity.openid import OpenIdProvider

        secret = oidc.client_secret.get_secret_value()
        return OpenIdProvider(oidc.issuer, oidc.client_id, secret)

    @cached_property
    def organisations(self) -> Organisations:
        """Organisations and their people."""
        return Organisations(
            self.directory, self._book, self._keys, self.journal, self.iris
        )

    @cached_property
    def _book(self) -> SqlAccounts:
        return SqlAccounts(self.journal.engine, now)

    @cached_property
    def _keys(self) -> SqlKeys:
        return SqlKeys(self.journal.engine, now)

    @cached_property
    def confirming(self) -> Confirming:
        """Confirms records, by who may or by a mailed link."""
        return Confirming(
            self.journal,
            self.directory,
            self.tickets,
            self.journal.actors,
            self.change_reports,
        )

    @cached_property
    def reminding(self) -> Reminding:
        """Writes to those who should confirm records."""
        return Reminding(
            self.journal,
            self.lists,
            self.directory,
            self.journal.reminders,
            self.confirming,
            self.mailer,
            now,
            self.iris.base,
        )

    @property
    def reminder_policy(self) -> Policy:
        """How often, and whom."""
        upkeep = self.settings.upkeep
        return Policy(
            timedelta(days=upkeep.every),
            timedelta(days=upkeep.link_days),
            upkeep.own_contacts,
        )

    def links_due(self) -> Sequence[str]:
        """Returns the addresses to be tried: see `registry.links.due`."""
        return links.due(
            self.journal, self.journal.links, self.iris, now() - LINKS_EVERY
        )

    def check_links(
        self, addresses: Sequence[str], progress: projection.Progress
    ) -> Tried:
        """Tries addresses: see `registry.links.check`.

        Raises:
            Misconfigured: the settings allow no host.
        """
        upkeep = self.settings.upkeep
        if not upkeep.link_hosts.strip():
            raise Misconfigured(
                "REGISTRY_UPKEEP__LINK_HOSTS allows no host; “*” allows every public "
                "one.",
                "REGISTRY_UPKEEP__LINK_HOSTS не разрешава нито един хост; „*“ "
                "разрешава всеки публичен.",
            )
        # As with the shapes, its HTTP client takes long to import.
        from registry.sources.fetching import Fetcher, FetchLimits
        from registry.sources.links import attempt

        limits = FetchLimits(
            size=0,
            seconds=upkeep.link_seconds,
            total=len(addresses) * (upkeep.link_seconds + upkeep.link_pause),
            redirects=self.settings.harvest.redirects,
            pages=len(addresses),
        )
        with Fetcher(Hosts(upkeep.link_hosts), limits) as fetcher:
            return links.check(
                addresses,
                links=self.journal.links,
                attempt=partial(attempt, fetcher),
                pace=Pace(upkeep.link_pause),
                progress=progress,
            )

    def send_mails(self) -> int:
        """Sends the mails that are due: see `registry.mailing.sending.send_due`."""
        mail = self.settings.mail
        return send_due(self.mailer, _transport(self.settings), mail.sender)

    @cached_property
    def jobs(self) -> Jobs:
        """Queries in the background; to be started after the query workers."""
        jobs = self.settings.jobs
        return Jobs(
            self.queries,
            self.settings.data / "jobs",
            JobLimits(
                waiting=jobs.waiting,
                client=jobs.client,
                kept=timedelta(hours=jobs.hours),
                bytes=jobs.bytes,
            ),
            now,
        )

    @cached_property
    def shapes(self) -> "Shapes":
        """The shapes, for their explanations; checks go through the gate."""
        # The SHACL library takes longer to import than most commands to run.
        from registry.shapes import load

        return load(self.settings.shapes, self.iris.base)

    @cached_property
    def scorer(self) -> "Scorer":
        """Predicts the scores of the datasets of the catalogue."""
        # As with the shapes of records, importing the SHACL library takes long.
        from registry.scoring import Scorer
        from registry.views import conformance
        from registry.views.dcat import profiles

        newest, *_ = profiles.PROFILES
        shapes = conformance.load(self.settings.shapes, newest.key)
        return Scorer(
            self.catalogue, shapes, iris=self.iris, definition=self.definition
        )

    @cached_property
    def _admission(self) -> Worker:
        """The one worker in which what people hand in is read and checked."""
        return Worker("registry.admission:serve", memory=DESK_MEMORY)

    @cached_property
    def gate(self) -> Gate:
        """Reads and checks what people hand in."""
        return Gate(
            self._admission,
            ontology=self.settings.ontology,
            shapes=self.settings.shapes,
            base=self.iris.base,
            deadline=HANDED_IN,
        )

    @cached_property
    def desk(self) -> SqlDesk:
        """What was handed in, beside the journal."""
        return SqlDesk(self.journal, now)

    @cached_property
    def announced(self) -> Desk:
        """The desk, which tells people by mail of what happens at it."""
        notices = Notices(self.directory, self.journal, self.mailer, self.iris.base)
        return Announcing(self.desk, notices)

    @cached_property
    def previews(self) -> Previews:
        """What accepting a submission would make public."""
        sources = Sources(
            self.journal, self.dumps, self.tables, self.iris, self.definition
        )
        return Previews(self.journal, sources, self.catalogue, now)

    @cached_property
    def auditing(self) -> Auditing:
        """Who changed what and why."""
        return Auditing(self.journal, self.journal.actors, self.directory, self.desk)

    @cached_property
    def drafts(self) -> SqlDrafts:
        """What people have begun to fill in."""
        return SqlDrafts(self.journal.engine)

    @cached_property
    def intake(self) -> Intake:
        """The one path of every change."""
        duplicates = Duplicates(self.lists, transliteration.key, self.iris)
        return Intake(
            self.journal, self.announced, self.gate, self.directory, duplicates
        )

    @cached_property
    def drafting(self) -> Drafting:
        """Checks what was typed into forms and hands it in."""
        forms = shape.read(self.vocabulary, self.iris.base)
        return Drafting(self.journal, self.desk, self.intake, forms)

    @cached_property
    def reviewing(self) -> Reviewing:
        """What is decided about what was handed in."""
        return Reviewing(self.journal, self.announced, self.gate, self.directory, now)

    @cached_property
    def _sheets(self) -> Worker:
        """The worker in which sheets of records are opened."""
        return Worker("registry.sheets.worker:serve", memory=SHEET_MEMORY)

    @cached_property
    def _figures(self) -> Worker:
        """That in which figures are checked, which takes longer."""
        return Worker("registry.sheets.worker:serve", memory=SHEET_MEMORY)

    @cached_property
    def _code_names(self) -> CodeNames:
        return CodeNames(self.journal)

    @cached_property
    def table_uploads(self) -> TableUploads:
        """Figures that people hand in."""
        return TableUploads(
            self.journal,
            self.iris,
            self.tables,
            self.blobs,
            self.settings.data / TABLES,
            self._figures,
            self._code_names,
        )

    @cached_property
    def register_uploads(self) -> RegisterUploads:
        """Records that people hand in as a sheet."""
        return RegisterUploads(
            self.journal,
            self.iris,
            self.vocabulary.context,
            shape.read(self.vocabulary, self.iris.base),
            self.directory,
            self.intake,
            self._sheets,
            self._code_names,
        )

    @cached_property
    def parcels(self) -> Parcels:
        """Files that were checked and wait to be submitted."""
        return Parcels(self.settings.data / UPLOADS, now)

    def close(self) -> None:
        """Closes the journal, the lists, the catalogue and the workers."""
        for worker in ("_admission", "_sheets", "_figures"):
            if worker in self.__dict__:
                getattr(self, worker).close()
        self.journal.close()
        if "missing" in self.__dict__:
            self.missing.close()
        if "lists" in self.__dict__:
            self.lists.close()
        if "catalogue" in self.__dict__:
            self.catalogue.close()


def open_registry(settings: Settings) -> Registry:
    """Opens the registry of the data directory.

    Raises:
        Misconfigured: there is none, or the settings name another base.
    """
    return Registry(settings)


@dataclass(frozen=True, slots=True)
class Writer:
    """What the one process that projects has in hand."""

    iris: Iris
    journal: sql.SqlJournal
    graphs: "OxigraphWriter | RemoteWriter"
    index: Index
    missing: GapTable
    gate: Gate
    catalogue: Store
    tables: ParquetTables
    ontology: str
    definition: Definition
    due: list[str] = field(default_factory=lambda: ["ontology"])
    """What is to be put in place of that of an earlier release, until it is."""

    def catch_up(self, progress: projection.Progress = lambda _: None) -> int:
        """Brings the projections up to the journal: see `projection.catch_up`.

        Returns:
            How many records changed, and how many activities the catalogue has more.
        """
        try:
            records = self._records(progress)
        except EngineUnavailable as error:
            if error.extra.get("reason") not in AWAY:
                raise
            # The next look finds what is missing; the catalogue does not wait.
            records = 0
        return records + self._catch_up_catalogue()

    def catch_up_but_lists(self) -> int:
        """Brings all but the lists up to the journal: see `catch_up_lists`."""
        self._spare_ontology()
        with ThreadPoolExecutor(1) as pool:
            catalogue = pool.submit(self._catch_up_catalogue)
            count = projection.catch_up_graphs(
                self.journal,
                self.graphs,
                self.iris,
                tables=self.tables,
                ontology=self.ontology,
            )
            return count + catalogue.result()

    def _catch_up_catalogue(self) -> int:
        sources = Sources(
            self.journal, self.journal.dumps, self.tables, self.iris, self.definition
        )
        return steps.catch_up(sources, self.catalogue)

    def find_gaps(self) -> int:
        """Brings what is missing up to the journal: see `registry.gaps.catch_up`.

        Checking takes longer than the other projections, which do not wait for it.
        """
        return gaps.catch_up(
            self.journal,
            self.journal.links,
            self.missing,
            check=self.gate.check,
            iris=self.iris,
        )

    def _spare_ontology(self) -> None:
        if not self.graphs.sequence():  # it is filled with that of this release
            self.due.clear()

    def _records(self, progress: projection.Progress) -> int:
        self._spare_ontology()
        count = projection.catch_up(
            self.journal,
            self.graphs,
            self.index,
            self.iris,
            tables=self.tables,
            ontology=self.ontology,
            progress=progress,
        )
        if self.due:
            projection.renew_ontology(self.graphs, self.iris, self.ontology)
            self.due.clear()
        return count


@contextmanager
def writer(settings: Settings, *, fresh: bool = False) -> Iterator[Writer]:
    """Opens the projections for writing, empty ones if asked.

    Raises:
        Busy: another process is writing them.
    """
    journal = _open_journal(settings)
    iris = Iris(journal.base)
    index = Index(settings.data / "lists.sqlite", iris)
    missing = _missing(settings, index)
    with (
        _graphs(settings, iris, fresh=fresh) as graphs,
        Worker("registry.admission:serve", memory=GATE_MEMORY) as worker,
    ):
        definition = _definition(settings)
        catalogue = _catalogue(settings, definition)
        catalogue.renew()
        missing.renew()
        if fresh:
            index.discard()
            missing.discard()
            catalogue.discard()
        ontology = Vocabulary(
            settings.ontology, settings.shapes, settings.datasets, iris
        ).terms
        tables_ = _tables(settings, _blobs(settings, journal))
        gate = Gate(
            worker,
            ontology=settings.ontology,
            shapes=settings.shapes,
            base=iris.base,
        )
        yield Writer(
            iris,
            journal,
            graphs,
            index,
            missing,
            gate,
            catalogue,
            tables_,
            ontology,
            definition,
        )
    missing.close()
    catalogue.close()
    index.close()
    journal.close()


def catch_up_lists(settings: Settings) -> None:
    """Brings the lists alone up to the journal.

    To be called beside a `writer`, in a process of its own.
    """
    with (
        closing(_open_journal(settings)) as journal,
        closing(Index(settings.data / "lists.sqlite", Iris(journal.base))) as index,
    ):
        projection.catch_up_lists(journal, index)


def _missing(settings: Settings, _: Index) -> GapTable:
    digest = sha256()
    for path in sorted(settings.shapes.glob("*.ttl")):
        digest.update(path.read_bytes())
    return GapTable(settings.data / "lists.sqlite", digest.hexdigest())


def _catalogue(settings: Settings, definition: Definition) -> Store:
    path = settings.data / "catalogue.sqlite"
    origin = sha256(definition.model_dump_json().encode()).hexdigest()
    return Store(path, fragments.cut, origin)


def _transport(settings: Settings) -> Transport:
    mail = settings.mail
    if not mail.host:
        return Folder(mail.folder or settings.data / "mail")
    return Smtp(
        mail.host,
        mail.port,
        mail.security,
        mail.user,
        mail.password.get_secret_value(),
        ssl.create_default_context(),
    )


def _definition(settings: Settings) -> Definition:
    return dcat_definition.read(settings.datasets / "catalogue")


def _tables(settings: Settings, blobs: Blobs) -> ParquetTables:
    return ParquetTables(settings.data / TABLES, partial(restore, blobs))


def _server(settings: Settings) -> Server | None:
    engine = settings.engine
    if not engine.url:
        return None
    password = engine.password.get_secret_value()
    return Server(engine.url, engine.dialect, engine.user, password)


def _reader(settings: Settings, iris: Iris) -> GraphReader:
    if server := _server(settings):
        from registry.store.remote import RemoteGraphs

        return RemoteGraphs(server, iris.base)
    return SnapshotGraphs(settings.data / STORE)


def _graphs(
    settings: Settings, iris: Iris, *, fresh: bool
) -> "OxigraphWriter | RemoteWriter":
    """Opens the graph store, an empty one in place of a damaged one."""
    if server := _server(settings):
        # Few have one, and its client takes long to import.
        from registry.store.remote import RemoteWriter

        folder = settings.data / REMOTE
        return RemoteWriter(folder, iris.base, server, fresh=fresh)
    folder = settings.data / STORE
    grace = settings.engine.deadline + SNAPSHOT_GRACE
    try:
        return OxigraphWriter(folder, iris.base, fresh=fresh, grace=grace)
    except EngineUnavailable as error:
        if error.extra.get("reason") != "damaged":
            raise
        log.warning("damaged graph store rebuilt", exc_info=True)
        return OxigraphWriter(folder, iris.base, fresh=True, grace=grace)


class Loader:
    """Loads dataset files into the journal; needs no running server."""

    def __init__(
        self, settings: Settings, registry: Registry, worker: Worker, ahead: Worker
    ) -> None:
        self._registry = registry
        self._folder = settings.datasets
        self._workers = (worker, ahead)
        self._gate, self._ahead = (
            Gate(
                each,
                ontology=settings.ontology,
                shapes=settings.shapes,
                base=registry.iris.base,
            )
            for each in self._workers
        )

    def datasets(self, names: Sequence[str]) -> Sequence[Dataset]:
        """Returns the dataset files in loading order, or just the named ones.

        Raises:
            NotFound: there is no file of one of the names.
        """
        found = datasets(self._folder, self._registry.iris)
        known = [*(d.name for d in found), *self._defined]
        for name in names:
            if name not in known:
                offer = ", ".join(known)
                raise NotFound(
                    f"There is no dataset file {name}; there are {offer}.",
                    f"Няма файл с данни {name}; има {offer}.",
                )
        return [d for d in found if not names or d.name in names]

    def tables(self, names: Sequence[str]) -> Mapping[str, Defined]:
        """Returns the tables by the names of their descriptions, or the named ones."""
        return {n: d for n, d in self._defined.items() if not names or n in names}

    @cached_property
    def _defined(self) -> Mapping[str, Defined]:
        return {
            f"{TABLES}/{found.definition.key}.json": found
            for found in tables.find(self._folder / TABLES)
        }

    @cached_property
    def _shelf(self) -> Shelf:
        return Shelf(
            journal=self._registry.journal,
            gate=self._gate,
            blobs=self._registry.blobs,
            codes=CodeLists(self._registry.journal),
            folder=self._registry.settings.data / TABLES,
        )

    def define(self, description: Path) -> Defined:
        """Reads the description of a table: see `definition.read`."""
        return definition.read(
            description, self._folder / TABLES / definition.COMPONENTS
        )

    def add_table(self, defined: Defined, file: Path, edition: Edition) -> Added:
        """Publishes the figures of a file: see `registry.tables.add`."""
        return tables.add(defined, file, edition, self._shelf)

    def load_tables(
        self, found: Mapping[str, Defined], progress: Callable[[str, int], None]
    ) -> Generator[Outcome, None, None]:
        """Publishes the editions of tables: see `registry.tables.load`."""
        return tables.load(found, self._shelf, progress)

    def load(
        self, found: Sequence[Dataset], *, strict: bool, progress: loading.Progress
    ) -> Generator[Outcome, None, None]:
        """Loads files: see `registry.loading.load`."""
        if found:
            for worker in self._workers:
                worker.begin()
        means = Means(
            journal=self._registry.journal,
            blobs=self._registry.blobs,
            reader=self._ahead,
            checker=self._gate,
            context=self._registry.vocabulary.context,
        )
        return loading.load(found, means, strict=strict, progress=progress)


@contextmanager
def loader(settings: Settings) -> Iterator[Loader]:
    """Opens the registry for loading, with workers to check and to read ahead in."""
    registry = open_registry(settings)
    try:
        with (
            Worker("registry.admission:serve", memory=GATE_MEMORY) as worker,
            Worker("registry.admission:serve", memory=GATE_MEMORY) as ahead,
        ):
            yield Loader(settings, registry, worker, ahead)
    finally:
        registry.close()


class Harvester:
    """Reads the catalogues of others into drafts; needs no running server."""

    def __init__(
        self, settings: Settings, registry: Registry, *, gate: Gate, worker: Worker
    ) -> None:
        self._settings = settings.harvest
        self._registry = registry
        self._gate = gate
        self._worker = worker

    def harvest(
        self, address: str, *, sparql: bool, show: bool, progress: projection.Progress
    ) -> Harvest:
        """Reads a catalogue, or a SPARQL endpoint: see `registry.harvest.harvest`."""
        # The HTTP and SPARQL clients take longer to import than most commands to run.
        from registry.sources.fetching import Fetcher, FetchLimits
        from registry.sources.hydra import HydraCatalogue
        from registry.sources.reader import Reader
        from registry.sources.sparql import SparqlCatalogue

        limits = FetchLimits(
            size=self._settings.bytes,
            seconds=self._settings.seconds,
            total=self._settings.total,
            redirects=self._settings.redirects,
            pages=self._settings.pages,
        )
        reader = Reader(self._worker, self._registry.iris.base)
        with Fetcher(Hosts(self._settings.hosts), limits) as fetcher:
            made = SparqlCatalogue if sparql else HydraCatalogue
            return harvesting.harvest(
                made(address, fetcher, reader),
                journal=self._registry.journal,
                desk=self._registry.announced,
                gate=self._gate,
                show=show,
                progress=progress,
            )


@contextmanager
def harvester(settings: Settings) -> Iterator[Harvester]:
    """Opens the registry for harvesting, with workers to read and to check in."""
    registry = open_registry(settings)
    try:
        with (
            Worker("registry.admission:serve", memory=GATE_MEMORY) as checking,
            Worker("registry.sources.parsing:serve", memory=READING_MEMORY) as reading,
        ):
            gate = Gate(
                checking,
                ontology=settings.ontology,
                shapes=settings.shapes,
                base=registry.iris.base,
            )
            yield Harvester(settings, registry, gate=gate, worker=reading)
    finally:
        registry.close()
