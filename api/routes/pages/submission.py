"""`/{language}/desk/submissions/{number}`: one submission, and what is decided on it.

Every button is a form of its own or a named button in one; what it did is seen in
the state of the submission, to which the answer leads.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api.pages.desk import CHANNELS, Checks, Findings, Names, positive
from api.pages.differences import Difference, differences
from api.pages.facts import Labels
from api.pages.personal import go, respond
from api.pages.reading import Reader
from api.pages.translations import msgid
from api.problems import status_of
from api.routes.pages.website import Website
from api.site import Site
from registry.desk import Submission
from registry.duplicates import MESSAGES
from registry.errors import BadParameter, NotFound, RegistryError
from registry.language import Text
from registry.lifecycle import Status
from registry.losses import MESSAGES as LOSSES
from registry.losses import OTHER
from registry.people import Person
from registry.policy import Verb, allowed

PREVIEWS = (("jsonld", "JSON-LD"), ("ttl", "Turtle"))
"""Formats in which a draft can be seen beforehand, by their extension."""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment, as a page shows it."""

    author: str | None
    text: str
    at: Any


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a submission breaks, in words.

    Attributes:
        term: of the context, that the rule is about; `None` if about the whole.
        address: of the page that explains the rule.
    """

    message: Text
    code: str
    term: str | None
    value: str | None
    address: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What was asked for and not done.

    Attributes:
        verb: what was asked for.
        detail: why it was not done.
        text: what had been typed.
        status: of the answer.
    """

    verb: str
    detail: Text
    text: str
    status: int


@dataclass(frozen=True, slots=True)
class Submissions:
    """The submissions of one registry."""

    site: Site

    def page(self, request: Request, language: str) -> Response:
        """Returns the page of a submission."""
        person = self.site.guard.required(request)
        return self._answer(request, language, person, number_of(request))

    async def post(self, request: Request, language: str) -> Response:
        """Does what a button says."""
        person = self.site.guard.sender(request)
        form = await self.site.guard.form(request)
        return await run_in_threadpool(self._decide, request, language, person, form)

    def _decide(
        self, request: Request, language: str, person: Person, form: FormData
    ) -> Response:
        number = number_of(request)
        verb, typed = str(form.get("do", "")), str(form.get("text", ""))
        # First of all: what is nobody's business is not there.
        self.site.registry.reviewing.submission(person, number)
        try:
            if verb == "amend":
                return self._amend(language, person, number)
            self._do(verb, person, number, typed)
        except RegistryError as error:
            refused = Refused(verb, error.detail, typed, status_of(error))
            return self._answer(request, language, person, number, refused)
        address = self.site.web.addresses(language).page
        return go(f"{address(f'desk/submissions/{number}', done=verb)}#state")

    def _amend(self, language: str, person: Person, number: int) -> Response:
        """Opens a submission in the form, or goes on with what was begun before."""
        registry = self.site.registry
        submission = registry.reviewing.submission(person, number)
        made = registry.drafting.amending(
            person, submission, id=token_hex(16), saved=registry.clock()
        )
        begun = [
            draft
            for draft in registry.drafts.of([submission.organisation])
            if (draft.amends, draft.author) == (number, person.actor)
        ]
        if not begun:
            registry.drafts.save(made)
        draft = begun[0] if begun else made
        return go(self.site.web.addresses(language).page(f"desk/drafts/{draft.id}"))

    def _do(self, verb: str, person: Person, number: int, typed: str) -> None:
        reviewing = self.site.registry.reviewing
        deeds: Mapping[str, Callable[[], object]] = {
            "claim": lambda: reviewing.claim(person, number),
            "release": lambda: reviewing.release(person, number),
            "withdraw": lambda: reviewing.withdraw(person, number),
            "comment": lambda: reviewing.comment(person, number, typed),
            "reject": lambda: reviewing.reject(person, number, reason=typed),
            "accept": lambda: reviewing.accept(person, number, reason=typed),
            "accept-experimental": lambda: reviewing.accept(
                person, number, status=Status.EXPERIMENTAL, reason=typed
            ),
        }
        if verb not in deeds:
            raise BadParameter(
                "This form does nothing known.",
                "Този формуляр не прави нищо познато.",
            )
        deeds[verb]()

    def _answer(
        self,
        request: Request,
        language: str,
        person: Person,
        number: int,
        refused: Refused | None = None,
    ) -> Response:
        submission = self.site.registry.reviewing.submission(person, number)
        values = self._values(submission, person, language)
        done = "" if refused else request.query_params.get("done", "")
        return respond(
            self.site,
            request,
            "submission",
            language,
            person=person,
            status=refused.status if refused else 200,
            refused=refused,
            done=done if done in _DONE and _DONE[done](submission, person) else None,
            **values,
        )

    def _values(
        self, submission: Submission, person: Person, language: str
    ) -> Mapping[str, Any]:
        registry = self.site.registry
        names = Names(registry.directory)
        checks = Checks(registry.intake, registry.reviewing)
        findings = checks.of([submission])[submission.number]
        labels = Labels(registry.journal, registry.iris, language)
        addresses = self.site.web.addresses(language)
        say = self.site.web.languages[language].say
        entry, decision = submission.entry, submission.decision
        return {
            "submission": submission,
            "entry": entry,
            "name": checks.names(submission),
            "author": names.person(entry.actor),
            "own": entry.actor == person.actor,
            "organisation": names.organisation(submission.organisation),
            "channel": CHANNELS[submission.channel.value],
            "claimed_by": names.person(submission.claimed_by or ""),
            "claimed_by_me": submission.claimed_by == person.actor,
            "decided_by": names.person(decision.actor) if decision else None,
            "findings": findings,
            "must": self._broken(findings.must, submission, language),
            "should": self._broken(findings.should, submission, language),
            "duplicates": [
                (one, [MESSAGES[reason] for reason in one.reasons])
                for one in findings.proposal.duplicates
            ],
            "losses": [
                (one, LOSSES.get(one.reason, OTHER)) for one in submission.losses
            ],
            **self._compared(submission, findings, labels),
            "comments": [
                Said(names.person(one.actor), one.text, one.at)
                for one in registry.reviewing.comments(person, submission.number)
            ],
            "may": {
                verb.value: allowed(person, verb, submission.subject) for verb in Verb
            },
            "has_form": entry.record.kind in registry.drafting.forms,
            "reader": Reader(addresses),
            "previews": PREVIEWS,
            "trail": [
                (say(msgid("Desk")), addresses.page("desk")),
                (say(msgid("Review")), addresses.page("desk/review")),
            ],
        }

    def _compared(
        self, submission: Submission, findings: Findings, labels: Labels
    ) -> Mapping[str, Sequence[Difference]]:
        """Returns what the submission changes, and what was changed meanwhile."""
        registry, proposal = self.site.registry, findings.proposal
        content = registry.reviewing.content(submission)
        base = registry.reviewing.base(submission)
        foreseen = registry.previews.version(submission.entry, content)
        return {
            "changes": differences(base, foreseen, labels),
            "meanwhile": differences(base, proposal.current, labels)
            if proposal.stale and proposal.current
            else (),
        }

    def _broken(
        self, results: Sequence[Any], submission: Submission, language: str
    ) -> Sequence[Broken]:
        context = self.site.registry.vocabulary.context
        page = self.site.web.addresses(language).page
        kind = submission.entry.record.kind
        found = []
        for result in results:
            terms = context.names(result.path) if result.path else ()
            found.append(
                Broken(
                    result.message,
                    result.code,
                    terms[0] if terms else None,
                    result.value,
                    f"{page(f'vocabulary/shapes/{kind}')}#{result.code}",
                )
            )
        return found


_DONE: Mapping[str, Callable[[Submission, Person], bool]] = {
    "claim": lambda one, person: one.claimed_by == person.actor,
    "release": lambda one, _: one.claimed_by is None,
    "withdraw": lambda one, _: one.outcome.value == "withdrawn",
    "comment": lambda *_: True,
    "reject": lambda one, _: one.outcome.value == "rejected",
    "accept": lambda one, _: one.outcome.value == "accepted",
    "accept-experimental": lambda one, _: one.outcome.value == "accepted",
}
"""What may be said to have been done: what the state bears out."""


def number_of(request: Request) -> int:
    """Returns the number of the submission that is asked for.

    Raises:
        NotFound: it is no number.
    """
    number = positive(request.path_params["number"])
    if not number:
        raise NotFound("There is no such submission.", "Няма такова предложение.")
    return number


def add_to(website: Website, site: Site) -> None:
    """Adds the pages of submissions."""
    submissions = Submissions(site)
    path = "/desk/submissions/{number}"
    website.add(path, submissions.page)
    website.add(path, submissions.post, methods=["POST"])
