"""`/{language}/report`: a reader says what is wrong with a record, without an account.

What is sent is not about the reader: neither a name nor an address is asked for, and
no cookie is set. A form that another site has filled in is not taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import body
from api.caching import UNSTORED
from api.origin import same_origin
from api.pages.facts import Labels
from api.pages.translations import msgid
from api.problems import status_of
from api.routes.pages.website import Website
from api.site import Site
from api.throttle import Throttle
from registry import reporting
from registry.errors import Invalid
from registry.iris import RecordId, record_id

RATE = "10/hour"
"""Reports that one address may send."""

SIZE = 512 * 1024
"""Bytes of a form that is read, so that a text that is too long comes back."""

TRAP = "website"
"""A field that no reader sees; programs that fill in everything fill it in."""

_TOO_MANY = msgid(
    "Too many reports came from your network within the last hour. Please try again "
    "later: what you have written is still here."
)
_FOREIGN = msgid(
    "This form came from another site, so nothing was sent. Please send it from here."
)


@dataclass(frozen=True, slots=True)
class Reports:
    """The form of one registry.

    Attributes:
        site: on which it is.
        throttle: how often one address may send it.
    """

    site: Site
    throttle: Throttle

    async def page(self, request: Request, language: str) -> Response:
        """Returns the form, or takes it and leads to the page of thanks."""
        if request.method != "POST":
            return await run_in_threadpool(self._form, request, language)
        fields = await body.fields(request, SIZE)
        return await run_in_threadpool(self._take, request, language, fields)

    def thanks(self, request: Request, language: str) -> Response:
        """Returns the page of thanks."""
        return self.site.web.respond(
            request,
            "report_thanks",
            language,
            record_id=self._record(request.query_params.get("record", "")),
        )

    def _form(self, request: Request, language: str) -> Response:
        record = self._record(request.query_params.get("record", ""))
        return self._show(request, language, record)

    def _take(
        self, request: Request, language: str, fields: Mapping[str, str]
    ) -> Response:
        record, text = self._record(fields.get("record", "")), fields.get("text", "")
        refused = self._refusal(request, language, text)
        if refused:
            status, sentence = refused
            return self._show(request, language, record, text, sentence, status)
        if not fields.get(TRAP):
            registry = self.site.registry
            reporting.report(
                registry.journal,
                registry.change_reports,
                record,
                text,
                language=language,
            )
        addresses = self.site.web.addresses(language)
        return RedirectResponse(
            addresses.page("report/thanks", record=str(record)),
            status_code=303,
            headers={"Cache-Control": UNSTORED},
        )

    def _refusal(
        self, request: Request, language: str, text: str
    ) -> tuple[int, str] | None:
        """Returns why a form is not taken, with its status, if it is not."""
        said = self.site.web.languages[language].say
        if not same_origin(request, self.site.base):
            return 403, said(_FOREIGN)
        try:
            reporting.checked(text)
        except Invalid as error:
            return status_of(error), error.detail.get(language, error.detail["en"])
        if not self.throttle.hit(request, self.site.today):
            return 429, said(_TOO_MANY)
        return None

    def _show(
        self,
        request: Request,
        language: str,
        record: RecordId,
        text: str = "",
        refusal: str | None = None,
        status: int = 200,
    ) -> Response:
        registry = self.site.registry
        labels = Labels(registry.journal, registry.iris, language)
        return self.site.web.unstored(
            request,
            "report",
            language,
            status=status,
            record_id=record,
            name=labels.name(registry.iris.thing(record)),
            typed=text,
            refusal=refusal,
            longest=reporting.LONGEST,
            trap=TRAP,
        )

    def _record(self, name: str) -> RecordId:
        """Returns the record that a report is about.

        Raises:
            NotFound: there is no such public record.
        """
        kind, _, key = name.partition("/")
        record = record_id(kind, key)
        reporting.reportable(self.site.registry.journal, record)
        return record


def add_to(website: Website, site: Site) -> None:
    """Adds the form and the page of thanks."""
    reports = Reports(site, Throttle(RATE))
    website.add("/report", reports.page, methods=("GET", "POST"))
    website.add("/report/thanks", reports.thanks)
