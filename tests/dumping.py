"""A small registry with something of everything, and what its dumps are made from."""

import gzip
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry import review, submissions
from registry.dumping.folder import DumpFolder
from registry.dumping.making import Made, Published, make
from registry.iris import RecordId
from registry.journal.sql import SqlJournal, create
from registry.ports import Clock
from registry.record import Content, Provenance, Source, Version
from registry.statistics import parquet
from registry.statistics.parquet import ParquetTables
from registry.vocabulary import Vocabulary
from tests import tables
from tests.registry.statistics import cubes
from tests.versions import BASE, IRIS, concept, content

ROOT = Path(__file__).parents[1]
SHARES = RecordId("table", cubes.SHARES)
ONE, OLD, CLOSED, DRAFT, REFUSED = (
    RecordId("institution", key) for key in ("one", "old", "closed", "draft", "refused")
)
COURSE = RecordId("course", "welder")
PROVENANCE = Provenance(
    sources=(Source("https://a.example/", "2024-05"), Source("https://b.example/")),
    name_seen_in=("bg",),
    dataset="ab" * 32,
)
VOCABULARY = Vocabulary(ROOT / "ontology", ROOT / "shapes", ROOT / "datasets", IRIS)
PERSON = "person/0123456789abcdef"
DIGESTS = ("ab" * 32, "cd" * 32)


@dataclass(frozen=True)
class Small:
    """A journal that can be added to, and the dumps of it."""

    journal: SqlJournal
    data: Path

    @property
    def published(self) -> Published:
        kept = ParquetTables(self.data / "tables", _lost)
        return Published(self.journal, kept, VOCABULARY, IRIS)

    @property
    def folder(self) -> DumpFolder:
        return DumpFolder(self.data / "dump", self.journal.dumps)

    def make(self) -> Made:
        """Makes a dump."""
        return make(self.published, self.folder)

    def files(self) -> dict[str, bytes]:
        """Returns every file of the public dump by its name."""
        current = self.folder.current()
        assert current is not None
        return {path.name: path.read_bytes() for path in current[1].iterdir()}

    def submit(self, record: RecordId, document: Mapping[str, Any]) -> int:
        """Submits a draft and returns its entry."""
        return self._submit(record, content(record, document))

    def publish(self, record: RecordId, document: Mapping[str, Any]) -> None:
        """Publishes the next version of a record."""
        self._accept(self.submit(record, document))

    def publish_table(self, edition: int = 0) -> None:
        """Publishes the next version of the table, with half of its rows or all."""
        rows = tables.rows(SHARES.key)
        given = rows[: len(rows) // (2 - edition)]
        digest = DIGESTS[edition]
        structure = tables.structure(SHARES.key)
        place = parquet.path(self.data / "tables", SHARES.key, digest)
        if not place.exists():
            cubes.write(place, structure, given)
        self._accept(
            self._submit(SHARES, tables.table_content(SHARES.key, given, digest))
        )

    def retire(self, record: RecordId) -> None:
        """Withdraws a record."""
        with self.journal.write() as writer:
            review.retire(writer, record, actor=PERSON, reason="closed")

    def reject(self, entry: int) -> None:
        """Rejects a submission."""
        with self.journal.write() as writer:
            found = self.journal.entries(after=entry - 1, limit=1)[0]
            review.reject(writer, found, actor="b", reason="spam")

    def supersede(self, record: RecordId, by: RecordId) -> None:
        """Puts another record in place of one."""
        with self.journal.write() as writer:
            review.supersede(writer, record, by, actor="b", reason="merged")

    def _submit(self, record: RecordId, made: Content) -> int:
        with self.journal.write() as writer:
            entry = submissions.submit(
                writer, record, made, provenance=PROVENANCE, actor=PERSON
            )
        assert entry is not None
        return entry.sequence

    def _accept(self, entry: int) -> None:
        with self.journal.write() as writer:
            found = self.journal.entries(after=entry - 1, limit=1)[0]
            review.accept(writer, found, actor="b")


def organisation(record: RecordId, bg: str, en: str) -> dict[str, object]:
    """Returns the document of an institution."""
    return {
        "type": "Organization",
        "name": {"bg": bg, "en": en},
        "serviceKind": [concept("service-kind", "a"), concept("service-kind", "b")],
        "contact": {
            "id": f"{IRIS.thing(record)}#contact",
            "type": "ContactPoint",
            "telephone": "+359 38 000000",
        },
    }


def fill(small: Small) -> None:
    """Writes something of everything into an empty journal."""
    small.publish(ONE, organisation(ONE, "Едно, „А“", "=1+1"))
    small.publish(OLD, organisation(OLD, "Старо", "Old"))
    small.publish(CLOSED, organisation(CLOSED, "Затворено", "Closed"))
    small.publish(COURSE, {"type": "LearningOpportunity", "title": {"bg": "Заварчик"}})
    small.publish_table()
    small.supersede(OLD, ONE)
    small.retire(CLOSED)
    small.submit(DRAFT, organisation(DRAFT, "Чернова", "Draft"))
    small.reject(small.submit(REFUSED, organisation(REFUSED, "Отказано", "Refused")))


@contextmanager
def small(data: Path, clock: Clock) -> Iterator[Small]:
    """Makes the registry in a folder."""
    data.mkdir(parents=True, exist_ok=True)
    journal = create(data / "journal.sqlite", BASE, clock)
    made = Small(journal, data)
    fill(made)
    yield made
    journal.close()


def inode(path: Path) -> int:
    """Returns what tells two names of one file from two files."""
    return os.stat(path).st_ino


def _lost(version: Version, file: Path) -> None:
    raise AssertionError(f"{version.head.record} has no {file}")


def plain(name: str, data: bytes) -> bytes:
    """Returns what is in a file, unpacked."""
    return gzip.decompress(data) if name.endswith(".gz") else data
