from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from registry import review, submissions
from registry.catalogue.store import Store
from registry.iris import RecordId
from registry.journal import sql
from registry.journal.sql import SqlJournal
from registry.ports import Position, Standing
from registry.record import Provenance
from registry.views import fragments
from registry.views.oai.items import Items
from tests.conftest import DAWN
from tests.versions import BASE, IRIS, content

DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"


def described(key: str, title: str) -> str:
    """Returns a small description of a dataset."""
    thing, dataset = IRIS.dataset(key), f"{DCAT}Dataset"
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    return (
        f'<{thing}> <{DCT}title> "{title}"@bg .\n<{thing}> <{rdf}type> <{dataset}> .\n'
    )


class Seconds:
    """A clock that goes on by a second each time it is read."""

    def __init__(self) -> None:
        self.now = DAWN

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Registry:
    """A journal, each entry a second after the one before, and a catalogue."""

    journal: SqlJournal
    catalogue: Store

    def items(self, limit: int = 100) -> Items:
        """Returns the items, in pages of a size."""
        return Items(self.catalogue, self.journal, IRIS, limit)

    def publish(self, name: str, title: str = "а") -> None:
        """Publishes a version of a record, which takes two entries."""
        record = RecordId(*name.split("/"))
        made = content(record, {"type": "Organization", "name": {"bg": title}})
        with self.journal.write() as writer:
            entry = submissions.submit(
                writer, record, made, provenance=Provenance(), actor="a-1"
            )
            assert entry is not None
            review.accept(writer, entry, actor="a-2")

    def retire(self, name: str) -> None:
        """Retires a record."""
        with self.journal.write() as writer:
            record = RecordId(*name.split("/"))
            review.retire(writer, record, actor="a-2", reason="closed")

    def replace(self, name: str, successor: str) -> None:
        """Supersedes a record by another one."""
        records = (RecordId(*each.split("/")) for each in (name, successor))
        with self.journal.write() as writer:
            review.supersede(writer, *records, actor="a-2", reason="merged")

    def describe(self, key: str, at: datetime, title: str = "а") -> None:
        """Puts a dataset into the catalogue."""
        self._write(Standing(key, at, described(key, title), DAWN, at))

    def delete(self, key: str, at: datetime) -> None:
        """Takes a dataset out of the catalogue."""
        self._write(Standing(key, at, "", DAWN, at))

    def _write(self, change: Standing) -> None:
        self.catalogue.write([change], Position(0, 0))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """An empty registry, whose first entry will be made a second after dawn."""
    clock = Seconds()
    journal = sql.create(tmp_path / "journal.sqlite", BASE, clock)
    clock.now = DAWN
    catalogue = Store(tmp_path / "catalogue.sqlite", fragments.cut)
    yield Registry(journal, catalogue)
    catalogue.close()
    journal.close()
