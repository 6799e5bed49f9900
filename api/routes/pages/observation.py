"""`/{language}/table/{key}/{codes}`: one figure, and where it comes from."""

import json
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.pages import cells
from api.pages.code_names import CodeNames
from api.pages.facts import name_of
from api.routes.observations import OFFERS, Found, Observations
from api.routes.pages.website import Website
from api.routes.records import HTML, asked
from api.site import Site
from registry.iris import RecordId
from registry.language import Chosen, Text
from registry.record import Version
from registry.statistics.description import KIND, OPERANDS
from registry.statistics.labels import Names
from registry.statistics.slices import Cubes
from registry.statistics.structure import FLAG, VALUE, Role
from registry.views import cube


@dataclass(frozen=True, slots=True)
class Fact:
    """A dimension of the figure, and what it is there.

    Attributes:
        link: of the code's thing, if it has one.
    """

    dimension: Chosen
    code: Chosen
    link: str | None


@dataclass(frozen=True, slots=True)
class Operand:
    """A figure that this one was worked out from.

    Attributes:
        role: what it is in the calculation.
        iri: of the figure.
        key: of it in its table.
        title: of its table.
    """

    role: Chosen
    iri: str
    key: str
    title: Chosen


@dataclass(frozen=True, slots=True)
class ObservationPages:
    """The pages of the observations of one registry's tables."""

    site: Site
    observations: Observations

    def page(self, request: Request, language: str) -> Response:
        """Returns the page of an observation."""
        state = asked(request)
        found = self.observations.found(request, request.path_params["codes"], state)
        iris, head = self.site.registry.iris, found.version.head
        now = self.site.registry.journal.head(head.record)
        names = CodeNames(
            found.structure, found.caption, self.site.web.languages[language]
        )
        row = dict(zip(found.structure.columns, found.row, strict=True))
        value, flag = row[VALUE], row.get(FLAG) or ""
        (time,) = (d.id for d in found.structure.dimensions if d.role is Role.TIME)
        document = self.observations.document_iri(found)
        return self.site.web.respond(
            request,
            "observation",
            language,
            key=head.record.key,
            head=head,
            outdated=bool(now and now.version > head.version),
            caption=found.caption,
            value=None if value is None else cells.number(value, names.language),
            unit=names.said(found.caption.unit[1], found.caption.unit[0]),
            period=names.period(str(row[time])),
            facts=self._facts(found, names),
            flag=flag,
            meaning=cells.meaning(flag, found.caption.flags, language),
            operands=self._operands(found, names),
            series=_series(found, time),
            thing_iri=cube.observation_iri(head.record, found.key, iris),
            suffix=state.suffix,
            files=[
                (offer.media_type, f"{document}.{offer.extension}{state.suffix}")
                for offer in OFFERS
                if offer is not HTML
            ],
        )

    def _facts(self, found: Found, names: CodeNames) -> list[Fact]:
        codes = zip(found.structure.dimensions, found.row, strict=False)
        return [
            Fact(
                names.column(dimension.id),
                names.code(dimension.id, str(code)),
                cube.code_iri(dimension, str(code), self.site.registry.iris),
            )
            for dimension, code in codes
        ]

    def _operands(self, found: Found, names: CodeNames) -> list[Operand]:
        registry, structure = self.site.registry, found.structure
        codes = [str(code) for code in found.row[: len(structure.dimensions)]]
        made = []
        for role, iri in zip(
            OPERANDS, cube.cells(codes, structure, registry.iris), strict=False
        ):
            table, _, key = iri.rpartition("/")
            record = RecordId(KIND, table.rpartition("/")[2])
            version = registry.journal.current(record)
            title = _title(version) if version else {}
            made.append(
                Operand(
                    names.said(OPERANDS[role], role),
                    iri,
                    key,
                    names.said(title, record.key),
                )
            )
        return made


def _series(found: Found, time: str) -> dict[str, str]:
    """Returns what the table is asked for to show a figure over time."""
    codes = zip(found.structure.dimensions, found.row, strict=False)
    return {d.id: str(code) for d, code in codes if d.id != time}


def _title(version: Version) -> Text:
    return name_of(json.loads(version.content.document))


def add_to(website: Website, site: Site, cubes: Cubes, names: Names) -> None:
    """Adds the pages of observations."""
    pages = ObservationPages(site, Observations(site, cubes, names))
    website.add("/table/{key}/{codes}", pages.page)
