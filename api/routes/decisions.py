"""What is decided about submissions and records, for programs.

Each decision is a `POST`, since what it does is appended to the journal.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api import members as sent
from api import openapi, submission
from api.members import JSON, Members
from api.site import Site
from registry.credentials import Scope
from registry.desk import Submission
from registry.iris import RecordId, record_id
from registry.lifecycle import Status
from registry.people import Person

Decision = Callable[[Person, int, Members], Submission]


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people do at the desk of one registry."""

    site: Site

    async def comment(self, request: Request) -> Response:
        """Says something about an open submission."""
        guard = self.site.guard
        person = await run_in_threadpool(guard.sender, request, Scope.SUBMIT)
        members = await sent.members(request, ("text",))
        made = await run_in_threadpool(
            self.site.registry.reviewing.comment,
            person,
            sent.number(request),
            members.get("text", ""),
        )
        return sent.answer(submission.comment(made), 201)

    async def accept(self, request: Request) -> Response:
        """Publishes a submission; it can be read when this is answered."""
        reviewing = self.site.registry.reviewing
        return await self._decided(
            request,
            Scope.REVIEW,
            ("reason", "status"),
            lambda person, number, members: reviewing.accept(
                person,
                number,
                status=_status(members),
                reason=members.get("reason", ""),
            ),
        )

    async def accept_many(self, request: Request) -> Response:
        """Publishes several submissions, all of them or none."""
        guard = self.site.guard
        person = await run_in_threadpool(guard.required, request, Scope.REVIEW)
        members = await sent.members(request, ("reason", "status"), lists=("numbers",))
        numbers = members.get("numbers", [])
        if not numbers or not all(type(number) is int for number in numbers):
            raise sent.bad("numbers", "numbers of submissions", "номера на предложения")

        def job() -> Sequence[Submission]:
            return self.site.registry.reviewing.accept_many(
                person,
                numbers,
                status=_status(members),
                reason=members.get("reason", ""),
            )

        made = await run_in_threadpool(job)
        iris = self.site.registry.iris
        return sent.answer(
            {"submissions": [submission.told(one, iris) for one in made]}
        )

    async def reject(self, request: Request) -> Response:
        """Turns a submission down, with a reason."""
        reviewing = self.site.registry.reviewing
        return await self._decided(
            request,
            Scope.REVIEW,
            ("reason",),
            lambda person, number, members: reviewing.reject(
                person, number, reason=members.get("reason", "")
            ),
        )

    async def withdraw(self, request: Request) -> Response:
        """Takes a submission of one's own back."""
        withdraw = self.site.registry.reviewing.withdraw
        return await self._decided(
            request,
            Scope.SUBMIT,
            (),
            lambda person, number, _: withdraw(person, number),
        )

    async def claim(self, request: Request) -> Response:
        """Notes that one looks after a submission, for seven days."""
        claim = self.site.registry.reviewing.claim
        return await self._decided(
            request, Scope.REVIEW, (), lambda person, number, _: claim(person, number)
        )

    async def release(self, request: Request) -> Response:
        """Notes that nobody looks after a submission any longer."""
        release = self.site.registry.reviewing.release
        return await self._decided(
            request, Scope.REVIEW, (), lambda person, number, _: release(person, number)
        )

    async def _decided(
        self,
        request: Request,
        scope: Scope,
        names: Sequence[str],
        decision: Decision,
    ) -> Response:
        guard = self.site.guard
        person = await run_in_threadpool(guard.required, request, scope)
        members = await sent.members(request, names)
        made = await run_in_threadpool(decision, person, sent.number(request), members)
        return sent.answer(submission.told(made, self.site.registry.iris))

    async def verify(self, request: Request) -> Response:
        """Confirms that a published record is still right."""
        guard = self.site.guard
        person = await run_in_threadpool(guard.required, request, Scope.SUBMIT)
        await sent.members(request, ())
        reviewing, record = self.site.registry.reviewing, _record(request)
        entry = await run_in_threadpool(reviewing.verify, person, record)
        return sent.answer(submission.noted(entry, self.site.registry.iris))

    async def retire(self, request: Request) -> Response:
        """Withdraws a published record, with a reason."""
        guard = self.site.guard
        person = await run_in_threadpool(guard.required, request, Scope.REVIEW)
        members = await sent.members(request, ("reason",))
        record, reason = _record(request), members.get("reason", "")
        entry = await run_in_threadpool(
            lambda: self.site.registry.reviewing.retire(person, record, reason=reason)
        )
        return sent.answer(submission.noted(entry, self.site.registry.iris))

    async def supersede(self, request: Request) -> Response:
        """Ends a published record in favour of another one, with a reason."""
        guard = self.site.guard
        person = await run_in_threadpool(guard.required, request, Scope.REVIEW)
        members = await sent.members(request, ("reason", "successor"))
        successor = self.site.registry.iris.parse(members.get("successor", ""))
        if successor is None:
            raise sent.bad("successor", "the IRI of a record", "IRI на запис")
        record, reason = _record(request), members.get("reason", "")
        entry = await run_in_threadpool(
            lambda: self.site.registry.reviewing.supersede(
                person, record, successor, reason=reason
            )
        )
        return sent.answer(submission.noted(entry, self.site.registry.iris))


def _status(members: Members) -> Status:
    allowed = {Status.STABLE.value: Status.STABLE, "experimental": Status.EXPERIMENTAL}
    given = members.get("status", Status.STABLE.value)
    if given not in allowed:
        raise sent.bad("status", " or ".join(allowed), " или ".join(allowed))
    return allowed[given]


def _record(request: Request) -> RecordId:
    return record_id(request.path_params["kind"], request.path_params["key"])


NUMBERED = openapi.text("number", "path", "The number of the submission.")
"""The parameter that names a submission."""

_Described = tuple[
    str, Callable[[Request], Awaitable[Response]], str, Mapping[str, Any]
]
_REASON = {"reason": {"type": "string"}}


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the routes of decisions."""
    desk, post = Decisions(site), openapi.poster(app, "submissions")
    status = {"status": {"enum": ["stable", "experimental"]}}
    numbers = {"numbers": {"type": "array", "items": {"type": "integer"}}}
    of_one: tuple[
        tuple[str, Callable[[Request], Awaitable[Response]], str, Any], ...
    ] = (
        ("accept", desk.accept, "Publish a submission", {**_REASON, **status}),
        ("reject", desk.reject, "Turn a submission down", _REASON),
        ("withdraw", desk.withdraw, "Take a submission back", {}),
        ("claim", desk.claim, "Look after a submission", {}),
        ("release", desk.release, "Leave a submission to others", {}),
    )
    refused = (400, 401, 403, 404, 412, 413, 415, 422, 503)
    for name, endpoint, summary, members in of_one:
        post(
            f"/submissions/{{number}}/{name}",
            endpoint,
            summary=summary,
            parameters=[NUMBERED, openapi.LANG],
            body=_object(members),
            responses=openapi.answered((JSON,), *refused),
        )
    post(
        "/submissions/{number}/comments",
        desk.comment,
        summary="Say something about a submission",
        created=True,
        parameters=[NUMBERED, openapi.LANG],
        body=_object({"text": {"type": "string"}}),
        responses=openapi.answered((JSON,), *refused),
    )
    post(
        "/submissions/accept",
        desk.accept_many,
        summary="Publish several submissions, all of them or none",
        parameters=[openapi.LANG],
        body=_object({**numbers, **_REASON, **status}),
        responses=openapi.answered((JSON,), *refused),
    )
    of_record: Sequence[_Described] = (
        ("verify", desk.verify, "Confirm that a record is right", {}),
        ("retire", desk.retire, "Withdraw a record", _REASON),
        (
            "supersede",
            desk.supersede,
            "End a record in favour of another one",
            {**_REASON, "successor": {"type": "string", "format": "uri"}},
        ),
    )
    for name, endpoint, summary, members in of_record:
        post(
            f"/records/{{kind}}/{{key}}/{name}",
            endpoint,
            summary=summary,
            parameters=[openapi.KIND, openapi.KEY, openapi.LANG],
            body=_object(members),
            responses=openapi.answered((JSON,), *refused),
        )


def _object(members: Mapping[str, Any]) -> Mapping[str, Any]:
    schema = {
        "type": "object",
        "properties": dict(members),
        "additionalProperties": False,
    }
    return {JSON.media_type: schema}
