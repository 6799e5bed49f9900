"""`/{language}/desk/sheets`: records are downloaded, edited and handed in as sheets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api.pages.personal import go, respond
from api.pages.uploads import (
    attachment,
    field,
    given_back,
    receive,
    status_of_refused,
)
from api.problems import status_of
from api.routes.pages.website import Website
from api.site import Site
from registry.errors import NotFound, RegistryError
from registry.kinds import KINDS
from registry.language import Text
from registry.lifecycle import Role
from registry.people import Organisation, Person
from registry.policy import reaches
from registry.register_uploads import Checked, RegisterUploads
from registry.sheets.columns import Column

SHOWN = 100
"""Faults, and rows with changes, that are listed."""

_FILE = "file"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which sheet is meant.

    Attributes:
        kind: slug of the register.
        organisation: whose records.
        organisations: those for which the reader may hand something in.
    """

    kind: str
    organisation: Organisation
    organisations: Sequence[Organisation]


@dataclass(frozen=True, slots=True)
class SheetsDesk:
    """Where sheets are downloaded and handed in."""

    site: Site

    @property
    def _uploads(self) -> RegisterUploads:
        return self.site.registry.register_uploads

    def list(self, request: Request, language: str) -> Response:
        """Returns the registers, with how many records each organisation has."""
        person = self.site.guard.required(request)
        rows = [
            (one, kind, len(self._uploads.own(kind, one.id)))
            for one in self._organisations(person)
            for kind in self._uploads.kinds
        ]
        return respond(
            self.site,
            request,
            "upload_sheets",
            language,
            person=person,
            rows=rows,
            labels={kind: KINDS[kind].label for kind in self._uploads.kinds},
        )

    def page(self, request: Request, language: str) -> Response:
        """Returns the page on which a sheet is downloaded and handed in."""
        person = self.site.guard.required(request)
        wanted = request.query_params.get("organisation", "")
        return self._answer(
            request, language, person, self._asked(request, person, wanted)
        )

    def download(self, request: Request, language: str) -> Response:
        """Returns the records of an organisation as a sheet."""
        person = self.site.guard.required(request)
        wanted = request.query_params.get("organisation", "")
        asked = self._asked(request, person, wanted)
        workbook = request.query_params.get("format", "xlsx") == "xlsx"
        body = self._uploads.download(
            asked.kind, asked.organisation.id, language, workbook=workbook
        )
        return attachment(body, asked.kind, workbook=workbook)

    async def check(self, request: Request, language: str) -> Response:
        """Says what is wrong in a sheet that was sent, and what it would change."""
        return await receive(
            self.site,
            request,
            partial(self._check, request, language),
            partial(self._refused, request, language),
        )

    def _check(
        self,
        request: Request,
        language: str,
        person: Person,
        form: FormData,
        body: bytes,
    ) -> Response:
        asked = self._asked(request, person, field(form, "organisation"))
        parcel = self.site.registry.parcels.keep(person.actor, {_FILE: body})
        try:
            checked = self._checked(person, asked, parcel)
        except RegistryError as error:
            return self._refused(request, language, person, form, error)
        return self._answer(
            request,
            language,
            person,
            asked,
            status=200 if checked.sound else 422,
            checked=checked,
            parcel=parcel,
        )

    def _checked(self, person: Person, asked: Asked, parcel: str) -> Checked:
        file = self.site.registry.parcels.file(person.actor, parcel, _FILE)
        return self._uploads.check(asked.kind, asked.organisation.id, file, parcel)

    def marked(self, request: Request, language: str) -> Response:
        """Returns the sheet that was checked, with remarks."""
        person = self.site.guard.required(request)
        wanted = request.query_params.get("organisation", "")
        asked = self._asked(request, person, wanted)
        parcel = request.path_params["parcel"]
        checked = self._checked(person, asked, parcel)
        file = self.site.registry.parcels.file(person.actor, parcel, _FILE)
        body = self._uploads.marked(file, checked, language)
        return given_back(file, body, f"{asked.kind}-checked")

    async def submit(self, request: Request, language: str) -> Response:
        """Hands in what was checked."""
        person = self.site.guard.required(request)
        form = await self.site.guard.form(request)
        return await run_in_threadpool(self._submit, request, language, person, form)

    def _submit(
        self, request: Request, language: str, person: Person, form: FormData
    ) -> Response:
        asked = self._asked(request, person, field(form, "organisation"))
        parcel = field(form, "parcel")
        checked = self._checked(person, asked, parcel)
        try:
            handed_in = self._uploads.submit(
                person,
                checked,
                organisation=asked.organisation.id,
                reason=field(form, "reason"),
                whole=field(form, "mode") != "rows",
            )
        except RegistryError as error:
            return self._answer(
                request,
                language,
                person,
                asked,
                status=status_of(error),
                checked=checked,
                parcel=parcel,
                refusal=error.detail,
                reason=field(form, "reason"),
            )
        self.site.registry.parcels.discard(person.actor, parcel)
        number = handed_in[0].number if handed_in else 0
        return go(f"{self.site.base}{language}/desk?submitted={number}")

    def _organisations(self, person: Person) -> Sequence[Organisation]:
        return [
            one
            for one in self.site.registry.directory.organisations()
            if reaches(person, one.id, Role.CONTRIBUTOR)
        ]

    def _asked(self, request: Request, person: Person, organisation: str) -> Asked:
        kind = request.path_params["kind"]
        found = self._organisations(person)
        chosen = [one for one in found if one.id == organisation]
        if (
            kind not in self._uploads.kinds
            or not found
            or (organisation and not chosen)
        ):
            raise NotFound(
                "There is no such sheet for you.", "Няма такава таблица за вас."
            )
        own = [one for one in found if one.id in person.roles]
        return Asked(kind, [*chosen, *own, *found][0], found)

    def _refused(
        self,
        request: Request,
        language: str,
        person: Person,
        form: FormData,
        error: RegistryError,
    ) -> Response:
        return self._answer(
            request,
            language,
            person,
            self._asked(request, person, field(form, "organisation")),
            status=status_of_refused(error),
            refusal=error.detail,
        )

    def _answer(
        self,
        request: Request,
        language: str,
        person: Person,
        asked: Asked,
        *,
        status: int = 200,
        checked: Checked | None = None,
        parcel: str | None = None,
        refusal: Text | None = None,
        reason: str = "",
    ) -> Response:
        return respond(
            self.site,
            request,
            "upload_sheet",
            language,
            person=person,
            status=status,
            asked=asked,
            label=KINDS[asked.kind].label,
            count=len(self._uploads.own(asked.kind, asked.organisation.id)),
            columns=self._columns(asked.kind, checked),
            checked=checked,
            most=SHOWN,
            parcel=parcel,
            refusal=refusal,
            reason=reason,
        )

    def _columns(self, kind: str, checked: Checked | None) -> Mapping[str, Column]:
        if checked is None:
            return {}
        names = {edit.name for row in checked.edited for edit in row.edits}
        return {c.name: c for c in self._uploads.register(kind).columns(names)}


def add_to(website: Website, site: Site) -> None:
    """Adds the pages."""
    desk = SheetsDesk(site)
    website.add("/desk/sheets", desk.list)
    website.add("/desk/sheets/{kind}", desk.page)
    website.add("/desk/sheets/{kind}", desk.check, ["POST"])
    website.add("/desk/sheets/{kind}/download", desk.download)
    website.add("/desk/sheets/{kind}/submit", desk.submit, ["POST"])
    website.add("/desk/sheets/{kind}/marked/{parcel}", desk.marked)
