"""Confirming a record: `/{language}/confirm/{secret}` and the button at the desk.

Opening a link changes nothing, since programs that look through mail open it too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import body
from api.caching import UNSTORED
from api.pages.facts import Labels, facts_of, name_of
from api.pages.reading import Reader, readable
from api.problems import status_of
from api.routes.pages.report import SIZE
from api.routes.pages.website import Website
from api.site import Site
from registry import freshness, reporting
from registry.errors import Invalid
from registry.iris import RecordId, record_id
from registry.record import Version

WRONG = "wrong"
"""Value of the field `answer` of somebody who has something to say."""

_UNSHOWN = frozenset({"concepts", "structure", "data"})


@dataclass(frozen=True, slots=True)
class Confirm:
    """What a mailed link leads to, and the button for those who are logged in."""

    site: Site

    async def link(self, request: Request, language: str) -> Response:
        """Returns the facts of the record with two ways to answer, or takes one."""
        if request.method != "POST":
            return await run_in_threadpool(self._show, request, language)
        fields = await body.fields(request, SIZE)
        return await run_in_threadpool(self._take, request, language, fields)

    def _take(
        self, request: Request, language: str, fields: Mapping[str, str]
    ) -> Response:
        secret = request.path_params["secret"]
        confirming = self.site.registry.confirming
        record = confirming.look(secret).record
        if fields.get("answer") != WRONG:
            confirming.confirm_by_link(secret)
            return self._done(request, language, record, objected=False)
        text = fields.get("text", "")
        try:
            confirming.object_by_link(secret, text, language)
        except Invalid as error:
            sentence = error.detail.get(language, error.detail["en"])
            return self._show(
                request, language, text=text, refusal=sentence, status=status_of(error)
            )
        return self._done(request, language, record, objected=True)

    def _done(
        self, request: Request, language: str, record: RecordId, *, objected: bool
    ) -> Response:
        return self.site.web.respond(
            request,
            "confirmed",
            language,
            cache=UNSTORED,
            record_id=record,
            objected=objected,
        )

    def _show(
        self,
        request: Request,
        language: str,
        *,
        text: str = "",
        refusal: str | None = None,
        status: int = 200,
    ) -> Response:
        registry = self.site.registry
        secret = request.path_params["secret"]
        version = self._version(registry.confirming.look(secret).record)
        document = json.loads(version.content.document)
        labels = Labels(registry.journal, registry.iris, language)
        told = {t: v for t, v in document.items() if t not in _UNSHOWN}
        ages = freshness.ages(version)
        return self.site.web.unstored(
            request,
            "confirm",
            language,
            status=status,
            record_id=version.head.record,
            names=name_of(document),
            facts=readable(facts_of(told, labels)),
            reader=Reader(self.site.web.addresses(language)),
            since=freshness.since(version),
            fresh=ages.on(self.site.today) if ages else None,
            secret=secret,
            typed=text,
            refusal=refusal,
            longest=reporting.LONGEST,
            wrong=WRONG,
        )

    def _version(self, record: RecordId) -> Version:
        found = self.site.registry.journal.current(record)
        assert found is not None  # noqa: S101 - a link is about a public record
        return found

    async def at_desk(self, request: Request, language: str) -> Response:
        """Confirms a record for somebody who is logged in, and leads back to it."""
        guard = self.site.guard
        person = await run_in_threadpool(guard.required, request)
        await guard.form(request)
        params = request.path_params
        record = record_id(params["kind"], params["key"])
        confirming = self.site.registry.confirming
        await run_in_threadpool(confirming.confirm, person, record)
        return RedirectResponse(
            self.site.web.addresses(language).record(record),
            status_code=303,
            headers={"Cache-Control": UNSTORED},
        )


def add_to(website: Website, site: Site) -> None:
    """Adds the page of mailed links and the button at the desk."""
    confirm = Confirm(site)
    website.add("/confirm/{secret}", confirm.link, methods=("GET", "POST"))
    website.add("/desk/confirm/{kind}/{key}", confirm.at_desk, methods=("POST",))
