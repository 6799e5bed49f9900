"""The sample registry with a dump of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.application import application
from registry.dumping.folder import DumpFolder
from registry.dumping.making import Made, Published, make
from tests.api.client import Client
from tests.api.conftest import Sample, build


@dataclass(frozen=True)
class Dumped:
    """A registry whose dumps a test makes, and a reader of it."""

    sample: Sample
    client: Client

    def make(self) -> Made:
        """Makes a dump."""
        sample = self.sample
        folder = DumpFolder(sample.settings.data / "dump", sample.dumps)
        published = Published(
            sample.journal, sample.tables, sample.vocabulary, sample.iris
        )
        return make(published, folder)


@contextmanager
def dumped(folder: Path) -> Iterator[Dumped]:
    """Makes the registry in a folder; it has no dump yet."""
    sample = build(folder)
    with Client(application(sample, close=lambda: None)) as client:
        yield Dumped(sample, client)
    sample.lists.close()
    sample.catalogue.close()
    sample.journal.close()
