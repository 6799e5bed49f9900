"""`/submissions`: handing in, and what is decided about it, for programs.

Whoever asks shows a token; a cookie is not looked at. What is read or checked runs
in the sandboxed worker, and whatever waits for it waits on a thread.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import body, members, openapi, submission
from api.caching import UNSTORED
from api.catalogue import check_names
from api.members import JSON
from api.negotiation import Offer
from api.routes.decisions import NUMBERED
from api.routes.records import FIXED, HTML, JSONLD
from api.site import VARY, Site, offer_for
from registry import documents
from registry.credentials import Scope
from registry.desk import Channel, Outcome
from registry.errors import BadParameter
from registry.graphs import FORMATS, serialise
from registry.intake import Proposed, number_of
from registry.iris import RecordId, record_id
from registry.kinds import KINDS
from registry.lifecycle import Event
from registry.people import Person
from registry.record import Provenance, Source

PREVIEWED = tuple(offer for offer in FIXED.values() if offer is not HTML)
"""What a submission's document is offered in: as it will be once published."""

BATCH = 500
"""Documents that one request may hand in."""

TABLE = "table"
"""The kind of record that says what figures are, and is made with them."""

LIMIT = 100
"""Submissions on a page."""

_KEY = re.compile(r"[\x21-\x7e]{1,200}\Z")
_TAG = re.compile(r'(?:W/)?"([0-9a-f]{32})-[a-z]+"\Z')
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]{1,2000}\Z")

SUBMITTING = (
    "kind",
    "key",
    "organisation",
    "reason",
    "source",
    "name_seen_in",
    "based_on",
    "amends",
    "dry-run",
    "accept-losses",
    "lang",
)
"""The parameters of a request that hands in."""

LISTING = ("organisation", "kind", "mine", "outcome", "after", "limit", "lang")
"""The parameters of the queue."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request that hands in says besides its documents."""

    person: Person
    organisation: str
    parameters: Mapping[str, str]
    provenance: Provenance | None
    idempotency_key: str | None
    amends: int | None


@dataclass(frozen=True, slots=True)
class Submissions:
    """The desk of one registry, for programs."""

    site: Site

    async def submit(self, request: Request) -> Response:
        """Hands in one document, or a JSON array of them, all or nothing.

        A document of an existing record names it by its `id` or by `kind` and `key`.
        One of a new record may leave out `key`, and is given one; its own nodes are
        then written relatively, as `#contact`. With `dry-run` nothing is handed in,
        and the answer is the same list of what was noticed.
        """
        guard = self.site.guard
        person = await run_in_threadpool(guard.sender, request, Scope.SUBMIT)
        media_type = members.media_type(request)
        check_names(request, SUBMITTING, several=("source", "name_seen_in"))
        asked = _asked(request, person)
        sent = await body.read(request, documents.SIZE)
        return await run_in_threadpool(
            self._submitted, request, asked, media_type, sent
        )

    def _submitted(
        self, request: Request, asked: Asked, media_type: str, sent: bytes
    ) -> Response:
        intake, iris = self.site.registry.intake, self.site.registry.iris
        proposals = intake.propose(self._proposed(request, asked, media_type, sent))
        told = [submission.proposed(proposal, iris) for proposal in proposals]
        if "dry-run" in asked.parameters:
            return members.answer({"proposals": told})
        made = intake.submit(
            asked.person,
            proposals,
            organisation=asked.organisation,
            channel=Channel.API,
            reason=asked.parameters.get("reason", ""),
            provenance=asked.provenance,
            idempotency_key=asked.idempotency_key,
            amends=asked.amends,
            accept_losses="accept-losses" in asked.parameters,
        )
        answer = {
            "submissions": [submission.told(one, iris) for one in made],
            "proposals": told,
        }
        if not made:
            return members.answer(answer)
        return members.answer(
            answer, 201, location=submission.address(iris, made[0].number)
        )

    def _proposed(
        self, request: Request, asked: Asked, media_type: str, sent: bytes
    ) -> Sequence[Proposed]:
        if media_type != documents.JSON_LD:
            record = self._named(asked, None)
            based_on = self._based_on(request, asked, record)
            return [Proposed(record, sent, media_type, based_on)]
        value = documents.read_json(sent)
        many = value if isinstance(value, list) else [value]
        if not 0 < len(many) <= BATCH or not all(isinstance(d, dict) for d in many):
            raise BadParameter(
                f"A document is a JSON object, and a batch has 1 to {BATCH} of them.",
                "Документът е обект на JSON, а в една пратка има от 1 до "
                f"{BATCH} документа.",
            )
        if len(many) > 1 and _of_one(request, asked.parameters):
            raise BadParameter(
                "A batch cannot name a key, a version or an amended submission.",
                "За няколко документа наведнъж не може да се посочат ключ, версия или "
                "изменяно предложение.",
            )
        found: list[Proposed] = []
        for document in many:
            record = self._named(asked, document, len(found))
            based_on = self._based_on(request, asked, record)
            found.append(Proposed(record, document, based_on=based_on))
        return found

    def _named(
        self, asked: Asked, document: Mapping[str, Any] | None, position: int = 0
    ) -> RecordId:
        """Returns which record a document is of; a new one without a key gets one."""
        record = self._named_so(asked, document, position)
        if record.kind == TABLE:
            raise BadParameter(
                "A table is handed in as a file of its figures.",
                "Таблица се подава като файл с нейните данни.",
            )
        return record

    def _named_so(
        self, asked: Asked, document: Mapping[str, Any] | None, position: int
    ) -> RecordId:
        given = asked.parameters
        if "kind" in given and "key" in given:
            return record_id(given["kind"], given["key"])
        own = document.get("id", document.get("@id")) if document else None
        if isinstance(own, str) and own and not own.startswith("#"):
            record = self.site.registry.iris.parse(own)
            if record is None or self.site.registry.iris.thing(record) != own:
                raise BadParameter(
                    f"No record here can have the IRI {own[:200]}.",
                    f"Никой запис тук не може да има IRI {own[:200]}.",
                )
            return record
        if "kind" not in given:
            raise BadParameter(
                "Name the record: by the document's “id”, or by “kind” and, for "
                "one that exists, “key”.",
                "Посочете записа: чрез „id“ на документа или чрез „kind“ и, ако вече "
                "съществува, „key“.",
            )
        seed = asked.idempotency_key
        if seed is not None:
            seed = f"{asked.person.actor} {seed} {position}"
        return self.site.registry.intake.mint(given["kind"], seed)

    def _based_on(self, request: Request, asked: Asked, record: RecordId) -> int | None:
        """Returns the version that a change says it was made from, if it does."""
        number, tag = asked.parameters.get("based_on"), request.headers.get("if-match")
        if number is not None and tag is not None:
            raise BadParameter(
                "Give either “based_on” or If-Match.",
                "Посочете или „based_on“, или If-Match.",
            )
        if number is not None:
            return members.matched(
                members.NUMBER, number, "based_on", "a number", "число"
            )
        if tag is None:
            return None
        return self._of_tag(record, tag.strip())

    def _of_tag(self, record: RecordId, tag: str) -> int:
        """Returns the version whose document had an `ETag`.

        Source: RFC 9110, section 13.1.1.
        """
        journal = self.site.registry.journal
        current = journal.current(record)
        if tag == "*" and current is not None:
            return number_of(current)
        found = _TAG.match(tag)
        if found is None and tag != "*":
            raise BadParameter(
                "If-Match takes the ETag of a document.",
                "If-Match приема ETag на документ.",
            )
        digest = found[1] if found else " "
        versions = [
            entry.version
            for entry in journal.history(record)
            if entry.event is Event.ACCEPTED and (entry.digest or "").startswith(digest)
        ]
        # A tag that no version had is as stale as an old one.
        return versions[-1] if versions else -1

    async def queue(self, request: Request) -> Response:
        """Returns the submissions that one may read, the oldest first, page by page."""
        return await run_in_threadpool(self._queue, request)

    def _queue(self, request: Request) -> Response:
        person = self.site.guard.required(request, Scope.READ)
        check_names(request, LISTING)
        given = request.query_params
        outcome = given.get("outcome", Outcome.OPEN)
        if outcome not in list(Outcome):
            raise members.bad("outcome", ", ".join(Outcome), ", ".join(Outcome))
        limit = members.matched(
            members.COUNTED, given.get("limit", "50"), "limit", "a number", "число"
        )
        if limit > LIMIT:
            raise members.bad("limit", f"a number up to {LIMIT}", f"число до {LIMIT}")
        after = members.matched(
            members.NUMBER, given.get("after", "0"), "after", "a number", "число"
        )
        found = self.site.registry.reviewing.queue(
            person,
            organisation=given.get("organisation"),
            kind=given.get("kind"),
            mine="mine" in given,
            outcome=Outcome(outcome),
            after=after,
            limit=limit,
        )
        iris = self.site.registry.iris
        answer: dict[str, Any] = {
            "submissions": [submission.told(one, iris) for one in found]
        }
        link = None
        if len(found) == limit:
            query = urlencode({**dict(given), "after": found[-1].number})
            answer["next"] = f"{iris.base}submissions?{query}"
            link = f'<{answer["next"]}>; rel="next"'
        return members.answer(answer, link=link)

    async def submission(self, request: Request) -> Response:
        """Returns a submission with its report of today and what it would change."""
        return await run_in_threadpool(self._submission, request)

    def _submission(self, request: Request) -> Response:
        person = self.site.guard.required(request, Scope.READ)
        reviewing, iris = self.site.registry.reviewing, self.site.registry.iris
        found = reviewing.submission(person, members.number(request))
        base = reviewing.base(found)
        answer = {
            **submission.told(found, iris),
            "base": base and iris.version(base.head.record, base.head.version),
            "stale": reviewing.stale(found),
            "report": submission.report(reviewing.report(found)),
            "difference": submission.difference(reviewing.content(found), base),
            "comments": [
                submission.comment(each)
                for each in reviewing.comments(person, found.number)
            ],
        }
        return members.answer(answer)

    async def document(self, request: Request) -> Response:
        """Returns the document of a submission, just as it will be published."""
        offer = offer_for(request, PREVIEWED)
        return await run_in_threadpool(self._document, request, offer)

    def _document(self, request: Request, offer: Offer) -> Response:
        person = self.site.guard.required(request, Scope.READ)
        reviewing = self.site.registry.reviewing
        content = reviewing.content(
            reviewing.submission(person, members.number(request))
        )
        if offer in (JSONLD, FIXED[JSON.extension]):
            preview = content.document.encode()
        else:
            preview = serialise(content.triples, FORMATS[offer.extension])
        headers = {
            "Content-Type": offer.content_type,
            "Cache-Control": UNSTORED,
            "Vary": VARY,
        }
        return Response(preview, headers=headers)

    async def comments(self, request: Request) -> Response:
        """Returns what was said about a submission, oldest first."""
        return await run_in_threadpool(self._comments, request)

    def _comments(self, request: Request) -> Response:
        person = self.site.guard.required(request, Scope.READ)
        said = self.site.registry.reviewing.comments(person, members.number(request))
        return members.answer({"comments": [submission.comment(each) for each in said]})


def _asked(request: Request, person: Person) -> Asked:
    given = request.query_params
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.match(key):
        raise members.bad(
            "Idempotency-Key",
            "1 to 200 printable ASCII characters",
            "от 1 до 200 печатни знака на ASCII",
        )
    amends = given.get("amends")
    return Asked(
        person,
        _organisation(person, given.get("organisation")),
        given,
        _provenance(given.getlist("source"), given.getlist("name_seen_in")),
        key,
        None
        if amends is None
        else members.matched(members.COUNTED, amends, "amends", "a number", "число"),
    )


def _organisation(person: Person, given: str | None) -> str:
    if given is not None:
        return given
    if len(person.roles) != 1:
        own = ", ".join(sorted(person.roles))
        raise members.bad("organisation", f"one of: {own}", f"едно от: {own}")
    return next(iter(person.roles))


def _provenance(sources: Sequence[str], seen: Sequence[str]) -> Provenance | None:
    if not sources and not seen:
        return None
    for source in sources:
        if not _IRI.match(source):
            raise members.bad("source", "the address of a page", "адрес на страница")
    return Provenance(tuple(Source(iri) for iri in sources), tuple(seen))


def _of_one(request: Request, given: Mapping[str, str]) -> bool:
    """Says whether a request says something that is true of one document only."""
    return bool({"key", "based_on", "amends"} & set(given)) or (
        "if-match" in request.headers
    )


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of submissions and of what is done to records."""
    desk = Submissions(site)
    get, post = openapi.getter(app, "submissions"), openapi.poster(app, "submissions")
    post(
        "/submissions",
        desk.submit,
        summary="Hand in documents, or see what would become of them",
        created=True,
        parameters=_submitting(),
        body={media_type: {"type": "string"} for media_type in members.READ},
        responses=openapi.answered(
            (JSON,), 400, 401, 403, 412, 413, 415, 422, 429, 503
        ),
    )
    get(
        "/submissions",
        desk.queue,
        summary="What was handed in, oldest first",
        parameters=[
            openapi.text("organisation", "query", "Handed in for this one."),
            openapi.choice("kind", "query", tuple(KINDS), "Of this kind."),
            openapi.text("mine", "query", "Handed in by whoever asks."),
            openapi.choice("outcome", "query", tuple(Outcome), "What became of it."),
            openapi.text("after", "query", "The last number of the page before."),
            openapi.text("limit", "query", f"How many at most, up to {LIMIT}."),
            openapi.LANG,
        ],
        responses=openapi.answered((JSON,), 400, 401, 403),
    )
    _add_one(desk, get)


def _submitting() -> Sequence[openapi.Parameter]:
    return [
        openapi.choice("kind", "query", tuple(KINDS), "The kind of the record."),
        openapi.text("key", "query", "Its key; a new record is given one without."),
        openapi.text("organisation", "query", "For which a new record is handed in."),
        openapi.text("reason", "query", "What is said to the reviewer."),
        openapi.text("source", "query", "A page that it rests on; may be repeated."),
        openapi.text(
            "name_seen_in",
            "query",
            "A language in which the name stands in a source; may be repeated.",
        ),
        openapi.text("based_on", "query", "The version that the change was made from."),
        openapi.text("amends", "query", "The submission that this one changes."),
        openapi.text("dry-run", "query", "Only says what would become of it."),
        openapi.text(
            "accept-losses", "query", "Hands in although something is not kept."
        ),
        openapi.text("Idempotency-Key", "header", "The same again hands in nothing."),
        openapi.text("If-Match", "header", "The ETag of the version that was changed."),
        openapi.LANG,
    ]


def _add_one(desk: Submissions, get: openapi.Adder) -> None:
    get(
        "/submissions/{number}",
        desk.submission,
        summary="A submission, its report, and what it would change",
        parameters=[NUMBERED, openapi.LANG],
        responses=openapi.answered((JSON,), 401, 403, 404, 503),
    )
    get(
        "/submissions/{number}/document",
        desk.document,
        summary="The document of a submission, as it will be published",
        parameters=[NUMBERED, openapi.LANG],
        responses=openapi.answered(PREVIEWED, 401, 403, 404, 406),
    )
    get(
        "/submissions/{number}/comments",
        desk.comments,
        summary="What was said about a submission",
        parameters=[NUMBERED, openapi.LANG],
        responses=openapi.answered((JSON,), 401, 403, 404),
    )
