"""`/{language}/desk/review`: what waits to be decided, the oldest first.

What readers say is wrong with a record waits in the same queue. Submissions that
were checked and have nothing to look at can be accepted together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import merge
from itertools import islice
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api.pages.desk import (
    CHANNELS,
    READER,
    Checks,
    Findings,
    Item,
    Names,
    numbers,
    order,
    positive,
)
from api.pages.facts import Labels
from api.pages.personal import go, respond
from api.pages.translations import msgid
from api.problems import status_of
from api.routes.pages.website import Website
from api.site import Site
from registry.desk import ChangeReport, Submission
from registry.errors import BadParameter, RegistryError
from registry.kinds import KINDS
from registry.language import Chosen, Text
from registry.lifecycle import Role, Status
from registry.people import KEEPER, Organisation, Person
from registry.policy import State, Subject, Verb, allowed, reaches

LIMIT = 20
"""Items on a page; each submission on it is checked anew."""

_WHO = ("", "mine", "free", "own")
"""Whose: anybody's, claimed by the reader, by nobody, handed in by the reader."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the queue is asked for; an empty text asks for all of it.

    Attributes:
        kind: of the record.
        organisation: id of the one for which it was handed in.
        who: one of `_WHO`.
        channel: by which it came, `READER` for what readers report.
        after: number of the last submission on the page before.
        reported: number of the last report on the page before.
    """

    kind: str = ""
    organisation: str = ""
    who: str = ""
    channel: str = ""
    after: int = 0
    reported: int = 0

    def takes(self, submission: Submission, person: Person) -> bool:
        """Says whether a submission is asked for, beside what the queue narrows."""
        claimed = submission.claimed_by
        by_whom = {"mine": claimed == person.actor, "free": claimed is None}
        return by_whom.get(self.who, True) and self.channel in (
            "",
            submission.channel.value,
        )

    def takes_report(self, report: ChangeReport, steward: str) -> bool:
        """Says whether the report of a reader is asked for."""
        return (
            self.channel in ("", READER)
            and self.who in ("", "free")
            and self.kind in ("", report.record.kind)
            and self.organisation in ("", steward)
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One item of the queue, as a page shows it.

    Attributes:
        item: the submission or the report.
        name: of the record, as the page says it.
        author: name of who handed it in; `None` if nobody knows.
        organisation: name of the one for which it was.
        days: how long it has been waiting.
        findings: of a submission.
        claimed_by: name of who looks after it.
        own: whether it is the reader's own.
        selectable: whether it can be accepted with others.
    """

    item: Item
    name: Text | Chosen | None
    author: str | None
    organisation: Text
    days: int
    findings: Findings | None = None
    claimed_by: str | None = None
    own: bool = False
    selectable: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue of one registry."""

    site: Site

    def page(self, request: Request, language: str) -> Response:
        """Returns a page of the queue."""
        person = self.site.guard.required(request)
        done = numbers([request.query_params.get("accepted", "")])
        return self._answer(request, language, person, done=done[:1])

    async def post(self, request: Request, language: str) -> Response:
        """Accepts what was selected, all of it or nothing."""
        person = self.site.guard.required(request)
        form = await self.site.guard.form(request)
        return await run_in_threadpool(self._accept, request, language, person, form)

    def _accept(
        self, request: Request, language: str, person: Person, form: FormData
    ) -> Response:
        chosen = numbers(form.getlist("number"))
        experimental = form.get("status") == Status.EXPERIMENTAL.value
        status = Status.EXPERIMENTAL if experimental else Status.STABLE
        try:
            if not chosen:
                raise BadParameter("Nothing is selected.", "Нищо не е избрано.")
            self.site.registry.reviewing.accept_many(person, chosen, status=status)
        except RegistryError as error:
            return self._answer(
                request,
                language,
                person,
                status=status_of(error),
                refusal=error.detail,
                refused=self._culprits(person, chosen),
                chosen=chosen,
            )
        page = self.site.web.addresses(language).page
        return go(page("desk/review", accepted=len(chosen)))

    def _culprits(
        self, person: Person, chosen: Sequence[int]
    ) -> Sequence[tuple[int, Text]]:
        """Returns which of several submissions stood in the way, and why."""
        found = []
        for number in chosen:
            try:
                self._check(person, number)
            except RegistryError as error:
                found.append((number, error.detail))
        return found

    def _check(self, person: Person, number: int) -> None:
        """Checks what would stand in the way of accepting one submission.

        Raises:
            RegistryError: that does.
        """
        reviewing = self.site.registry.reviewing
        submission = reviewing.submission(person, number)
        if not allowed(person, Verb.ACCEPT, submission.subject):
            raise BadParameter(
                "You may not accept it, or it was decided already.",
                "Не можете да го приемете или вече е решено.",
            )
        if reviewing.stale(submission):
            raise BadParameter(
                "The record has changed since it was handed in.",
                "Записът е променен, след като е подадено.",
            )
        if not reviewing.report(submission).conforms:
            raise BadParameter(
                "It breaks a rule that it must keep.",
                "Нарушава задължително правило.",
            )

    def _answer(
        self,
        request: Request,
        language: str,
        person: Person,
        *,
        status: int = 200,
        refusal: Text | None = None,
        refused: Sequence[tuple[int, Text]] = (),
        chosen: Sequence[int] = (),
        done: Sequence[int] = (),
    ) -> Response:
        wanted = self._wanted(request)
        items = list(islice(self._items(person, wanted), LIMIT + 1))
        shown = items[:LIMIT]
        page = self.site.web.addresses(language).page
        say = self.site.web.languages[language].say
        rows = self._rows(shown, person, language)
        return respond(
            self.site,
            request,
            "review",
            language,
            person=person,
            status=status,
            rows=rows,
            wanted=wanted,
            kinds_known=KINDS,
            organisations=self._organisations(person),
            channels=CHANNELS,
            selectable=any(row.selectable for row in rows),
            next=page("desk/review", **_following(wanted, shown))
            if len(items) > LIMIT
            else None,
            refusal=refusal,
            refused=refused,
            chosen=chosen,
            done=done,
            trail=[(say(msgid("Desk")), page("desk"))],
        )

    def _wanted(self, request: Request) -> Wanted:
        given = request.query_params
        who, channel = given.get("who", ""), given.get("channel", "")
        return Wanted(
            kind=kind if (kind := given.get("kind", "")) in KINDS else "",
            organisation=given.get("organisation", ""),
            who=who if who in _WHO else "",
            channel=channel if channel in CHANNELS else "",
            after=positive(given.get("after")),
            reported=positive(given.get("reported")),
        )

    def _items(self, person: Person, wanted: Wanted) -> Iterator[Item]:
        return merge(
            self._submissions(person, wanted), self._reports(person, wanted), key=order
        )

    def _submissions(self, person: Person, wanted: Wanted) -> Iterator[Item]:
        if wanted.channel == READER:
            return
        find = partial(
            self.site.registry.reviewing.queue,
            person,
            organisation=wanted.organisation or None,
            kind=wanted.kind or None,
            mine=wanted.who == "own",
            limit=LIMIT + 1,
        )
        found = find(after=wanted.after)
        while found:
            yield from (one for one in found if wanted.takes(one, person))
            found = find(after=found[-1].number)

    def _reports(self, person: Person, wanted: Wanted) -> Iterator[Item]:
        reports = self.site.registry.change_reports
        directory = self.site.registry.directory
        found = reports.open(after=wanted.reported, limit=LIMIT + 1)
        while found:
            for report in found:
                steward = directory.steward(report.record)
                readable = allowed(person, Verb.READ, Subject(State.OPEN, steward))
                if readable and wanted.takes_report(report, steward):
                    yield report
            found = reports.open(after=found[-1].number, limit=LIMIT + 1)

    def _rows(
        self, items: Sequence[Item], person: Person, language: str
    ) -> Sequence[Row]:
        registry = self.site.registry
        checks = Checks(registry.intake, registry.reviewing)
        found = checks.of([one for one in items if isinstance(one, Submission)])
        names = Names(registry.directory)
        labels = Labels(registry.journal, registry.iris, language)
        return [
            self._of_submission(item, found[item.number], person, names)
            if isinstance(item, Submission)
            else self._of_report(item, labels, names)
            for item in items
        ]

    def _of_report(self, report: ChangeReport, labels: Labels, names: Names) -> Row:
        registry = self.site.registry
        return Row(
            report,
            labels.name(registry.iris.thing(report.record)),
            author=None,
            organisation=names.organisation(registry.directory.steward(report.record)),
            days=(registry.clock() - report.at).days,
        )

    def _of_submission(
        self, submission: Submission, findings: Findings, person: Person, names: Names
    ) -> Row:
        registry, claimed_by = self.site.registry, submission.claimed_by
        author = submission.entry.actor
        may = allowed(person, Verb.ACCEPT, submission.subject)
        return Row(
            submission,
            Checks(registry.intake, registry.reviewing).names(submission),
            author=names.person(author),
            organisation=names.organisation(submission.organisation),
            days=(registry.clock() - submission.entry.at).days,
            findings=findings,
            claimed_by=names.person(claimed_by) if claimed_by else None,
            own=author == person.actor,
            selectable=may and findings.clean,
        )

    def _organisations(self, person: Person) -> Sequence[Organisation]:
        """Returns those whose submissions somebody may see."""
        directory = self.site.registry.directory
        if reaches(person, KEEPER, Role.CONTRIBUTOR):
            return directory.organisations()
        own = (directory.organisation(id) for id in sorted(person.roles))
        return [organisation for organisation in own if organisation]


def _following(wanted: Wanted, shown: Sequence[Item]) -> Mapping[str, Any]:
    """Returns what the following page of the queue is asked for."""
    after, reported = wanted.after, wanted.reported
    for item in shown:
        if isinstance(item, Submission):
            after = item.number
        else:
            reported = item.number
    return {
        "kind": wanted.kind or None,
        "organisation": wanted.organisation or None,
        "who": wanted.who or None,
        "channel": wanted.channel or None,
        "after": after or None,
        "reported": reported or None,
    }


def add_to(website: Website, site: Site) -> None:
    """Adds the queue."""
    queue = Queue(site)
    website.add("/desk/review", queue.page)
    website.add("/desk/review", queue.post, methods=["POST"])
