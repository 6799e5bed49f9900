"""`/api/3/action/…`: the datasets for harvesters that speak CKAN, read-only.

**Source:** CKAN 2.10, API guide. Errors have CKAN's own shape, because that is
what its clients read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, identity, openapi
from api.body import read
from api.caching import UNSTORED
from api.negotiation import Offer
from api.site import Site
from registry.language import Text
from registry.views.ckan.actions import ACTIONS, Portal
from registry.views.ckan.faults import FaultError, Kind
from registry.views.ckan.shelf import Shelf
from registry.views.dcat.agents import contact_iri

JSON = Offer("json", "application/json")
FORM = "application/x-www-form-urlencoded"

BODY_CAP = 16 * 1024
"""Bytes that a body may have."""
FIELD_CAP = 64
"""Parameters that a request may have."""

_STATUS: Mapping[Kind, int] = MappingProxyType(
    {Kind.NOT_FOUND: 404, Kind.SEARCH_QUERY: 400, Kind.VALIDATION: 409}
)

ARGUMENTS = {
    "id": "Name or id of a dataset, for `package_show`.",
    "q": "Words, or clauses as in `fq`, for `package_search`.",
    "fq": "Clauses such as `metadata_modified:[2026-01-01T00:00:00Z TO *]`.",
    "sort": "`metadata_modified`, `name` or `title`, with `asc` or `desc`.",
    "rows": "How many datasets at most, up to 1000.",
    "start": "How many datasets are left out before them.",
    "limit": "How many names at most, for `package_list`.",
    "offset": "How many names are left out before them.",
    "name": "Name of an action, for `help_show`.",
}
"""The parameters of all actions."""


class _Unread(Exception):  # noqa: N818 - the body, not the program, is at fault
    """The parameters cannot be read."""


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions over one registry."""

    base: str
    portal: Portal

    async def get(self, request: Request) -> Response:
        """Carries out an action, its parameters in the address."""
        action = request.path_params["action"]
        if action not in ACTIONS:
            return _refused(f"Action name not known: {action}")
        try:
            given = _fields(request.scope["query_string"])
        except _Unread as unread:
            return _refused(str(unread))
        return await run_in_threadpool(self._done, request, action, given)

    async def post(self, request: Request) -> Response:
        """Carries out an action, its parameters as JSON or as a form."""
        action = request.path_params["action"]
        body = await read(request, BODY_CAP)
        if action not in ACTIONS:
            return _refused(f"Action name not known: {action}")
        media_type = request.headers.get("content-type", "").partition(";")[0]
        try:
            given = _fields(body) if media_type.strip() == FORM else _json(body)
        except _Unread as unread:
            return _refused(str(unread))
        return await run_in_threadpool(self._done, request, action, given)

    def _done(
        self, request: Request, action: str, given: Mapping[str, Any]
    ) -> Response:
        help_ = f"{self.base}api/3/action/help_show?name={action}"
        try:
            result = ACTIONS[action](self.portal, given)
        except FaultError as fault:
            refused = {"help": help_, "success": False, "error": fault.error}
            return _written(refused, _STATUS[fault.kind])
        answer = {"help": help_, "success": True, "result": result}
        if request.method == "POST":
            return _written(answer, 200)
        return caching.respond(request, _body(answer), _headers())


def _fields(data: bytes) -> Mapping[str, Any]:
    """Returns parameters; one that is given more than once is a list."""
    try:
        pairs = parse_qsl(data.decode(), errors="strict", max_num_fields=FIELD_CAP)
    except ValueError as error:
        raise _Unread(f"Request data Error: {error}") from error
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: each[0] if len(each) == 1 else each for name, each in found.items()}


def _json(data: bytes) -> Mapping[str, Any]:
    try:
        given = json.loads(data or b"{}")
    except (ValueError, RecursionError) as error:
        raise _Unread(
            f"JSON Error: Error decoding JSON data. Error: {error}"
        ) from error
    if not isinstance(given, dict):
        raise _Unread("JSON Error: Request data JSON needs to be a dictionary.")
    return given


def _refused(reason: str) -> Response:
    return _written(f"Bad request - {reason}", 400)


def _written(answer: object, status: int) -> Response:
    headers = {**_headers(), "Cache-Control": UNSTORED}
    return Response(_body(answer), status_code=status, headers=headers)


def _headers() -> dict[str, str]:
    return {"Content-Type": f"{JSON.media_type};charset=utf-8"}


def _body(answer: object) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()


def _names(site: Site) -> Mapping[str, Text]:
    """Returns how publishers and the contact are called, by their IRIs."""
    definition, iris = site.registry.definition, site.registry.iris
    creators = {
        definition.agent_iri(key, iris): agent.name.text
        for key, agent in definition.creators.items()
    }
    publisher = definition.publisher.name.text
    return creators | {
        definition.publisher_iri(iris): publisher,
        contact_iri(iris): publisher,
    }


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of the actions."""
    registry = site.registry
    actions = Actions(
        site.base,
        Portal(
            shelf=Shelf(registry.catalogue, registry.iris, _names(site)),
            base=site.base,
            title=identity.NAME,
            description=identity.PURPOSE,
            contact=registry.settings.site.contact,
        ),
    )
    action = openapi.choice("action", "path", tuple(ACTIONS), "The action.")
    answers: openapi.Responses = {
        **openapi.answered((JSON,), 304),
        **{
            status: {
                "description": "A refusal in the shape that CKAN gives it.",
                "content": {JSON.media_type: {"schema": {"type": "object"}}},
            }
            for status in sorted(_STATUS.values())
        },
    }
    for path in ("/api/3/action/{action}", "/api/action/{action}"):
        openapi.getter(app, "catalogue")(
            path,
            actions.get,
            summary="Carry out an action of CKAN",
            parameters=[
                action,
                *(
                    openapi.text(n, "query", meaning)
                    for n, meaning in ARGUMENTS.items()
                ),
            ],
            responses=answers,
        )
        app.add_api_route(
            path,
            actions.post,
            methods=["POST"],
            tags=["catalogue"],
            summary="Carry out an action of CKAN, its parameters in the body",
            response_class=Response,
            responses=answers | openapi.answered((JSON,), 413, 415),
            openapi_extra={
                "parameters": [action],
                "requestBody": {
                    "content": {
                        JSON.media_type: {"schema": {"type": "object"}},
                        FORM: {"schema": {"type": "object"}},
                    },
                },
            },
        )
