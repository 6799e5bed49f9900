"""How the routes are described at `/openapi.json`.

Routes take the request as it is, because no model has to be made on the hot
path; what they take and answer is therefore written down here.

**Source:** OpenAPI Specification 3.1.0.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from api.negotiation import Offer
from registry.iris import KEY as KEY_PATTERN
from registry.kinds import KINDS
from registry.language import LANGUAGES

Endpoint = Callable[[Request], Awaitable[Response]]
Parameter = Mapping[str, Any]
Responses = dict[int | str, dict[str, Any]]


def text(name: str, where: str, description: str, **schema: object) -> dict[str, Any]:
    """Returns the description of a parameter that is a text."""
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "description": description,
        "schema": {"type": "string", **schema},
    }


def choice(
    name: str, where: str, values: Sequence[str], description: str
) -> dict[str, Any]:
    """Returns the description of a parameter with few possible values."""
    return text(name, where, description, enum=list(values))


KIND = choice("kind", "path", tuple(KINDS), "The kind of record.")
KEY = text(
    "key",
    "path",
    "The key of the record within its kind; it never changes.",
    pattern="^" + KEY_PATTERN.pattern.replace(r"\Z", "$"),
)
LANG = choice(
    "lang", "query", LANGUAGES, "Language of pages; wins over `Accept-Language`."
)
STATE: Sequence[Parameter] = (
    text("version", "query", "A version by its number, from 1 on."),
    text(
        "asOf",
        "query",
        "The record as it was published at a moment: an RFC 3339 date and time "
        "with its zone, or a date, which means its end in UTC.",
    ),
    choice("view", "query", ("record",), "`record` adds the register item."),
)

_PROBLEM = {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
    "text/html": {"schema": {"type": "string"}},
}
_MEANINGS = {
    202: "It is worked on in the background, at the address in `Location`.",
    204: "It is done.",
    206: "The part that was asked for.",
    304: "The reader already has it.",
    400: "Something in the request cannot be understood.",
    401: "It is not known who asks.",
    403: "Whoever asks may not do this.",
    404: "There is no such record, version or document.",
    406: "None of the formats asked for is on offer.",
    410: "The record was retired; the problem holds its tombstone.",
    412: "The record changed in the meantime; the problem shows both versions.",
    413: "The body is longer than the limit.",
    415: "The body is of a type that is not read here.",
    416: "The part that was asked for lies behind the end.",
    422: "What was sent breaks a rule, or the answer is larger than the limit.",
    429: "The client has used up what it may within a minute; see `Retry-After`.",
    503: "The query was stopped at its limit, or the engine cannot answer now.",
}

PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "A problem document (RFC 9457) in the language of the reader.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
    },
    "additionalProperties": True,
}
"""The body of every refusal."""


def answered(offers: Sequence[Offer], *others: int) -> Responses:
    """Returns the responses of a route that answers with one of the offers."""
    content = {offer.media_type: {"schema": {"type": "string"}} for offer in offers}
    return {200: {"description": "The answer.", "content": content}} | other(others)


def redirected(*others: int) -> Responses:
    """Returns the responses of a route that answers 303."""
    return {303: {"description": "See the document."}} | other(others)


def other(statuses: Sequence[int]) -> Responses:
    """Returns the responses of a route that need no list of formats."""
    return {
        status: {"description": _MEANINGS[status]}
        | ({} if status < 400 else {"content": _PROBLEM})
        for status in statuses
    }


class Adder(Protocol):
    """Adds a route for `GET`, with its description."""

    def __call__(
        self,
        path: str,
        endpoint: Endpoint,
        *,
        summary: str,
        responses: Responses,
        parameters: Sequence[Parameter] = (),
        hot: bool = False,
    ) -> None:
        """Adds the route.

        A hot one is added as a plain route too, which is tried first and spares
        each request the solving of dependencies that it does not have.
        """


def getter(app: FastAPI, tag: str) -> Adder:
    """Returns a function that adds described routes to the application."""

    def add(
        path: str,
        endpoint: Endpoint,
        *,
        summary: str,
        responses: Responses,
        parameters: Sequence[Parameter] = (),
        hot: bool = False,
    ) -> None:
        if hot:
            app.add_route(path, endpoint, methods=["GET"], include_in_schema=False)
        described = responses.get(200)
        app.add_api_route(
            path,
            endpoint,
            methods=["GET"],
            tags=[tag],
            summary=summary,
            description=(endpoint.__doc__ or "").strip(),
            response_class=Response,
            status_code=200 if described else 303,
            responses=responses,
            openapi_extra={"parameters": list(parameters)},
        )

    return add


class Poster(Protocol):
    """Adds a route for `POST`, with its description."""

    def __call__(
        self,
        path: str,
        endpoint: Endpoint,
        *,
        summary: str,
        responses: Responses,
        body: Mapping[str, Any],
        parameters: Sequence[Parameter] = (),
        created: bool = False,
    ) -> None:
        """Adds the route.

        Args:
            path: of the route.
            endpoint: answers it.
            summary: in a few words.
            responses: see `answered`.
            body: the schema of what is sent, by its media type.
            parameters: of the address and the head.
            created: whether something new has an address afterwards.
        """


def poster(app: FastAPI, tag: str) -> Poster:
    """Returns a function that adds described routes for `POST`."""

    def add(
        path: str,
        endpoint: Endpoint,
        *,
        summary: str,
        responses: Responses,
        body: Mapping[str, Any],
        parameters: Sequence[Parameter] = (),
        created: bool = False,
    ) -> None:
        new: Responses = {}
        if created:
            new[201] = {**responses[200], "description": "It was made."}
        app.add_api_route(
            path,
            endpoint,
            methods=["POST"],
            tags=[tag],
            summary=summary,
            description=(endpoint.__doc__ or "").strip(),
            response_class=Response,
            responses=responses | new,
            openapi_extra={
                "parameters": list(parameters),
                "requestBody": {
                    "content": {
                        name: {"schema": schema} for name, schema in body.items()
                    }
                },
            },
        )

    return add


def describe_problems(app: FastAPI) -> None:
    """Adds the schema of problem documents to the description of the application."""
    described = app.openapi

    def with_problems() -> dict[str, Any]:
        document = described()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = dict(PROBLEM_SCHEMA)
        return document

    # FastAPI documents replacing this method as the way to extend the description.
    app.openapi = with_problems  # type: ignore[method-assign]
