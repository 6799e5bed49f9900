"""`/{language}/desk/tables`: figures are handed in for a table.

A file is checked before anything is submitted, and need not be sent twice: what was
found sound is kept for whoever sent it. For a table with a threshold that is the table
after disclosure control and nothing else.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api.pages.signed import seen, signed
from api.pages.uploads import (
    SIZE,
    attachment,
    body_of,
    field,
    given_back,
    laid_down,
)
from api.problems import status_of
from api.routes.pages.website import Website
from api.site import Site
from registry.desk import Channel
from registry.errors import BadParameter, NotAllowed, RegistryError
from registry.intake import Proposed
from registry.people import Organisation, Person
from registry.policy import State, Subject, Verb, allowed
from registry.record import Version
from registry.statistics import description
from registry.statistics.structure import FLAG, Structure
from registry.table_uploads import SHOWN, Checked, TableUploads, loaded

_CHECKED, _TEXT, _FILE = "checked.json", "table.csv", "file"


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as its page shows it.

    Attributes:
        version: as published.
        document: of its record.
        structure: of the table.
        organisations: for which the reader may hand in figures.
    """

    version: Version
    document: Mapping[str, Any]
    structure: Structure
    organisations: Sequence[Organisation]

    @property
    def key(self) -> str:
        """The key of its record."""
        return self.version.head.record.key


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
        found = [self._shown(person, one) for one in self._uploads.listed()]
        return signed(
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
        person = self.site.guard.required(request)
        form = await self.site.guard.form(request, size=SIZE, files=1)
        try:
            body = await body_of(form)
        except BadParameter as error:
            return await run_in_threadpool(
                self._refused, request, language, person, error
            )
        finally:
            await form.close()
        return await run_in_threadpool(
            self._check, request, language, person, form, body
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
                return self._refused(request, language, person, error)
            if field(form, "action") == "marked" and not checked.sound:
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
        self, table: Shown, checked: Checked, body: bytes
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
        registry = self.site.registry
        try:
            document = self._uploads.document(checked)
            proposals = registry.intake.propose(
                [Proposed(table.version.head.record, document)]
            )
            organisation = field(form, "organisation")
            handed_in = registry.intake.submit(
                person,
                proposals,
                organisation=organisation,
                channel=Channel.TABLE,
                reason=field(form, "reason"),
                provenance=self._uploads.provenance(
                    checked, self._sources(organisation)
                ),
                guest=table.structure.threshold is not None,
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
        registry.parcels.discard(person.actor, parcel)
        number = handed_in[0].number if handed_in else 0
        return seen(f"{self.site.base}{language}/desk?submitted={number}")

    def _sources(self, organisation: str) -> Sequence[str]:
        """Returns the organisation's own entry: it is who says so."""
        found = self.site.registry.directory.organisation(organisation)
        record = found.record if found else None
        return [self.site.registry.iris.thing(record)] if record else []

    def _loaded(self, person: Person, parcel: str) -> Checked:
        parcels = self.site.registry.parcels
        return loaded(
            parcels.file(person.actor, parcel, _CHECKED).read_bytes(),
            parcels.file(person.actor, parcel, _TEXT).read_bytes(),
        )

    def _asked(self, request: Request, person: Person) -> Shown:
        table = self._shown(person, self._uploads.version(request.path_params["key"]))
        if not table.organisations:
            raise NotAllowed(
                "Figures for this table are handed in by another organisation.",
                "Данните за тази таблица се подават от друга организация.",
            )
        return table

    def _shown(self, person: Person, version: Version) -> Shown:
        document = json.loads(version.content.document)
        structure = description.structure_of(document)
        registry = self.site.registry
        steward = registry.directory.steward(version.head.record)
        # A table with a threshold waits for the figures of every organisation.
        state = State.PUBLISHED if structure.threshold is None else State.NEW
        organisations = [
            one
            for one in registry.directory.organisations()
            if (state is State.NEW or one.id == steward)
            and allowed(person, Verb.SUBMIT, Subject(state, one.id))
        ]
        return Shown(version, document, structure, organisations)

    def _refused(
        self, request: Request, language: str, person: Person, error: RegistryError
    ) -> Response:
        return self._answer(
            request,
            language,
            person,
            self._asked(request, person),
            status=422 if isinstance(error, BadParameter) else status_of(error),
            refusal=error.detail,
        )

    def _answer(
        self,
        request: Request,
        language: str,
        person: Person,
        table: Shown,
        *,
        status: int = 200,
        checked: Checked | None = None,
        **values: object,
    ) -> Response:
        lists = self._uploads.names.of(table.structure)
        names = {name: found.names for name, found in lists.items()}
        columns = {
            component["column"]: component.get("label", {})
            for component in table.document["structure"]["component"]
            if "column" in component
        }
        return signed(
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
            **values,
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
