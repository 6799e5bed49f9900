"""The scores that the datasets of the catalogue will get when they are harvested."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain
from threading import Lock

from registry.errors import NotFound
from registry.iris import Iris
from registry.ports import Catalogue, Described
from registry.views.conformance import Conformance
from registry.views.dcat.definition import Definition
from registry.views.dcat.header import header
from registry.views.dcat.membership import SERIES
from registry.views.score import Score, score

BATCH = 100
"""Datasets that are checked together, as one page of the catalogue."""

KEPT = 4096
"""Scores that are kept at most."""


class Scorer:
    """Predicts scores of datasets of one catalogue; any number of threads may use it.

    It costs some 25 ms for each dataset, most of which the check against the
    shapes takes. A score is kept until its dataset changes.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        conformance: Conformance,
        *,
        iris: Iris,
        definition: Definition,
    ) -> None:
        self._catalogue = catalogue
        self._conformance = conformance
        self._iris = iris
        self._definition = definition
        self._lock = Lock()
        self._known: dict[bytes, Score] = {}

    def of(self, key: str) -> Score:
        """Returns the score of a dataset.

        Raises:
            NotFound: the catalogue has no dataset of this key; a series is none.
        """
        found = self._catalogue.dataset(key)
        if found is None or found.deleted or not _is_dataset(found):
            raise NotFound(
                f"The catalogue has no dataset {key}.",
                f"В каталога няма набор от данни {key}.",
            )
        (scored,) = self.scores([found])
        return scored

    def all(self) -> Iterator[Score]:
        """Yields the score of every dataset, by key."""
        after = ""
        while batch := self._catalogue.datasets(after=after, limit=BATCH):
            yield from self.scores(batch)
            after = batch[-1].key

    def scores(self, described: Sequence[Described]) -> Sequence[Score]:
        """Returns the scores of these, which are checked together, without series."""
        wanted = {_mark(found): found for found in described if _is_dataset(found)}
        with self._lock:
            if len(self._known.keys() | wanted.keys()) > KEPT:
                self._known.clear()
            unknown = [mark for mark in wanted if mark not in self._known]
            made = self._predicted([wanted[mark] for mark in unknown])
            self._known.update(zip(unknown, made, strict=True))
            return [self._known[mark] for mark in wanted]

    def _predicted(self, described: Sequence[Described]) -> Iterator[Score]:
        if not described:
            return
        first = header(
            self._catalogue.state(), iris=self._iris, definition=self._definition
        )
        page = "".join(chain((first,), (found.triples for found in described)))
        report = self._conformance.check(page)
        for found in described:
            dataset = self._iris.dataset(found.key)
            yield score(found.triples, report.of(dataset).conforms)


def _is_dataset(found: Described) -> bool:
    return not found.key.startswith(SERIES)


def _mark(found: Described) -> bytes:
    return sha256(found.triples.encode()).digest()
