"""`/{language}/desk/reports/{number}`: what a reader says is wrong with a record."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api.pages.desk import Names, positive
from api.pages.facts import Labels
from api.pages.personal import go, respond
from api.pages.translations import msgid
from api.problems import status_of
from api.routes.pages.website import Website
from api.site import Site
from registry.desk import ChangeReport
from registry.errors import BadParameter, NotFound, RegistryError
from registry.people import Person
from registry.policy import State, Subject, Verb, allowed, require

LONGEST = 5000
"""Characters that an answer may have."""


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports of one registry's readers."""

    site: Site

    def page(self, request: Request, language: str) -> Response:
        """Returns the page of a report."""
        person = self.site.guard.required(request)
        report = self._found(request, person)
        return self._answer(request, language, person, report)

    async def post(self, request: Request, language: str) -> Response:
        """Notes that a report was dealt with, and how."""
        person = self.site.guard.required(request)
        form = await self.site.guard.form(request)
        return await run_in_threadpool(self._close, request, language, person, form)

    def _close(
        self, request: Request, language: str, person: Person, form: FormData
    ) -> Response:
        report = self._found(request, person)
        typed = str(form.get("text", ""))
        try:
            require(person, Verb.REJECT, self._subject(report))
            self.site.registry.change_reports.close(
                report.number, person.actor, _required(typed)
            )
        except RegistryError as error:
            return self._answer(
                request,
                language,
                person,
                report,
                status=status_of(error),
                refusal=error,
                typed=typed,
            )
        page = self.site.web.addresses(language).page
        return go(page(f"desk/reports/{report.number}", done="closed"))

    def _answer(
        self,
        request: Request,
        language: str,
        person: Person,
        report: ChangeReport,
        *,
        status: int = 200,
        refusal: RegistryError | None = None,
        typed: str = "",
    ) -> Response:
        registry, web = self.site.registry, self.site.web
        names = Names(registry.directory)
        subject = self._subject(report)
        addresses, say = web.addresses(language), web.languages[language].say
        return respond(
            self.site,
            request,
            "change_report",
            language,
            person=person,
            status=status,
            report=report,
            name=Labels(registry.journal, registry.iris, language).name(
                registry.iris.thing(report.record)
            ),
            organisation=names.organisation(subject.organisation),
            closed_by=names.person(report.closed_by or ""),
            may_close=allowed(person, Verb.REJECT, subject),
            refusal=refusal.detail if refusal else None,
            typed=typed,
            done=report.closed_by is not None and "done" in request.query_params,
            trail=[(say(msgid("Review")), addresses.page("desk/review"))],
        )

    def _found(self, request: Request, person: Person) -> ChangeReport:
        """Returns the report that is asked for, if it is the person's business.

        Raises:
            NotFound: it is not, or there is none.
        """
        number = positive(request.path_params["number"])
        report = self.site.registry.change_reports.get(number)
        if report is None or not allowed(person, Verb.READ, self._subject(report)):
            raise NotFound("There is no such report.", "Няма такъв сигнал.")
        return report

    def _subject(self, report: ChangeReport) -> Subject:
        state = State.OPEN if report.closed_by is None else State.DECIDED
        return Subject(state, self.site.registry.directory.steward(report.record))


def _required(text: str) -> str:
    """Returns what is kept of an answer.

    Raises:
        BadParameter: there is none, or it is too long.
    """
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise BadParameter(
            f"Write what you did, in at most {LONGEST} characters.",
            f"Напишете какво направихте, с най-много {LONGEST} знака.",
        )
    return said


def add_to(website: Website, site: Site) -> None:
    """Adds the pages of reports."""
    reports = Reports(site)
    website.add("/desk/reports/{number}", reports.page)
    website.add("/desk/reports/{number}", reports.post, methods=["POST"])
