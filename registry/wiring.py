"""Settings in, an assembled registry out: the only place that names the parts."""

import logging
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from registry import harvest as harvesting
from registry import loading, projection, tables
from registry.access import Access
from registry.catalogue.store import Store
from registry.cataloguing import steps
from registry.cataloguing.sources import Sources
from registry.directory.keys import SqlKeys
from registry.directory.organisations import SqlDirectory
from registry.directory.tickets import SqlTickets
from registry.dumping.folder import DumpFolder
from registry.dumping.making import Made, Published, due, make
from registry.errors import EngineUnavailable, Misconfigured, NotFound
from registry.gate import Gate
from registry.harvest import Harvest
from registry.iris import Iris
from registry.journal import sql
from registry.journal.blobs import FileBlobs
from registry.loading import Outcome, Progress
from registry.mailing.outbox import SqlOutbox
from registry.mailing.sending import send_due
from registry.mailing.transports import Folder, Smtp, Transport
from registry.ports import Dataset, Dumps
from registry.sandbox import Worker
from registry.search.index import Index
from registry.settings import Settings
from registry.sources.addresses import Hosts
from registry.sources.dataset import datasets
from registry.sources.fetching import Fetcher, FetchLimits
from registry.sources.hydra import HydraCatalogue
from registry.sources.reader import Reader
from registry.statistics import definition
from registry.statistics.codes import CodeLists
from registry.statistics.definition import Defined, Edition
from registry.statistics.parquet import ParquetTables
from registry.statistics.restoring import restore
from registry.store.gate import GateLimits
from registry.store.jobs import JobLimits, Jobs
from registry.store.oxigraph import OxigraphWriter
from registry.store.queries import QueryLimits, QueryPool
from registry.tables import Added, Shelf
from registry.views import fragments
from registry.views.dcat import definition as dcat_definition
from registry.views.dcat.definition import Definition
from registry.vocabulary import Vocabulary

if TYPE_CHECKING:
    from registry.scoring import Scorer
    from registry.shapes import Shapes

GATE_MEMORY = 3 * 1024**3
"""Bytes that checking a batch may use: 100,000 nodes need 2.8 GB at most."""

READING_MEMORY = 2 * 1024**3
"""Bytes that reading a harvested document may use."""

TABLES = "tables"
"""Folder of the tables, among the datasets and in the data directory."""

DUMPS = "dump"
"""Folder of the dumps, in the data directory."""

SNAPSHOT_GRACE = 30.0
"""Seconds that a snapshot is kept beyond the longest query."""

log = logging.getLogger(__name__)


def now() -> datetime:
    """Returns the time, in UTC."""
    return datetime.now(UTC)


def _journal_file(settings: Settings) -> Path:
    return settings.data / "journal.sqlite"


def exists(settings: Settings) -> bool:
    """Says whether the data directory holds a registry."""
    return _journal_file(settings).exists()


def create(settings: Settings) -> str:
    """Creates an empty registry and returns its base IRI.

    Raises:
        Misconfigured: there is one already.
    """
    if exists(settings):
        raise Misconfigured(
            f"There is a registry in {settings.data} already.",
            f"В {settings.data} вече има регистър.",
        )
    settings.data.mkdir(parents=True, exist_ok=True)
    sql.create(_journal_file(settings), settings.site.base, now).close()
    return settings.site.base


def _open_journal(settings: Settings) -> sql.SqlJournal:
    asked = "base" in settings.site.model_fields_set
    base = settings.site.base if asked else None
    return sql.open_(_journal_file(settings), now, base)


class Registry:
    """An open registry, as the web and the command line read it.

    Parts that cost something to open are opened when first used.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.journal = _open_journal(settings)
        self.iris = Iris(self.journal.base)
        self.blobs = FileBlobs(settings.data / "blobs")
        self.vocabulary = Vocabulary(
            settings.ontology, settings.shapes, settings.datasets, self.iris
        )

    @cached_property
    def tables(self) -> ParquetTables:
        """The observations of tables."""
        return _tables(self.settings)

    @cached_property
    def dumps(self) -> Dumps:
        """The dumps that were published."""
        return self.journal.dumps

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
        return QueryPool(
            self.settings.data / "store",
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
                gate=GateLimits(
                    size=engine.query_bytes,
                    depth=engine.query_depth,
                    statements=engine.query_statements,
                    groups=engine.query_groups,
                    operators=engine.query_operators,
                    steps=engine.query_steps,
                ),
            ),
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
        return Access(SqlKeys(self.journal.engine, now), self.directory, now)

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

    def close(self) -> None:
        """Closes the journal, the lists and the catalogue."""
        self.journal.close()
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
    graphs: OxigraphWriter
    index: Index
    catalogue: Store
    tables: ParquetTables
    ontology: str
    definition: Definition

    def catch_up(self, progress: projection.Progress = lambda _: None) -> int:
        """Brings the projections up to the journal: see `projection.catch_up`.

        Returns:
            How many records changed, and how many activities the catalogue has more.
        """
        sources = Sources(
            self.journal, self.journal.dumps, self.tables, self.iris, self.definition
        )
        return self._records(progress) + steps.catch_up(sources, self.catalogue)

    def _records(self, progress: projection.Progress) -> int:
        return projection.catch_up(
            self.journal,
            self.graphs,
            self.index,
            self.iris,
            tables=self.tables,
            ontology=self.ontology,
            progress=progress,
        )


@contextmanager
def writer(settings: Settings, *, fresh: bool = False) -> Iterator[Writer]:
    """Opens the projections for writing, empty ones if asked.

    Raises:
        Busy: another process is writing them.
    """
    journal = _open_journal(settings)
    iris = Iris(journal.base)
    index = Index(settings.data / "lists.sqlite", iris)
    with _graphs(settings, iris, fresh=fresh) as graphs:
        definition = _definition(settings)
        catalogue = _catalogue(settings, definition)
        catalogue.renew()
        if fresh:
            index.discard()
            catalogue.discard()
        ontology = Vocabulary(
            settings.ontology, settings.shapes, settings.datasets, iris
        ).terms
        projection.renew_ontology(graphs, iris, ontology)
        tables_ = _tables(settings)
        yield Writer(
            iris, journal, graphs, index, catalogue, tables_, ontology, definition
        )
    catalogue.close()
    index.close()
    journal.close()


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


def _tables(settings: Settings) -> ParquetTables:
    blobs = FileBlobs(settings.data / "blobs")
    return ParquetTables(settings.data / TABLES, partial(restore, blobs))


def _graphs(settings: Settings, iris: Iris, *, fresh: bool) -> OxigraphWriter:
    """Opens the graph store, an empty one in place of a damaged one."""
    folder = settings.data / "store"
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

    def __init__(self, settings: Settings, registry: Registry, worker: Worker) -> None:
        self._registry = registry
        self._folder = settings.datasets
        self._gate = Gate(
            worker,
            ontology=settings.ontology,
            shapes=settings.shapes,
            base=registry.iris.base,
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

    def load_table(self, defined: Defined, *, name: str, progress: Progress) -> Outcome:
        """Publishes the editions of a table: see `registry.tables.load`."""
        return tables.load(defined, self._shelf, name=name, progress=progress)

    def load(self, dataset: Dataset, *, strict: bool, progress: Progress) -> Outcome:
        """Loads one file: see `registry.loading.load`."""
        return loading.load(
            dataset,
            journal=self._registry.journal,
            gate=self._gate,
            context=self._registry.vocabulary.context,
            blobs=self._registry.blobs,
            strict=strict,
            progress=progress,
        )


@contextmanager
def loader(settings: Settings) -> Iterator[Loader]:
    """Opens the registry for loading, with a worker to read and check in."""
    registry = open_registry(settings)
    try:
        with Worker("registry.admission:serve", memory=GATE_MEMORY) as worker:
            yield Loader(settings, registry, worker)
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
        self, address: str, *, sparql: bool, show: bool, progress: Progress
    ) -> Harvest:
        """Reads a catalogue, or a SPARQL endpoint: see `registry.harvest.harvest`."""
        # The SPARQL client takes longer to import than most commands to run.
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
