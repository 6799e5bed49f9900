"""What every group of routes is made from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from starlette.requests import Request

from api.asking import Asking
from api.negotiation import Offer, choose, language
from api.pages.places import Places
from api.pages.site import SitePages
from api.security import Guard
from registry.access import Access
from registry.iris import Iris
from registry.ports import (
    Catalogue,
    CatalogueState,
    Described,
    Directory,
    Dumps,
    JobService,
    Journal,
    Mailer,
    Position,
    QueryService,
    RecordList,
    Tickets,
)
from registry.record import Version
from registry.settings import Settings
from registry.shapes import Shapes
from registry.views.dcat.definition import Definition
from registry.views.score import Score
from registry.vocabulary import Vocabulary

VARY = "Accept, Accept-Language"
"""What negotiated answers depend on."""


class Queries(QueryService, Protocol):
    """Query workers that live as long as the web process."""

    async def start(self) -> None:
        """Starts the workers."""

    async def close(self) -> None:
        """Ends the workers and every query that runs."""

    def health(self) -> Mapping[str, object]:
        """Returns how the workers are.

        That is `workers`, `alive`, `waiting`, `sandbox` and `sequence`, which is
        `None` while nothing is published.
        """


class Background(JobService, Protocol):
    """Queries in the background, worked off while the web process lives."""

    async def start(self) -> None:
        """Reads what there is, and begins to work."""

    async def close(self) -> None:
        """Ends the work."""


class Figures(Protocol):
    """Where the observations of tables are kept."""

    def file(self, version: Version) -> Path:
        """Returns the Parquet file of a table's version."""


class CatalogueSnapshot(Protocol):
    """One state of the catalogue, however long it is read."""

    @property
    def state(self) -> CatalogueState:
        """How far the catalogue had come."""

    def count(self, since: datetime | None = None) -> int:
        """Returns how many datasets there are, or have changed since a moment."""

    def fragments(
        self,
        form: str,
        *,
        since: datetime | None = None,
        skip: int = 0,
        limit: int | None = None,
    ) -> Iterator[bytes]:
        """Yields the ready-made fragments of datasets by key."""

    def close(self) -> None:
        """Ends the reading."""


class StoredCatalogue(Catalogue, Protocol):
    """The catalogue with its ready-made fragments."""

    def position(self) -> Position:
        """Returns how far it has come."""

    def open(self) -> CatalogueSnapshot:
        """Returns the present state for reading; to be closed afterwards."""


class Scorer(Protocol):
    """Predicts what the European portal will think of datasets."""

    def scores(self, described: Sequence[Described]) -> Sequence[Score]:
        """Returns the scores of these, without series."""


class Registry(Protocol):
    """What HTTP needs of an open registry; `registry.wiring` makes one."""

    @property
    def settings(self) -> Settings:
        """The limits that it publishes."""

    @property
    def iris(self) -> Iris:
        """Its IRIs."""

    @property
    def journal(self) -> Journal:
        """The truth."""

    @property
    def dumps(self) -> Dumps:
        """The dumps that were published."""

    @property
    def lists(self) -> RecordList:
        """The lists of records."""

    @property
    def catalogue(self) -> StoredCatalogue:
        """The catalogue."""

    @property
    def definition(self) -> Definition:
        """What the catalogue says of itself."""

    @property
    def scorer(self) -> Scorer:
        """Predicts the scores of its datasets."""

    @property
    def tables(self) -> Figures:
        """The observations of tables."""

    @property
    def queries(self) -> Queries:
        """The query workers."""

    @property
    def jobs(self) -> Background:
        """Queries in the background."""

    @property
    def shapes(self) -> Shapes:
        """The rules."""

    @property
    def directory(self) -> Directory:
        """People and organisations."""

    @property
    def tickets(self) -> Tickets:
        """Mailed links."""

    @property
    def mailer(self) -> Mailer:
        """Sends mails."""

    @property
    def access(self) -> Access:
        """Sessions and tokens."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The context, the ontology and the examples."""


@dataclass(frozen=True, slots=True)
class Site:
    """An open registry and the pages over it.

    Attributes:
        registry: the open registry.
        web: the website.
        places: the places that its pages name.
        guard: knows who is asking.
        asking: runs queries of readers.
    """

    registry: Registry
    web: SitePages
    places: Places
    guard: Guard
    asking: Asking

    @property
    def base(self) -> str:
        """The base of every IRI; addresses never come from the request."""
        return self.registry.iris.base


def offer_for(request: Request, offers: tuple[Offer, ...]) -> Offer:
    """Returns the representation that the reader prefers.

    Raises:
        NotAcceptable: none suits.
    """
    return choose(request.headers.get("accept"), offers)


def language_for(request: Request) -> str:
    """Returns the language of the reader: `?lang=`, or else `Accept-Language`.

    Raises:
        BadParameter: `?lang=` names a language that we do not have.
    """
    return language(
        request.query_params.get("lang"), request.headers.get("accept-language")
    )
