"""`/oai`: the OAI Protocol for Metadata Harvesting, version 2.0.

**Source:** OAI-PMH 2.0, section 3.1 (HTTP embedding); errors of the protocol are
answers with the status 200.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import caching, identity, openapi
from api.body import read
from api.caching import REVALIDATED, UNSTORED
from api.negotiation import Offer
from api.problems import UnsupportedMediaType
from api.site import Site
from registry.ports import Clock
from registry.views.oai import envelope, requests
from registry.views.oai.faults import Code, FaultError
from registry.views.oai.items import Items
from registry.views.oai.moments import stamp
from registry.views.oai.repository import Repository

XML = Offer("xml", "text/xml")
FORM = "application/x-www-form-urlencoded"

PAGE = 100
"""Items of one page of a list."""
BODY_CAP = 16 * 1024
"""Bytes that a form may have."""
FIELD_CAP = 16
"""Fields that a request may have."""

ARGUMENTS = {
    "verb": "What is asked for.",
    "identifier": "Which item: `oai:{host}:{kind}/{key}`, or `catalog` for a kind.",
    "metadataPrefix": "The format: `oai_dc`, or `dcat_ap` for datasets.",
    "from": "Only what changed then or later: a date, or a moment in UTC.",
    "until": "Only what changed then or before.",
    "set": "Only what is in a set: `dataset`, `record` or `record:{kind}`.",
    "resumptionToken": "Goes on with a list; stands for all other arguments.",
}
"""The arguments of all verbs."""


@dataclass(frozen=True)
class Harvesting:
    """The protocol over one registry.

    Attributes:
        clock: tells when an answer is sent.
        page: items of one page of a list.
    """

    site: Site
    clock: Clock
    page: int = PAGE

    @cached_property
    def _repository(self) -> Repository:
        registry = self.site.registry
        return Repository(
            items=Items(registry.catalogue, registry.journal, registry.iris, self.page),
            address=f"{self.site.base}oai",
            name=identity.NAME,
            description=identity.PURPOSE,
            contact=registry.settings.site.contact,
        )

    async def get(self, request: Request) -> Response:
        """Answers a verb of the protocol, its arguments in the address."""
        fields = request.scope["query_string"]
        body, tag = await run_in_threadpool(self._answered, fields)
        headers = {
            "Content-Type": XML.content_type,
            "Cache-Control": REVALIDATED,
            "ETag": f"W/{tag}",
        }
        if caching.is_known(request.headers.get("if-none-match"), tag):
            return caching.not_modified(headers)
        return Response(body, headers=headers)

    async def post(self, request: Request) -> Response:
        """Answers a verb of the protocol, its arguments in a form."""
        media_type = request.headers.get("content-type", "").partition(";")[0]
        if media_type.strip().lower() != FORM:
            raise UnsupportedMediaType(
                {
                    "en": f"A request of the protocol is sent as {FORM}.",
                    "bg": f"Заявка по протокола се изпраща като {FORM}.",
                },
                headers={"Accept-Post": FORM},
            )
        fields = await read(request, BODY_CAP)
        body, _ = await run_in_threadpool(self._answered, fields)
        headers = {"Content-Type": XML.content_type, "Cache-Control": UNSTORED}
        return Response(body, headers=headers)

    def _answered(self, fields: bytes) -> tuple[bytes, str]:
        """Returns the document, and a tag of all of it but the time of the answer."""
        repository, asked = self._repository, None
        answer: Element | FaultError
        try:
            asked = requests.read(_fields(fields))
            answer = repository.answer(asked)
        except FaultError as fault:
            answer = fault
        now = self.clock()
        body = envelope.document(now, repository.address, asked, answer)
        return body, caching.etag_of(body.replace(stamp(now).encode(), b"", 1))


def _fields(data: bytes) -> Sequence[tuple[str, str]]:
    """Returns the arguments of an address or a form.

    Raises:
        FaultError: they are not UTF-8, or too many.
    """
    try:
        return parse_qsl(
            data.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=FIELD_CAP,
        )
    except ValueError as error:
        raise FaultError(
            Code.BAD_ARGUMENT,
            f"The arguments are not UTF-8, or there are more than {FIELD_CAP}.",
            f"Аргументите не са в UTF-8 или са повече от {FIELD_CAP}.",
        ) from error


def _now() -> datetime:
    return datetime.now(UTC)


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of the protocol."""
    harvesting = Harvesting(site, _now)
    verbs = tuple(requests.VERBS)
    openapi.getter(app, "catalogue")(
        "/oai",
        harvesting.get,
        summary="Harvest records and datasets by OAI-PMH 2.0",
        parameters=[
            openapi.choice(name, "query", verbs, meaning)
            if name == requests.VERB
            else openapi.text(name, "query", meaning)
            for name, meaning in ARGUMENTS.items()
        ],
        responses=openapi.answered((XML,), 304),
    )
    app.add_api_route(
        "/oai",
        harvesting.post,
        methods=["POST"],
        tags=["catalogue"],
        summary="Harvest by OAI-PMH 2.0, the arguments in a form",
        response_class=Response,
        responses=openapi.answered((XML,), 413, 415),
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {FORM: {"schema": {"type": "object", "required": ["verb"]}}},
            },
        },
    )
