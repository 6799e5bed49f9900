from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.catalogue.store import Store
from registry.ports import File, Position, Standing
from registry.views import fragments
from registry.views.ckan.packages import Names
from registry.views.ckan.shelf import Shelf
from registry.views.dcat import datasets, definition
from tests.versions import IRIS

AT = datetime(2026, 1, 1, tzinfo=UTC)
DEFINITION = definition.read(Path(__file__).parents[4] / "datasets" / "catalogue")
NAMES: Names = {DEFINITION.publisher_iri(IRIS): DEFINITION.publisher.name.text}


def register(kind: str, *extensions: str) -> str:
    """Returns the description of a register with a file of each extension."""
    files = [File(f"register.{kind}.{each}", 10, "ab" * 32) for each in extensions]
    return datasets.register(
        kind, files, issued=AT, modified=AT, iris=IRIS, definition=DEFINITION
    )


class Catalogue:
    """A catalogue of registers, each change of which comes a day later."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._days = 0

    def add(self, kind: str, *extensions: str) -> None:
        """Describes a register."""
        self._write(f"register.{kind}", register(kind, *extensions))

    def delete(self, kind: str) -> None:
        """Takes a register out of the catalogue."""
        self._write(f"register.{kind}", "")

    def standing(self, key: str, triples: str) -> Standing:
        """Returns how a dataset stands from the next day on."""
        self._days += 1
        at = AT + timedelta(days=self._days)
        return Standing(key, at, triples, AT, at)

    def _write(self, key: str, triples: str) -> None:
        self.store.write([self.standing(key, triples)], Position(0, 0))

    def shelf(self) -> Shelf:
        """Returns a shelf over the catalogue."""
        return Shelf(self.store, IRIS, NAMES)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """An empty catalogue."""
    store = Store(tmp_path / "catalogue.sqlite", fragments.cut)
    yield Catalogue(store)
    store.close()
