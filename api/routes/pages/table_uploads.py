"""`/{language}/desk/tables`: figures are handed in for a table.

A file is checked before anything is submitted, and need not be sent twice: what was
found sound is kept for whoever sent it. For a table with a threshold that is the table
after disclosure control and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api import handing_in
from api.handing_in import Given
from api.pages.personal import go, respond
from api.pages.uploads import (
    attachment,
    field,
    given_back,
    laid_down,
    receive,
    status_of_refused,
)
from api.problems import status_of
from api.routes.pages.website import Website
from api.site import Site
from registry.errors import RegistryError
from registry.language import Text
from registry.people import Person
from registry.statistics.structure import FLAG
from registry.table_uploads import SHOWN, Checked, TableUploads, loaded

_CHECKED, _TEXT, _FILE = "checked.json", "table.csv", "file"


@dataclass(frozen=True, slots=True)
class TablesDesk:
    """Where figures are handed in."""

    site: Site

    @property
    def _uploads(self) -> TableUploads:
        return self.site.registry.table_uploads

    def list(self, request: Request, language: str) -> Response:
        """Returns the tables that the reader may hand in figures for."""
        person = self.site.guard.required(request)
        found = [
            handing_in.given(self.site, person, one) for one in self._uploads.listed()
        ]
        return respond(
            self.site,
            request,
            "upload_tables",
            language,
            person=person,
            tables=[one for one in found if one.organisations],
        )

    def page(self, request: Request, language: str) -> Response:
        """Returns the page on which a file is handed in."""
        person = self.site.guard.required(request)
        return self._answer(request, language, person, self._asked(request, person))

    def template(self, request: Request, language: str) -> Response:
        """Returns the file to be filled in."""
        person = self.site.guard.required(request)
        table = self._asked(request, person)
        workbook = request.query_params.get("format", "xlsx") == "xlsx"
        body = self._uploads.template(
            table.key,
            language,
            workbook=workbook,
            filled=request.query_params.get("filled") == "1",
        )
        return attachment(body, table.key, workbook=workbook)

    async def check(self, request: Request, language: str) -> Response:
        """Checks a file that was sent, and says what is wrong and what would change."""
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
        table = self._asked(request, person)
        part = field(form, "scope") != "whole"
        with laid_down(body) as file:
            try:
                checked = self._uploads.check(table.key, file, part=part)
            except RegistryError as error:
                return self._refused(request, language, person, form, error)
            wanted = field(form, "action") == "marked"
            if wanted and not checked.sound and checked.markable:
                marked = self._uploads.marked(file, checked, language)
                return given_back(file, marked, f"{table.key}-checked")
        files = self._kept(table, checked, body)
        parcel = ""
        if files:
            parcel = self.site.registry.parcels.keep(person.actor, files)
        return self._answer(
            request,
            language,
            person,
            table,
            status=200 if checked.sound else 422,
            checked=checked,
            parcel=parcel,
        )

    def _kept(
        self, table: Given, checked: Checked, body: bytes
    ) -> Mapping[str, bytes] | None:
        """Returns what is kept of a file, if anything is."""
        if table.structure.threshold is None:
            return {_CHECKED: checked.dumped(), _TEXT: checked.text, _FILE: body}
        # Faults show cells as they were handed in, so they are not kept either.
        sound = {_CHECKED: checked.dumped(), _TEXT: checked.text}
        return sound if checked.sound else None

    def marked(self, request: Request, language: str) -> Response:
        """Returns the file that was checked, with remarks."""
        person = self.site.guard.required(request)
        table = self._asked(request, person)
        parcel = request.path_params["parcel"]
        checked = self._loaded(person, parcel)
        file = self.site.registry.parcels.file(person.actor, parcel, _FILE)
        body = self._uploads.marked(file, checked, language)
        return given_back(file, body, f"{table.key}-checked")

    async def submit(self, request: Request, language: str) -> Response:
        """Hands in what was checked."""
        person = self.site.guard.required(request)
        form = await self.site.guard.form(request)
        return await run_in_threadpool(self._submit, request, language, person, form)

    def _submit(
        self, request: Request, language: str, person: Person, form: FormData
    ) -> Response:
        table = self._asked(request, person)
        parcel = field(form, "parcel")
        checked = self._loaded(person, parcel)
        try:
            submitted = handing_in.submit(
                self.site,
                person,
                table,
                checked,
                organisation=field(form, "organisation"),
                reason=field(form, "reason"),
            )
        except RegistryError as error:
            return self._answer(
                request,
                language,
                person,
                table,
                status=status_of(error),
                checked=checked,
                parcel=parcel,
                refusal=error.detail,
                reason=field(form, "reason"),
            )
        self.site.registry.parcels.discard(person.actor, parcel)
        number = submitted[0].number if submitted else 0
        return go(f"{self.site.base}{language}/desk?submitted={number}")

    def _loaded(self, person: Person, parcel: str) -> Checked:
        parcels = self.site.registry.parcels
        return loaded(
            parcels.file(person.actor, parcel, _CHECKED).read_bytes(),
            parcels.file(person.actor, parcel, _TEXT).read_bytes(),
        )

    def _asked(self, request: Request, person: Person) -> Given:
        return handing_in.asked(self.site, person, request.path_params["key"])

    def _refused(
        self,
        request: Request,
        language: str,
        person: Person,
        _: FormData,
        error: RegistryError,
    ) -> Response:
        return self._answer(
            request,
            language,
            person,
            self._asked(request, person),
            status=status_of_refused(error),
            refusal=error.detail,
        )

    def _answer(
        self,
        request: Request,
        language: str,
        person: Person,
        table: Given,
        *,
        status: int = 200,
        checked: Checked | None = None,
        parcel: str | None = None,
        refusal: Text | None = None,
        reason: str = "",
    ) -> Response:
        lists = self._uploads.names.of(table.structure)
        names = {name: found.names for name, found in lists.items()}
        columns = {
            component["column"]: component.get("label", {})
            for component in table.document["structure"]["component"]
            if "column" in component
        }
        return respond(
            self.site,
            request,
            "upload_table",
            language,
            person=person,
            status=status,
            table=table,
            title_of_table=table.document.get("title", {}),
            dimensions=[d.id for d in table.structure.dimensions],
            columns=columns,
            names=names,
            flags=names.get(FLAG, {}),
            checked=checked,
            most=SHOWN,
            parcel=parcel,
            refusal=refusal,
            reason=reason,
        )


def add_to(website: Website, site: Site) -> None:
    """Adds the pages."""
    desk = TablesDesk(site)
    website.add("/desk/tables", desk.list)
    website.add("/desk/tables/{key}", desk.page)
    website.add("/desk/tables/{key}", desk.check, ["POST"])
    website.add("/desk/tables/{key}/template", desk.template)
    website.add("/desk/tables/{key}/submit", desk.submit, ["POST"])
    website.add("/desk/tables/{key}/marked/{parcel}", desk.marked)
