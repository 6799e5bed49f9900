"""What the use cases ask of the world outside, in the words of the record."""

from collections.abc import (
    Callable,
    Collection,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

from registry.credentials import Account, Identity, Session, Token
from registry.desk import ChangeReport, Channel, Comment, Draft, Outcome, Submission
from registry.errors import RegistryError
from registry.freshness import Aged
from registry.iris import RecordId
from registry.language import Text
from registry.lifecycle import Role
from registry.losses import Loss
from registry.mail import Message
from registry.people import Organisation, Person
from registry.record import Actor, Change, Content, Entry, Head, Provenance, Version


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Returns now, in UTC, with its time zone."""


class JournalWriter(Protocol):
    """One transaction on the journal; nothing is visible before it ends well."""

    def head(self, record: RecordId) -> Head | None:
        """Returns where the record stands within the transaction."""

    def append(self, change: Change) -> Entry | None:
        """Adds the change, or nothing if it would change nothing.

        Returns:
            The new entry; `None` for a submission whose content and
            provenance are those of the current version.

        Raises:
            Conflict: `change.based_on` is not the current version.
            NotAllowed: the event cannot happen to the record as it stands.
        """


class Journal(Protocol):
    """The truth: an append-only record of every change."""

    @property
    def base(self) -> str:
        """The base IRI, fixed when the registry was created."""

    def write(
        self, idempotency_key: str | None = None
    ) -> AbstractContextManager[JournalWriter]:
        """Opens a transaction; it commits when the block ends without an error.

        A key that was used before makes every `append` in the block answer
        with the entries of the first time, and writes nothing.
        """

    def tip(self) -> tuple[int, str]:
        """Returns the sequence number and hash of the last entry.

        They are 0 and 64 zeros for an empty journal.
        """

    def head(self, record: RecordId) -> Head | None:
        """Returns where the record stands, or `None` if it was never submitted."""

    def current(self, record: RecordId) -> Version | None:
        """Returns the latest published version, even of a retired record."""

    def version(self, record: RecordId, number: int) -> Version | None:
        """Returns one published version by its number."""

    def as_of(self, record: RecordId, at: datetime) -> Version | None:
        """Returns the record as it was published at a moment.

        Its head has the status of that moment, so a record that was retired
        by then is returned as such.
        """

    def history(self, record: RecordId) -> Sequence[Entry]:
        """Returns every entry of the record, oldest first."""

    def entries(self, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        """Returns entries by sequence number, oldest first."""

    def entry(self, sequence: int) -> Entry | None:
        """Returns one entry by its sequence number."""

    def content(self, digest: str) -> Content | None:
        """Returns what was submitted under a digest, published or not."""

    def answered(self, idempotency_key: str) -> Sequence[Entry | None] | None:
        """Returns what the transaction under a key was answered with.

        Returns:
            One answer for each of its changes; `None` if the key was never used.
        """

    def entry_before(self, entry: Entry) -> Entry | None:
        """Returns the entry of the same record that came before, if there is one."""

    def after_entry(self, entry: Entry) -> Version | None:
        """Returns the record as it stood after one of its entries.

        Its cost does not grow with the number of versions.

        Returns:
            `None` if nothing of the record had been published by then.
        """

    def heads(self, kind: str | None = None) -> Iterator[Version]:
        """Yields the current version of every record ever published.

        Superseded and retired ones too, by kind and key; its cost is linear.
        """

    def changed(
        self, after: int, limit: int = 1000, *, kind: str | None = None
    ) -> Sequence[Version]:
        """Returns the records whose head moved after a sequence number.

        They come in the order in which they moved, those of one kind if asked;
        the cost is that of what is returned.
        """

    def verify(self) -> Iterator[int]:
        """Checks the chain, the heads and every content.

        Yields after each entry the number checked so far.

        Raises:
            Invalid: something was altered; the error says where.
        """


class Actors(Protocol):
    """The people behind the ids in entries; the one place with personal data."""

    def add(self, name: str, email: str | None = None) -> Actor:
        """Notes a person under a new opaque id."""

    def find(self, actor: str) -> Actor | None:
        """Returns who stands behind an id, or `None` if nobody ever did."""

    def erase(self, actor: str) -> None:
        """Forgets name and address; the id and its entries stay.

        Raises:
            NotFound: nobody has this id.
        """


class Blobs(Protocol):
    """Files by the SHA-256 of their bytes."""

    def put(self, source: BinaryIO) -> str:
        """Keeps the bytes and returns their digest; twice the same is once.

        The bytes are on disk when this returns.
        """

    def open(self, digest: str) -> BinaryIO:
        """Opens the bytes for reading.

        Raises:
            NotFound: no such blob.
        """

    def holds(self, digest: str) -> bool:
        """Says whether there is a blob of this digest."""

    def digests(self) -> Iterator[str]:
        """Yields the digest of every blob kept."""

    def verify(self) -> Iterator[str]:
        """Reads every blob, yielding its digest when it is sound.

        Raises:
            Invalid: the bytes of one are not those that were put.
        """


Graph = tuple[str, str | Iterable[str]]
"""A named graph: its IRI and canonical N-Triples, whole or in pieces of lines.

Pieces are for what is too big to be held at once; each is read once.
"""


class GraphWriter(Protocol):
    """The one writer of the graph store."""

    def sequence(self) -> int:
        """Returns the sequence number that the store has reached, 0 at first."""

    def replace(self, graphs: Iterable[Graph], sequence: int) -> None:
        """Replaces whole named graphs and moves the sequence number.

        Readers see all of it or nothing.

        Args:
            graphs: what the graphs are to hold; an empty text removes a graph.
            sequence: the number that the store has reached with them.
        """

    def fill(self, graphs: Iterable[Graph], sequence: int) -> int:
        """Loads graphs into an empty store in bulk and returns the quads loaded."""

    def publish(self) -> None:
        """Lets readers see the present state, as a snapshot."""


class GraphReader(Protocol):
    """Reads whole graphs, to compare the graph store with the journal."""

    def sequence(self) -> int:
        """Returns the sequence number that the store has reached."""

    def names(self) -> Iterator[str]:
        """Yields the graphs of this registry that hold something, sorted."""

    def triples(self, graph: str) -> Iterator[str]:
        """Yields the triples of a graph, each as `normal` has it."""

    def normal(self, triples: str) -> Iterator[str]:
        """Yields the lines of N-Triples, each literal by its value.

        A store keeps that, and not how it was written.
        """

    def close(self) -> None:
        """Gives back what it takes."""


TableRow = Sequence[str | None]
"""One row of a table: its codes in order, its value, and its flag if it has flags.

The value is the decimal as the table has it, or `None` where there is none; the
flag is a code of the scheme `obs-flag`, or `None`.
"""


class Tables(Protocol):
    """The observations behind the versions of tables."""

    def batches(self, version: Version) -> Iterator[Sequence[TableRow]]:
        """Yields the rows of a table's version, some thousands at a time.

        They come in the order of the IRIs of their observations, as these stand
        in N-Triples; nothing comes for a version that has no data.
        """


class RecordIndex(Protocol):
    """The lists: which records there are, by kind, place, code and text."""

    def sequence(self) -> int:
        """Returns the sequence number that the index has reached, 0 at first."""

    def replace(self, versions: Iterable[Version], sequence: int) -> None:
        """Puts these records in place of what the index held of them."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a dump.

    Attributes:
        name: as in `{base}dump/{name}`: the key of a dataset of the catalogue and
            an extension, such as `table.migr-imm8.csv`.
        size: in bytes.
        digest: SHA-256, in lower-case hexadecimal.
    """

    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Dump:
    """That the files of a dump were published; a fact that is kept for ever.

    Attributes:
        number: 1 for the first.
        sequence: the journal position that the files reflect.
        after: the journal position at which they were published.
        at: when that was, in UTC.
        files: all of them, by name.
    """

    number: int
    sequence: int
    after: int
    at: datetime
    files: Sequence[File]


class Dumps(Protocol):
    """The dumps that were published, in the journal's database."""

    def publish(self, sequence: int, files: Sequence[File]) -> Dump:
        """Notes that files are public from now on.

        Returns:
            The latest dump, unchanged if it has the very same files.
        """

    def published(self, after: int = 0, limit: int = 1000) -> Sequence[Dump]:
        """Returns dumps by their number, oldest first."""

    def latest(self) -> Dump | None:
        """Returns the newest dump, if there is one."""

    def number(self) -> int:
        """Returns the number of the newest dump, 0 before the first; costs little."""


class Deed(StrEnum):
    """What happens to a dataset of the catalogue, or to a record, in a feed.

    Source: Activity Streams 2.0 vocabulary, section 3.
    """

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True)
class Activity:
    """One change of the catalogue, in the order in which changes happened.

    Attributes:
        number: from 1, without gaps.
        dataset: key of the dataset, such as `table.migr-imm8`.
        at: when, in UTC.
        triples: canonical N-Triples of its whole description from then on; empty
            for a deletion.
    """

    number: int
    deed: Deed
    dataset: str
    at: datetime
    triples: str


@dataclass(frozen=True, slots=True)
class Described:
    """A dataset of the catalogue as it is now.

    Attributes:
        key: such as `register.institution` or `table.migr-imm8`.
        number: of its latest activity.
        at: when that was, in UTC.
        triples: canonical N-Triples: the dataset, its distributions and its
            catalogue record; empty once it has been deleted.
    """

    key: str
    number: int
    at: datetime
    triples: str

    @property
    def deleted(self) -> bool:
        """Whether the catalogue no longer has it."""
        return not self.triples


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """How far the catalogue has come.

    Attributes:
        number: of the latest activity, 0 at first.
        at: when that was; `None` at first.
        datasets: how many there are, deleted ones apart.
        digest: SHA-256 over the keys and descriptions of all datasets; equal
            catalogues have equal ones.
    """

    number: int
    at: datetime | None
    datasets: int
    digest: str


class Catalogue(Protocol):
    """The reading side of the catalogue: its datasets and their changes."""

    def state(self) -> CatalogueState:
        """Returns how far it has come; its cost does not grow with the catalogue."""

    def dataset(self, key: str) -> Described | None:
        """Returns a dataset, or what was left of it, or `None` if it never was."""

    def datasets(
        self, *, after: str = "", since: datetime | None = None, limit: int = 100
    ) -> Sequence[Described]:
        """Returns datasets by key, without deleted ones.

        Args:
            after: the key that the page before ended with.
            since: leaves out those that have not changed since that moment.
            limit: how many at most.
        """

    def changed(self, after: int, limit: int = 100) -> Sequence[Described]:
        """Returns datasets by their latest activity, deleted ones too."""

    def activities(self, after: int = 0, limit: int = 100) -> Sequence[Activity]:
        """Returns activities by their number, oldest first."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far the catalogue has walked.

    Attributes:
        sequence: of the journal entry that it has taken in last.
        dump: number of the dump that it has taken in last.
    """

    sequence: int
    dump: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A dataset of the catalogue, with what its next description is made from.

    Attributes:
        key: such as `register.institution` or `table.migr-imm8`.
        at: when the activity happened that left it so.
        triples: canonical N-Triples of its description; empty once deleted.
        issued: when it was created.
        modified: when what it describes last changed.
        version: of its record; 0 for a dataset that is not about one record.
        counted: how many time series a table has.
        members: keys of the datasets that are in a series, sorted.
    """

    key: str
    at: datetime
    triples: str
    issued: datetime
    modified: datetime
    version: int = 0
    counted: int | None = None
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far the records of a register could be relied on at a moment.

    Attributes:
        confirmed: how many of them somebody has confirmed at least once.
        all_fresh_until: the last day on which all of them are fresh.
        half_fresh_until: the last day on which at least half of them are.
    """

    confirmed: int
    all_fresh_until: date
    half_fresh_until: date


class CatalogueWriter(Protocol):
    """The one writer of the catalogue."""

    def keep_fresh(
        self, record: RecordId, until: date | None, *, confirmed: bool
    ) -> None:
        """Keeps until when a record is fresh, `None` for one that ages no more.

        Args:
            record: which.
            until: the last day on which it is fresh.
            confirmed: whether it has been confirmed just now.
        """

    def reliability(self, kind: str) -> Reliability | None:
        """Returns what is kept of the records of a kind, if anything is."""

    def state(self) -> CatalogueState:
        """Returns how far the catalogue has come."""

    def position(self) -> Position:
        """Returns what the catalogue has taken in, two zeros at first."""

    def standing(self, key: str) -> Standing | None:
        """Returns how a dataset stands, even if deleted, or `None` if it never was."""

    def together(self) -> AbstractContextManager[None]:
        """Shows readers what is written within at once, or nothing if it fails."""

    def write(self, changes: Sequence[Standing], position: Position) -> None:
        """Adds an activity for each change, in order, and moves the position.

        Readers see all of it or nothing.
        """


@dataclass(frozen=True, slots=True)
class Row:
    """One record as read from a dataset file, before any check.

    Attributes:
        line: line in the file where its row starts, the header being line 1.
        record: which record it describes.
        document: compact JSON-LD in the registry's context, without `@context`.
        provenance: where the row says it comes from; `dataset` is not set.
        cells: the row itself, column to value.
        columns: which columns a term of the context was filled from.
    """

    line: int
    record: RecordId
    document: Mapping[str, object]
    provenance: Provenance
    cells: Mapping[str, str]
    columns: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row cannot be loaded, and how to mend it.

    Attributes:
        file: name of the file, relative to the datasets folder.
        line: line in the file, the header being line 1.
        column: which column, or an empty text if it is the whole row.
        value: what stands there.
        rule: stable code of the rule that is broken.
        message: one sentence per language on what is wrong and how to mend it.
    """

    file: str
    line: int
    column: str
    value: str
    rule: str
    message: Text


class Dataset(Protocol):
    """A file of records with its declared mapping."""

    @property
    def name(self) -> str:
        """Its file, relative to the datasets folder, such as `places/nuts.csv`."""

    @property
    def path(self) -> Path:
        """Where the file is."""

    def __len__(self) -> int:
        """Returns how many records the file has, if each of them is good.

        A code list is one record, whatever its rows.
        """

    def rows(self) -> Iterator[Row | RowError]:
        """Reads the file from its start, row by row."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which records to list; every filter that is given must hold.

    Attributes:
        kind: one register, or all of them.
        text: words that must all be met: by words of the record in any form,
            language and script, or by the name of a place where it is.
        place: key of a place; matches what sits in it or in anything inside it,
            and what serves it, anything inside it, or anything around it.
        service: code of the scheme `service-kind` or `course-type`.
        language: code of the scheme `language`: spoken, taught, or written in.
        state: code of the scheme `operating-state`.
        group: code of the scheme `target-group`: for whom it is.
        after: cursor from the page before.
        limit: how many at most; with 0 they are only counted.
        kinds: some registers; none means what `kind` says.
        working: leaves out what is historic, closed or only planned.
        of: what names this record as its provider, publisher, parent or the like.
        by_name: sorts by name in this language, if no words are asked for.
        aged: how fresh, as of a day; what does not age is left out.
    """

    kind: str | None = None
    text: str | None = None
    place: str | None = None
    service: str | None = None
    language: str | None = None
    state: str | None = None
    group: str | None = None
    after: str | None = None
    limit: int = 50
    kinds: tuple[str, ...] = ()
    working: bool = False
    of: RecordId | None = None
    by_name: str | None = None
    aged: Aged | None = None


WORKING = ("active", "temporary")
"""Codes of the scheme `operating-state` that one can turn to."""


@dataclass(frozen=True, slots=True)
class Facets:
    """How what a query finds is spread; counts by code, codes without any left out.

    Attributes:
        kinds: by kind.
        states: by code of `operating-state`; what has no state is not counted.
        places: by key of each place that it sits in, or that contains that one.
        services: by code, as `ListQuery.service` takes it.
        languages: by code, as `ListQuery.language` takes it.
        groups: by code of `target-group`.
    """

    kinds: Mapping[str, int]
    states: Mapping[str, int]
    places: Mapping[str, int]
    services: Mapping[str, int]
    languages: Mapping[str, int]
    groups: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list.

    Attributes:
        name: the name or title, per language.
        state: code of the scheme `operating-state`, where the kind has one.
        place: key of the place where it sits, if known.
    """

    record: RecordId
    name: Text
    state: str | None
    place: str | None


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list: by kind and key, by name or, for words, the nearest first.

    Attributes:
        total: how many match, counted up to `COUNT_CAP`.
        next: cursor of the following page, or `None` on the last one.
    """

    items: Sequence[Listed]
    total: int
    next: str | None


COUNT_CAP = 10_000
"""Counting stops here: a total that equals it means "this many or more"."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A record that has traits of another one: see `registry.duplicates`.

    Attributes:
        traits: the codes of those that they share.
    """

    listed: Listed
    traits: frozenset[str]


class RecordList(Protocol):
    """The reading side of the lists."""

    def search(self, query: ListQuery) -> ListPage:
        """Returns one page of records, current and public ones only.

        Raises:
            BadParameter: the cursor is not one of ours.
        """

    def facets(self, query: ListQuery) -> Facets:
        """Returns how all that a query finds is spread, whatever its page."""

    def suggest(self, text: str, limit: int) -> Sequence[Listed]:
        """Returns records whose names have all the words, the nearest first.

        The last word may still be incomplete.
        """

    def alike(self, kind: str, traits: Collection[tuple[str, str]]) -> Sequence[Alike]:
        """Returns some records of a kind that have any of these traits."""


class QueryForm(StrEnum):
    """The four forms of a SPARQL query, which decide what it can be answered in."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"

    @property
    def graph(self) -> bool:
        """Whether the answer is a graph rather than rows or a yes or no."""
        return self in {QueryForm.CONSTRUCT, QueryForm.DESCRIBE}


@dataclass(frozen=True, slots=True)
class Query:
    """A query that passed the gate.

    Attributes:
        default_graphs: IRIs to be merged into the default graph; none means
            the union of every graph.
        named_graphs: IRIs that `GRAPH` may range over; none means every graph.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


class StoredBody(Protocol):
    """The body of a large answer, read once, from its start to its end."""

    @property
    def size(self) -> int:
        """Its bytes."""

    def read(self, most: int = -1) -> bytes:
        """Returns what comes next, nothing at the end."""

    def close(self) -> None:
        """Gives back what it takes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer; never one that was cut short.

    Attributes:
        body: serialised as was asked, UTF-8; empty if it is in the file.
        sequence: the journal position that the answer reflects.
        file: holds a body too large for memory; whoever gets it closes it.
        lasting: whether an equal question gets an equal answer until the position
            of the service moves.
    """

    body: bytes
    sequence: int
    file: StoredBody | None = None
    lasting: bool = field(default=False, compare=False)

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return self.file.size if self.file else len(self.body)


class JobState(StrEnum):
    """How far a query in the background is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """A query in the background.

    Attributes:
        id: not to be guessed; who knows it may read the answer and end the work.
        state: how far it is.
        content_type: what the answer is written in.
        extension: of a file with the answer, without a dot.
        submitted: when it was handed in.
        started: when its work began.
        ended: when it was done or failed.
        sequence: the journal position that the answer reflects.
        size: bytes of the answer.
        error: why it failed.
    """

    id: str
    state: JobState
    content_type: str
    extension: str
    submitted: datetime
    started: datetime | None = None
    ended: datetime | None = None
    sequence: int | None = None
    size: int | None = None
    error: RegistryError | None = None


class JobService(Protocol):
    """Queries in the background, their states and their answers."""

    def submit(
        self, query: Query, media_type: str, *, written: tuple[str, str], client: str
    ) -> Job:
        """Puts a query that passed the gate into the line.

        Args:
            query: what to run.
            media_type: what to answer in.
            written: what the answer is sent as: content type and extension.
            client: who asks; not kept.

        Raises:
            TooMany: the client has as many open as it may.
            EngineUnavailable: the line is full.
        """

    def find(self, id: str) -> Job:
        """Returns a job.

        Raises:
            NotFound: there is none, or it is gone.
        """

    def answer(self, id: str) -> StoredBody:
        """Returns the answer of a job that is done; to be closed.

        Raises:
            NotFound: there is no such job, or it is not done.
            RegistryError: it failed.
        """

    def expires(self, job: Job) -> datetime | None:
        """Returns when a job that has ended is forgotten."""

    def cancel(self, id: str) -> None:
        """Ends a job, whatever it is doing, and forgets it.

        Raises:
            NotFound: there is none.
        """


class QueryService(Protocol):
    """Runs strangers' queries without letting them harm anything."""

    def form(self, text: str) -> QueryForm:
        """Passes the text through the gate and returns its form.

        Raises:
            QueryRefused: the text breaks a published limit, calls other
                servers, or is not a query.
        """

    def position(self) -> Hashable:
        """Returns what changes whenever answers may, `None` if that is not known.

        It costs little: it is asked for each request.
        """

    async def ask(
        self, query: Query, media_type: str, spent: Callable[[float], None]
    ) -> Answer:
        """Runs the query and returns its answer in the media type.

        Args:
            query: what to run.
            media_type: what to answer in.
            spent: is told the seconds that it ran for, whatever came of it.

        Raises:
            QueryMalformed: a syntax error; `extra` has line and column.
            QueryTimeout: the deadline or the memory cap was passed.
            ResultTooLarge: the answer passed the limit of rows or bytes.
            EngineUnavailable: no worker can be had, or nothing is published.
        """


class ChangeReports(Protocol):
    """What readers of the public pages say is wrong with records."""

    def add(self, record: RecordId, text: str, language: str) -> ChangeReport:
        """Keeps a report and returns it with its number."""

    def get(self, number: int) -> ChangeReport | None:
        """Returns a report, or `None` if there is none of this number."""

    def open(self, after: int = 0, limit: int = 50) -> Sequence[ChangeReport]:
        """Returns reports that nobody has dealt with by their number, oldest first."""

    def close(self, number: int, actor: str, answer: str) -> ChangeReport:
        """Notes that somebody dealt with a report, and what they have to say of it.

        Raises:
            NotFound: there is none of this number.
            NotAllowed: somebody else has dealt with it already.
        """


class Links(Protocol):
    """The addresses that records link to, as they were found when last tried."""

    def note(self, address: str, outcome: str, *, alive: bool) -> None:
        """Keeps what came of trying an address now."""

    def tried(self) -> Mapping[str, datetime]:
        """Returns when each address was last tried."""

    def dead(self) -> Mapping[str, date]:
        """Returns the addresses that are dead, with the day since which they are.

        That is one that did not answer twice, at least a day apart, and not between.
        """

    def state(self) -> str:
        """Returns what changes whenever anything is noted."""


class Want(StrEnum):
    """What somebody could add."""

    BULGARIAN = "bulgarian"
    ENGLISH = "english"
    PLACE = "place"
    CONTACT = "contact"
    CHECK = "check"
    LINK = "link"
    RULE = "rule"
    """Something else that a record should have."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing from a record.

    Attributes:
        code: of the rule that tells of it.
        want: what somebody could add.
        since: since when it has been so, as far as is known.
    """

    code: str
    want: Want
    since: date


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is missing from a record, and the addresses that may turn out dead."""

    gaps: tuple[Gap, ...] = ()
    addresses: tuple[str, ...] = ()


class GapIndex(Protocol):
    """The writing side of what is missing."""

    def sequence(self) -> int:
        """Returns the journal position that it has reached, 0 at first."""

    def links(self) -> str:
        """Returns the state of the links that it has taken in, empty at first."""

    def replace(self, found: Sequence[tuple[RecordId, Gaps]], sequence: int) -> None:
        """Puts what is missing from records in place of what was, and moves on."""

    def replace_dead(self, dead: Mapping[str, date], state: str) -> None:
        """Puts the dead addresses in place of those before."""


@dataclass(frozen=True, slots=True)
class GapQuery:
    """Which gaps to list; every filter that is given must hold.

    Attributes:
        today: on which nothing may have gone unchecked for too long.
        kind: one register, or all of them.
        want: what somebody could add.
        place: key of a place: gaps of what sits or serves in it.
        records: of these records alone, if given.
        without: of none of these records.
        after: cursor from the page before.
        limit: how many at most.
    """

    today: date
    kind: str | None = None
    want: Want | None = None
    place: str | None = None
    records: Sequence[RecordId] | None = None
    without: Sequence[RecordId] | None = None
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Missing:
    """One line of what is missing.

    Attributes:
        record: from which record.
        name: of the record, per language.
        gap: what.
        detail: which address is dead; otherwise empty.
    """

    record: RecordId
    name: Text
    gap: Gap
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GapPage:
    """A page of what is missing, by record.

    Attributes:
        total: how many there are.
        next: cursor of the following page, or `None` on the last one.
    """

    items: Sequence[Missing]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class GapCounts:
    """How many gaps there are, by kind, by want, and by the key of a place.

    A place counts what sits in it, or in anything inside it.
    """

    kinds: Mapping[str, int]
    wants: Mapping[str, int]
    places: Mapping[str, int]


class GapList(Protocol):
    """The reading side of what is missing from what works and is public."""

    def search(self, query: GapQuery) -> GapPage:
        """Returns one page.

        Raises:
            BadParameter: the cursor is not one of ours.
        """

    def counts(self, query: GapQuery) -> GapCounts:
        """Returns how all that a query finds is spread, whatever its page."""

    def latest(self, query: GapQuery) -> Sequence[Missing]:
        """Returns the gaps that came up last, the newest first."""


class Directory(Protocol):
    """People and organisations, and which organisation keeps which record."""

    def person(self, actor: str) -> Person | None:
        """Returns who has an account, with all roles; `None` once erased."""

    def organisation(self, id: str) -> Organisation | None:
        """Returns an organisation."""

    def organisations(self) -> Sequence[Organisation]:
        """Returns every organisation, the keeper first, then by id."""

    def members(self, organisation: str) -> Sequence[Person]:
        """Returns those who have a role in an organisation, by name."""

    def steward(self, record: RecordId) -> str:
        """Returns the id of the organisation that keeps a record.

        It is `KEEPER` if the record was given to nobody else.
        """

    def kept(self, organisation: str) -> Sequence[RecordId]:
        """Returns the records that were given to an organisation, in order."""

    def assign(self, record: RecordId, organisation: str) -> None:
        """Gives a record to an organisation, whoever has it now.

        Raises:
            NotFound: there is no such organisation.
        """

    def found(self, organisation: Organisation) -> None:
        """Adds an organisation, or changes the one that has this id."""

    def join(self, actor: str, organisation: str, role: Role) -> None:
        """Gives somebody a role in an organisation, in place of any other in it.

        Raises:
            NotFound: there is no such account or organisation.
        """

    def leave(self, actor: str, organisation: str) -> None:
        """Takes somebody's role in an organisation away."""


class AccountBook(Protocol):
    """Who can log in; names and addresses stay with the actors."""

    def enrol(self, email: str, language: str) -> Account:
        """Returns the account with an address, made anew if there is none."""

    def find(self, actor: str) -> Account | None:
        """Returns an account; `None` once its person has been erased."""

    def by_email(self, email: str) -> Account | None:
        """Returns the account with an address, which is in lower case."""

    def by_subject(self, subject: str) -> Account | None:
        """Returns the account that an identity of another site is linked to."""

    def change(self, account: Account) -> None:
        """Keeps what an account is now; its actor and address stay."""

    def erase(self, actor: str) -> None:
        """Forgets a person: name, address, account, roles, sessions, tokens, mails.

        The actor's id stays, with its entries.

        Raises:
            NotFound: nobody has this id.
        """


class Keys(Protocol):
    """Sessions and API tokens, by the SHA-256 of their secrets alone."""

    def open_session(self, actor: str, digest: str) -> None:
        """Begins a session."""

    def session(self, digest: str) -> Session | None:
        """Returns a session, however old."""

    def sessions(self, actor: str) -> Sequence[Session]:
        """Returns somebody's sessions, the latest first."""

    def touch_session(self, digest: str) -> None:
        """Notes that a session was used now."""

    def close_session(self, digest: str) -> None:
        """Ends a session."""

    def close_sessions(self, actor: str) -> None:
        """Ends all of somebody's sessions."""

    def add_token(self, token: Token, digest: str) -> None:
        """Keeps a token."""

    def token(self, digest: str) -> Token | None:
        """Returns a token, even one that has expired."""

    def tokens(self, actor: str) -> Sequence[Token]:
        """Returns somebody's tokens, the latest first."""

    def use_token(self, id: str) -> None:
        """Notes that a token was used now."""

    def revoke_token(self, actor: str, id: str) -> None:
        """Takes one of somebody's own tokens away."""


class Tickets(Protocol):
    """Mailed links that expire and work once."""

    def issue(
        self, purpose: str, payload: Mapping[str, str], lifetime: timedelta
    ) -> str:
        """Returns a new secret, of which only the SHA-256 is kept.

        Args:
            purpose: what it is for; it works for nothing else.
            payload: what is told to whoever comes with it; no personal data.
            lifetime: for how long it works.
        """

    def look(self, secret: str, purpose: str) -> Mapping[str, str] | None:
        """Returns the payload, if the ticket is unexpired and unused."""

    def use(self, secret: str, purpose: str) -> Mapping[str, str] | None:
        """Does the same, and uses the ticket up; of many at once, one gets it."""


class Mailer(Protocol):
    """Sends mails, sooner or later."""

    def send(self, message: Message) -> None:
        """Keeps a mail that is to be sent; it is sent even after a restart."""


class Passwords(Protocol):
    """Turns passwords into hashes that tell nothing of them."""

    def hash(self, password: str) -> str:
        """Returns a salted hash.

        Raises:
            TooMany: too many are waiting for theirs.
        """

    def matches(self, password: str, hashed: str | None) -> bool:
        """Says whether a password is that of a hash; as slow if there is none.

        Raises:
            TooMany: too many are waiting for theirs.
        """

    def outdated(self, hashed: str) -> bool:
        """Says whether a hash was made with other parameters than today's."""


class IdentityProvider(Protocol):
    """Another site by which people log in."""

    def departure(
        self, redirect: str, *, state: str, nonce: str, verifier: str
    ) -> str | None:
        """Returns where a person is sent, or `None` if the site is away.

        Args:
            redirect: address to which the site sends them back.
            state: that they bring back.
            nonce: that the site will sign.
            verifier: by which we show that it was us who sent them.
        """

    def identity(
        self, code: str, redirect: str, *, nonce: str, verifier: str
    ) -> Identity | None:
        """Returns who came back with a code, or `None` if that is not certain."""


class Attempts(Protocol):
    """Counts attempts of one kind in a moving window of time."""

    def count(self, *keys: str) -> None:
        """Counts an attempt under every key.

        Raises:
            TooMany: there were too many under one of them; none is counted then.
        """

    def forgive(self, key: str) -> None:
        """Forgets the attempts under a key."""


class DeskWriter(JournalWriter, Protocol):
    """One transaction on the journal and on what the desk knows beside it."""

    def submission(self, number: int) -> Submission | None:
        """Returns a submission that was made before the transaction."""

    def opened(self, record: RecordId) -> Sequence[Submission]:
        """Returns the record's open submissions from before, oldest first."""

    def hand_in(
        self,
        entry: Entry,
        *,
        organisation: str,
        channel: Channel,
        amends: int | None = None,
        losses: Sequence[Loss] = (),
    ) -> None:
        """Notes for whom and by which way an appended submission was handed in.

        And what it does not keep. Noting it a second time changes nothing.
        """

    def close(self, number: int, outcome: Outcome) -> None:
        """Notes what became of a submission; it is open no longer."""

    def entrust(self, record: RecordId, organisation: str) -> None:
        """Gives a record to an organisation, as `Directory.assign` does."""


@dataclass(frozen=True, slots=True)
class DeskQuery:
    """Which submissions to list, oldest first; all that is given must hold.

    Attributes:
        organisations: for which they were handed in; `None` means any.
        outcome: what became of them.
        kind: of the record.
        record: one record.
        author: actor who handed them in.
        after: number of the last one on the page before.
        limit: how many at most.
    """

    organisations: frozenset[str] | None = None
    outcome: Outcome = Outcome.OPEN
    kind: str | None = None
    record: RecordId | None = None
    author: str | None = None
    after: int = 0
    limit: int = 50


class Desk(Protocol):
    """What was handed in, beside the journal and in the same database."""

    def write(
        self, idempotency_key: str | None = None
    ) -> AbstractContextManager[DeskWriter]:
        """Opens a transaction as `Journal.write` does."""

    def submission(self, number: int) -> Submission | None:
        """Returns a submission, or `None` if the number is of nothing or of else."""

    def list(self, query: DeskQuery) -> Sequence[Submission]:
        """Returns a page of submissions; what is open costs no more as others grow."""

    def claim(self, number: int, actor: str | None) -> None:
        """Notes who looks after a submission from now on, or that nobody does."""

    def comment(self, number: int, actor: str, text: str) -> Comment:
        """Notes what somebody says about a submission."""

    def comments(self, number: int) -> Sequence[Comment]:
        """Returns what was said about a submission, oldest first."""


class Drafts(Protocol):
    """What people have begun to fill in, kept exactly as it was typed."""

    def save(self, draft: Draft) -> None:
        """Keeps a draft in place of an earlier state of it."""

    def get(self, id: str) -> Draft | None:
        """Returns a draft by its id."""

    def of(self, organisations: Sequence[str]) -> Sequence[Draft]:
        """Returns the drafts made for organisations, the last saved first."""

    def discard(self, id: str) -> None:
        """Forgets a draft; nothing happens if it is gone already."""


class Reminders(Protocol):
    """Who was reminded when; recipients by the SHA-256 of their addresses."""

    def last(self, recipient: str) -> datetime | None:
        """Returns when a recipient was last reminded, if ever."""

    def note(self, recipient: str, records: Sequence[RecordId]) -> None:
        """Notes that a recipient is reminded of records now."""
