"""The record: its content, where it comes from, and the entries of its history."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from registry.iris import RecordId
from registry.language import Text
from registry.lifecycle import Event, Status


@dataclass(frozen=True, slots=True)
class Content:
    """What a record says about its thing, in both of the forms that are kept.

    Attributes:
        document: compact JSON-LD text, one tree from the thing, keys in the
            order of the context.
        triples: the same triples as canonical N-Triples, sorted, without blank
            nodes; each line ends in a line feed. For such a graph this is its
            canonical form (RDFC-1.0, section 5).
    """

    document: str
    triples: str

    @property
    def digest(self) -> str:
        """SHA-256 of the triples, in lower-case hexadecimal."""
        return sha256(self.triples.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Source:
    """A page or file that the record rests on.

    Attributes:
        iri: where it was read.
        issued: its own date as far as stated: `2024`, `2024-05` or `2024-05-31`.
    """

    iri: str
    issued: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the record comes from and how far it can be trusted.

    Attributes:
        sources: the pages it rests on, the main one first.
        name_seen_in: the languages in which the name stands in a source; a
            name in any other language is a translation.
        note: doubts and things to check, per language.
        dataset: SHA-256 of the file the record was loaded from, if any.
    """

    sources: tuple[Source, ...] = ()
    name_seen_in: tuple[str, ...] = ()
    note: Text = field(default_factory=dict)
    dataset: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who stands behind an id in the journal.

    Attributes:
        id: opaque; it is all that entries know, and it stays.
        name: `None` once the person has been erased.
        email: `None` once erased, or if none is known.
    """

    id: str
    name: str | None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants to be written to the journal.

    Attributes:
        record: which record.
        event: what happens to it.
        actor: opaque id of who does it; never a name or an address.
        status: which status an acceptance gives, otherwise `None`.
        content: what is submitted; `None` for every other event.
        provenance: where it comes from; only with `content`.
        based_on: the version that the submission was made from, 0 for a new
            record, or `None` to take whatever is current.
        decides: sequence number of the submission that is accepted or rejected.
        successor: the record that takes over, for *superseded*.
        reason: why, in the actor's words.
    """

    record: RecordId
    event: Event
    actor: str
    status: Status | None = None
    content: Content | None = None
    provenance: Provenance = field(default_factory=Provenance)
    based_on: int | None = None
    decides: int | None = None
    successor: RecordId | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal, never changed once written.

    Attributes:
        sequence: position in the journal, from 1, without gaps.
        status: the status of the record after the entry.
        version: the number of the published version that the entry makes or
            concerns; 0 while nothing has been published.
        digest: SHA-256 of the content that the entry submits or publishes.
        at: when, in UTC; never earlier than the entry before.
        previous: hash of the entry before, 64 zeros for the first.
        hash: SHA-256 over every other field of this entry.
        document_digest: SHA-256 of the document of that content, which
            `digest` does not cover.
    """

    sequence: int
    record: RecordId
    event: Event
    status: Status
    version: int
    digest: str | None
    provenance: Provenance
    based_on: int | None
    decides: int | None
    successor: RecordId | None
    actor: str
    reason: str
    at: datetime
    previous: str
    hash: str
    document_digest: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """Where a record stands now: the outcome of all its entries.

    Attributes:
        sequence: the latest entry that changed what is public.
        version: the number of the current version, 0 if never published.
        digest: SHA-256 of the current content, if published.
        submitted: when it was first submitted.
        modified: when the current version was published.
        verified: when somebody last confirmed it, if ever.
    """

    record: RecordId
    sequence: int
    version: int
    status: Status
    digest: str | None
    provenance: Provenance
    successor: RecordId | None
    submitted: datetime
    modified: datetime
    verified: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """A published state of a record: the head as it was then, and its content."""

    head: Head
    content: Content
