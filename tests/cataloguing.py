"""A registry whose catalogue is watched: things happen, and the catalogue follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from registry import review, submissions
from registry.catalogue.store import Store
from registry.cataloguing import steps
from registry.cataloguing.sources import Sources
from registry.iris import Iris, RecordId
from registry.journal.sql import SqlJournal
from registry.ports import Activity, Dump, File
from registry.record import Content, Provenance
from registry.views import fragments
from registry.views.dcat.definition import Definition, read
from tests.tables import MemoryTables, record, rows, table_content
from tests.versions import content

IRIS = Iris("http://127.0.0.1:8000/")
ROOT = Path(__file__).parents[1]

YEARLY, OTHER, QUARTERLY, OWN = (
    "tps00176",
    "migr-imm8",
    "lfsq-ugan",
    "foreign-residents-by-municipality",
)
"""Keys of tables: two yearly ones and another one of Eurostat, a yearly one of ours."""


@cache
def definition() -> Definition:
    """Returns what the real catalogue says of itself."""
    return read(ROOT / "datasets" / "catalogue")


@cache
def _table(key: str, edition: int, iris: Iris) -> Content:
    return table_content(key, rows(key)[: edition + 2], f"{edition:064x}", iris)


@dataclass(frozen=True)
class History:
    """A journal and its dumps, with what can happen to them."""

    journal: SqlJournal

    @property
    def sources(self) -> Sources:
        """What the catalogue is made from."""
        return Sources(
            self.journal, self.journal.dumps, MemoryTables(), self.iris, definition()
        )

    @property
    def iris(self) -> Iris:
        """Those of the journal."""
        return Iris(self.journal.base)

    def catch_up(self, store: Store, *, batch: int = steps.BATCH) -> int:
        """Brings a catalogue up to what has happened."""
        return steps.catch_up(self.sources, store, batch=batch)

    def table(self, key: str, edition: int = 1) -> None:
        """Publishes an edition of a table, if it is not the current one."""
        self._publish(record(key), _table(key, edition, self.iris))

    def institution(self, name: str) -> None:
        """Publishes an institution of this name."""
        one = RecordId("institution", "one")
        document = {"type": "Organization", "name": {"bg": name}}
        self._publish(one, content(one, document, self.iris))

    def _publish(self, record: RecordId, made: Content) -> None:
        with self.journal.write() as writer:
            submission = submissions.submit(
                writer, record, made, provenance=Provenance(), actor="a"
            )
            if submission:
                review.accept(writer, submission, actor="b")

    def submission(self, key: str) -> None:
        """Hands in an edition of a table that nobody accepts."""
        with self.journal.write() as writer:
            submissions.submit(
                writer,
                record(key),
                _table(key, 9, self.iris),
                provenance=Provenance(),
                actor="a",
            )

    def retire(self, key: str) -> None:
        """Withdraws a table, if it is there to be withdrawn."""
        if self._public(key):
            with self.journal.write() as writer:
                review.retire(writer, record(key), actor="b", reason="x")

    def supersede(self, key: str, successor: str) -> None:
        """Replaces a table by another, if both are there."""
        if self._public(key) and self._public(successor) and key != successor:
            with self.journal.write() as writer:
                review.supersede(
                    writer, record(key), record(successor), actor="b", reason="x"
                )

    def verify(self, key: str) -> None:
        """Confirms a table, if it is there."""
        if self._public(key):
            with self.journal.write() as writer:
                review.verify(writer, record(key), actor="b")

    def _public(self, key: str) -> bool:
        head = self.journal.head(record(key))
        return head is not None and head.status.public

    def dump(self, files: Mapping[str, int]) -> Dump:
        """Publishes files of these names and sizes."""
        made = [File(name, size, f"{size:064x}") for name, size in files.items()]
        return self.journal.dumps.publish(self.journal.tip()[0], made)


def catalogue(path: Path) -> Store:
    """Returns a catalogue in a file."""
    return Store(path, fragments.cut)


def told(activities: Sequence[Activity]) -> list[tuple[str, str]]:
    """Returns activities in short: what happened, and to which dataset."""
    return [(activity.deed.value, activity.dataset) for activity in activities]
