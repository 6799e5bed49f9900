"""`/tables/{key}/submissions`: figures are handed in by programs.

The file is the body. It is checked as one that comes with a form, and with `dry-run`
nothing is handed in.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import body, handing_in, members, openapi, submission
from api.catalogue import check_names
from api.members import JSON
from api.pages.uploads import SIZE, laid_down
from api.site import Site
from registry.credentials import Scope
from registry.errors import DatasetRefused
from registry.people import Person
from registry.statistics.reading import CSV, XLSX
from registry.table_uploads import Checked

PARAMETERS = ("organisation", "reason", "scope", "dry-run", "lang")
SCOPES = ("part", "whole")


def told(checked: Checked) -> Mapping[str, Any]:
    """Returns what came of a file, as JSON has it; cells of the difference are few."""
    return {
        "table": checked.key,
        "basedOn": checked.based_on,
        "scope": SCOPES[not checked.part],
        "rows": checked.rows,
        "unchanged": checked.unchanged,
        "difference": dict(checked.totals),
        "withheld": None if checked.withheld is None else dict(checked.withheld),
    }


def faults(checked: Checked) -> list[Mapping[str, Any]]:
    """Returns everything that is wrong with a file."""
    return [
        {
            "line": fault.line,
            "column": fault.column,
            "rule": fault.rule,
            "value": fault.value,
            "message": dict(fault.message),
        }
        for fault in checked.faults
    ]


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the route."""

    async def submit(request: Request) -> Response:
        """Hands in a file of figures, as CSV or as a workbook, in the body.

        With `scope=part` the places and periods that the file lacks stay as they are;
        with `scope=whole` they are removed. Nothing is handed in if the file has a
        fault or changes nothing, or with `dry-run`. Of a table with a threshold
        nothing but the protected table is kept.
        """
        person = await run_in_threadpool(site.guard.sender, request, Scope.SUBMIT)
        check_names(request, PARAMETERS)
        scope = request.query_params.get("scope", SCOPES[0])
        if scope not in SCOPES:
            raise members.bad("scope", ", ".join(SCOPES), ", ".join(SCOPES))
        sent = await body.read(request, SIZE)
        return await run_in_threadpool(_submitted, site, request, person, sent)

    openapi.poster(app, "submissions")(
        "/tables/{key}/submissions",
        submit,
        summary="Hand in the figures of a table, or see what would become of them",
        created=True,
        parameters=[
            openapi.KEY,
            openapi.text("organisation", "query", "On whose behalf."),
            openapi.text("reason", "query", "What the reviewer should know."),
            openapi.choice("scope", "query", SCOPES, "What the file replaces."),
            openapi.text("dry-run", "query", "Only says what would happen."),
            openapi.LANG,
        ],
        body={CSV: {"type": "string"}, XLSX: {"type": "string", "format": "binary"}},
        responses=openapi.answered((JSON,), 400, 401, 403, 404, 412, 413, 422, 429),
    )


def _submitted(site: Site, request: Request, person: Person, sent: bytes) -> Response:
    asked = request.query_params
    table = handing_in.asked(site, person, request.path_params["key"])
    with laid_down(sent) as file:
        part = asked.get("scope", SCOPES[0]) == SCOPES[0]
        checked = site.registry.table_uploads.check(table.key, file, part=part)
    if not checked.sound:
        raise DatasetRefused(
            f"The file has {checked.count} faults; nothing was handed in.",
            f"Във файла има {checked.count} грешки; нищо не беше подадено.",
            extra={"faults": faults(checked)},
        )
    if "dry-run" in asked or checked.unchanged:
        return members.answer({"check": told(checked), "submissions": []})
    made = handing_in.submit(
        site,
        person,
        table,
        checked,
        organisation=asked.get("organisation", table.organisations[0].id),
        reason=asked.get("reason", ""),
    )
    iris = site.registry.iris
    return members.answer(
        {
            "check": told(checked),
            "submissions": [submission.told(one, iris) for one in made],
        },
        201,
        location=submission.address(iris, made[0].number),
    )
