"""What every group of routes is made from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from starlette.requests import Request

from api.asking import Asking
from api.negotiation import Offer, choose, language
from api.pages.facts import Labels, Naming
from api.pages.places import Places
from api.pages.site import SitePages
from api.security import Guard
from api.shelf import Shelf
from registry.access import Access
from registry.accounts import Accounts
from registry.auditing import Auditing
from registry.confirming import Confirming
from registry.drafting import Drafting
from registry.intake import Intake
from registry.iris import Iris
from registry.keeping import Parcels
from registry.organisations import Organisations
from registry.ports import (
    Catalogue,
    CatalogueState,
    ChangeReports,
    Clock,
    Described,
    Desk,
    Directory,
    Drafts,
    Dumps,
    GapList,
    IdentityProvider,
    JobService,
    Journal,
    Mailer,
    Position,
    QueryService,
    RecordList,
    Tickets,
)
from registry.previewing import Previews
from registry.record import Version
from registry.register_uploads import RegisterUploads
from registry.reviewing import Reviewing
from registry.settings import Settings
from registry.table_uploads import TableUploads
from registry.views.dcat.definition import Definition
from registry.views.score import Score
from registry.vocabulary import Vocabulary

if TYPE_CHECKING:
    from registry.shapes import Shapes

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


class Outbox(Mailer, Protocol):
    """Mails that wait to be sent."""

    def waiting(self) -> int:
        """Returns how many there are."""


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


class StoredLists(RecordList, Protocol):
    """The lists, with how far they have come."""

    def state(self) -> tuple[int, int]:
        """Returns what changes whenever they do; for comparing on one thread."""


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
    def clock(self) -> Clock:
        """Tells the time."""

    @property
    def journal(self) -> Journal:
        """The truth."""

    @property
    def dumps(self) -> Dumps:
        """The dumps that were published."""

    @property
    def change_reports(self) -> ChangeReports:
        """What readers say is wrong with records."""

    @property
    def lists(self) -> StoredLists:
        """The lists of records."""

    @property
    def missing(self) -> GapList:
        """What is missing from the records."""

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
    def shapes(self) -> "Shapes":
        """The rules."""

    @property
    def directory(self) -> Directory:
        """People and organisations."""

    @property
    def tickets(self) -> Tickets:
        """Mailed links."""

    @property
    def mailer(self) -> Outbox:
        """Sends mails."""

    @property
    def desk(self) -> Desk:
        """What was handed in."""

    @property
    def drafting(self) -> Drafting:
        """Checks what was typed into forms and hands it in."""

    @property
    def access(self) -> Access:
        """Sessions and tokens."""

    @property
    def intake(self) -> Intake:
        """The one path of every change."""

    @property
    def reviewing(self) -> Reviewing:
        """What is decided about what was handed in."""

    @property
    def drafts(self) -> Drafts:
        """What people have begun to fill in."""

    @property
    def previews(self) -> Previews:
        """What accepting a submission would make public."""

    @property
    def auditing(self) -> Auditing:
        """Who changed what and why."""

    @property
    def accounts(self) -> Accounts:
        """Invitations, passwords, and logging in."""

    @property
    def provider(self) -> IdentityProvider | None:
        """The other site by which people may log in, if there is one."""

    @property
    def organisations(self) -> Organisations:
        """Organisations and their people."""

    @property
    def table_uploads(self) -> TableUploads:
        """Figures that people hand in."""

    @property
    def register_uploads(self) -> RegisterUploads:
        """Records that people hand in as a sheet."""

    @property
    def parcels(self) -> Parcels:
        """Files that were checked and wait to be submitted."""

    @property
    def confirming(self) -> Confirming:
        """Confirms records."""

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
        shelf: finished answers, for whoever asks the same.
        naming: the names of what records refer to, as far as they were read.
        guard: knows who is asking.
        asking: runs queries of readers.
    """

    registry: Registry
    web: SitePages
    places: Places
    shelf: Shelf
    naming: Naming
    guard: Guard
    asking: Asking

    def labels(self, language: str) -> Labels:
        """Returns the names of what a page refers to, in its language."""
        registry = self.registry
        known = self.naming.known()
        return Labels(registry.journal, registry.iris, language, known)

    @property
    def base(self) -> str:
        """The base of every IRI; addresses never come from the request."""
        return self.registry.iris.base

    @property
    def today(self) -> date:
        """The day, in UTC."""
        return self.registry.clock().date()


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
