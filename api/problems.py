"""Refusals as problem documents: the one table of error class to HTTP status.

**Source:** RFC 9457 (problem details); RFC 9110, section 15 (status codes).
"""

import json
import logging
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.caching import UNSTORED
from api.negotiation import Offer, choose
from api.pages.addresses import split
from api.pages.site import SitePages
from api.problem_texts import HELP
from registry import errors, logs, storage
from registry.errors import NotAcceptable, RegistryError
from registry.language import LANGUAGES, Text

log = logging.getLogger(__name__)

STATUS: Mapping[type[RegistryError], int] = MappingProxyType(
    {
        RegistryError: 500,
        errors.NotFound: 404,
        errors.Gone: 410,
        errors.NotAcceptable: 406,
        errors.UnknownProfile: 406,
        # The base version is a precondition of the change, as `If-Match` is.
        errors.Conflict: 412,
        errors.NotAllowed: 403,
        errors.Unauthenticated: 401,
        errors.Forged: 403,
        errors.Expired: 410,
        errors.TooMany: 429,
        errors.Invalid: 422,
        errors.MalformedDocument: 400,
        errors.Lossy: 422,
        errors.ShapesViolated: 422,
        errors.BadParameter: 400,
        errors.DatasetRefused: 422,
        errors.QueryMalformed: 400,
        errors.QueryRefused: 400,
        errors.QueryTimeout: 503,
        # 413 speaks of the request; this request is fine, its answer is too long.
        errors.ResultTooLarge: 422,
        errors.EngineUnavailable: 503,
        errors.Busy: 503,
        errors.StorageUnavailable: 503,
        errors.Misconfigured: 500,
    }
)
"""The status of each error; nothing else in the product knows one."""

RETRY_AFTER: Mapping[type[RegistryError], int] = MappingProxyType(
    {errors.EngineUnavailable: 5, errors.Busy: 5, errors.StorageUnavailable: 30}
)
"""Seconds after which trying again may help; a query that ran too long runs too
long again, so `QueryTimeout` is not here."""


class HttpError(Exception):
    """A refusal that only HTTP knows, with its own status and headers."""

    slug: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[Text]

    def __init__(
        self, detail: Text, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail["en"])
        self.detail = detail
        self.headers = headers or {}


class MethodNotAllowed(HttpError):  # noqa: N818 - the base says Error
    """The address exists, but not with this method."""

    slug = "method-not-allowed"
    status = 405
    title: ClassVar[Text] = {
        "en": "This address does not take this method",
        "bg": "Този адрес не приема такъв метод",
    }


class ContentTooLarge(HttpError):  # noqa: N818 - the base says Error
    """The body is longer than a published limit; the rest of it was not read."""

    slug = "content-too-large"
    status = 413
    title: ClassVar[Text] = {
        "en": "What was sent is too long",
        "bg": "Изпратеното е твърде дълго",
    }


class UnsupportedMediaType(HttpError):  # noqa: N818 - the base says Error
    """The body is of a type that the address does not read."""

    slug = "unsupported-media-type"
    status = 415
    title: ClassVar[Text] = {
        "en": "This address does not read bodies of this type",
        "bg": "Този адрес не приема съдържание от такъв тип",
    }


class RangeNotSatisfiable(HttpError):  # noqa: N818 - the base says Error
    """The part that was asked for lies behind the end of the file."""

    slug = "range-not-satisfiable"
    status = 416
    title: ClassVar[Text] = {
        "en": "The file has no such part",
        "bg": "Файлът няма такава част",
    }


class Misdirected(HttpError):  # noqa: N818 - the base says Error
    """The request is for a host that is not ours."""

    slug = "misdirected"
    status = 421
    title: ClassVar[Text] = {
        "en": "This is not the host that the request is for",
        "bg": "Заявката е предназначена за друг хост",
    }


class HeadersTooLarge(HttpError):  # noqa: N818 - the base says Error
    """The headers are more, or longer, than is read."""

    slug = "headers-too-large"
    status = 431
    title: ClassVar[Text] = {
        "en": "The headers of the request are too long",
        "bg": "Заглавките на заявката са твърде дълги",
    }


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem, as its page describes it."""

    slug: str
    status: int
    title: Text
    help: Text


def kinds() -> Mapping[str, Kind]:
    """Returns every kind of problem by its slug, in the order of the statuses."""
    found = [
        *((error.slug, status, error.title) for error, status in STATUS.items()),
        *((kind.slug, kind.status, kind.title) for kind in HttpError.__subclasses__()),
    ]
    return {
        slug: Kind(slug, status, title, HELP[slug])
        for slug, status, title in sorted(found, key=lambda row: (row[1], row[0]))
    }


def status_of(error: RegistryError) -> int:
    """Returns the status of an error: that of the nearest class in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


PROBLEM = Offer("json", "application/problem+json")
HTML = Offer("html", "text/html")
_OFFERS = (PROBLEM, Offer("json", "application/json"), HTML)


@dataclass(frozen=True, slots=True)
class Problem:
    """What goes wrong in one request, ready to be written in either form."""

    slug: str
    status: int
    title: Text
    detail: Text
    extra: Mapping[str, object]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problems:
    """Writes problems under one base, for people and for programs."""

    base: str
    pages: SitePages

    def of_error(self, request: Request, error: Exception) -> Response:
        """Answers an error of the domain."""
        assert isinstance(error, RegistryError)  # noqa: S101 - registered for it alone
        if isinstance(error, errors.Unauthenticated) and request.method == "GET":
            language, _ = split(request.scope["path"], tuple(self.pages.languages))
            if language:
                return self._to_log_in(request, language)
        return self.respond(
            request,
            Problem(
                slug=error.slug,
                status=status_of(error),
                title=error.title,
                detail=error.detail,
                extra=error.extra,
                headers=_headers(error),
            ),
        )

    def of_refusal(self, request: Request, error: Exception) -> Response:
        """Answers a refusal that only HTTP knows."""
        assert isinstance(error, HttpError)  # noqa: S101 - registered for it alone
        return self.respond(
            request,
            Problem(
                error.slug, error.status, error.title, error.detail, {}, error.headers
            ),
        )

    def of_framework(self, request: Request, error: Exception) -> Response:
        """Answers what the framework refuses by itself, in the same form."""
        if isinstance(error, RequestValidationError):
            return self.of_error(request, _misunderstood())
        assert isinstance(error, HTTPException)  # noqa: S101 - the only other one
        if error.status_code == MethodNotAllowed.status:
            return self.of_refusal(request, _method(request))
        if error.status_code == STATUS[errors.NotFound]:
            return self.of_error(request, _no_route())
        return self.of_error(request, _misunderstood())

    def of_failure(self, request: Request, reference: str) -> Response:
        """Answers a failure of our own, saying nothing of the inside."""
        failure = RegistryError(
            f"It has been logged under the number {reference}.",
            f"Записана е при нас под номер {reference}.",
            extra={"reference": reference},
        )
        return self.of_error(request, failure)

    def respond(self, request: Request, problem: Problem) -> Response:
        """Returns the problem document, or its page for a browser."""
        if _reader_offer(request) is HTML:
            return self._page(request, problem)
        tongue = _data_language(self.pages.reader_language(request))
        document: dict[str, object] = {
            "type": f"{self.base}problems/{problem.slug}",
            "title": problem.title[tongue],
            "status": problem.status,
            "detail": problem.detail[tongue],
            "instance": quote(request.scope["path"]),
        }
        document = document | {**problem.extra, **document}
        body = json.dumps(document, ensure_ascii=False, default=str).encode()
        return _answer(problem, body, PROBLEM, tongue)

    def _to_log_in(self, request: Request, language: str) -> Response:
        """Sends the reader of a page to log in, and back to it afterwards."""
        query = request.scope["query_string"].decode("latin-1")
        wanted = quote(request.scope["path"]) + (f"?{query}" if query else "")
        login = self.pages.addresses(language).page("account/login", next=wanted)
        headers = {"Cache-Control": UNSTORED}
        return RedirectResponse(login, status_code=303, headers=headers)

    def _page(self, request: Request, problem: Problem) -> Response:
        tongue = self.pages.reader_language(request)
        body = self.pages.render(
            "problem", request, tongue, problem=problem, help=HELP[problem.slug]
        )
        return _answer(problem, body, HTML, tongue)


class FailureBarrier:
    """The one place where an unknown failure is caught, logged and answered."""

    def __init__(self, app: ASGIApp, problems: Problems) -> None:
        self.app = app
        self.problems = problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the application; a failure in mid-answer breaks the connection."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            reference = logs.REQUEST.get() or secrets.token_hex(8)
            log.exception("request failed", extra={"reference": reference})
            if started or scope["type"] != "http":
                raise
            request, refusal = Request(scope, receive), _refusal(error)
            if refusal is None:
                response = self.problems.of_failure(request, reference)
            else:
                response = self.problems.of_error(request, refusal)
            await response(scope, receive, send)


def _refusal(error: Exception) -> RegistryError | None:
    """Returns what a failure around the routes means, if that is known.

    Such as a database that is away when it is asked whether a page still holds.
    """
    if isinstance(error, errors.StorageUnavailable):
        return error
    return storage.unavailable(error)


def wait_of(error: RegistryError) -> object:
    """Returns the seconds after which trying again may help, if any do."""
    return error.extra.get("retryAfter") or RETRY_AFTER.get(type(error))


def _headers(error: RegistryError) -> Mapping[str, str]:
    wait = wait_of(error)
    headers = {"Retry-After": str(wait)} if wait else {}
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="registry"'
    return headers


def _answer(problem: Problem, body: bytes, offer: Offer, tongue: str) -> Response:
    return Response(
        body,
        status_code=problem.status,
        headers={
            "Content-Type": offer.content_type,
            "Content-Language": tongue,
            "Cache-Control": UNSTORED,
            "Vary": "Accept, Accept-Language",
            **problem.headers,
        },
    )


def _data_language(tongue: str) -> str:
    """Returns the language of a problem document for a reader of pages in another."""
    return tongue if tongue in LANGUAGES else LANGUAGES[0]


def _reader_offer(request: Request) -> Offer:
    try:
        return choose(request.headers.get("accept"), _OFFERS)
    except NotAcceptable:
        return PROBLEM  # a refusal has to be said in some form


def _no_route() -> errors.NotFound:
    return errors.NotFound(
        "No page or record has this address.",
        "Няма страница или запис с този адрес.",
    )


def _misunderstood() -> errors.BadParameter:
    return errors.BadParameter(
        "The request cannot be understood.", "Заявката не може да бъде разбрана."
    )


def _method(request: Request) -> MethodNotAllowed:
    # The framework names only the methods of the first route of the address.
    scope = request.scope
    whole = {
        **scope,
        "root_path": scope.get("app_root_path", scope.get("root_path", "")),
    }
    methods = set(_methods(request.app.routes, whole))
    if "GET" in methods:
        methods.add("HEAD")
    allowed = ", ".join(sorted(methods))
    return MethodNotAllowed(
        {
            "en": f"{request.method} is not possible here; possible are: {allowed}.",
            "bg": f"Методът {request.method} не е възможен тук; възможни са: "
            f"{allowed}.",
        },
        headers={"Allow": allowed},
    )


def _methods(routes: Iterable[BaseRoute], scope: Scope) -> Iterator[str]:
    """Yields the methods of every route of an address, mounted ones too."""
    for route in routes:
        found, inner = route.matches(scope)
        if found is not Match.NONE and isinstance(route, Route):
            yield from route.methods or ()
        elif found is not Match.NONE and isinstance(route, Mount):
            yield from _methods(route.routes, {**scope, **inner})
