"""`/{language}/desk/drafts/{id}`: the form of a record, until it is handed in.

    /desk/new/{kind}            an empty form
    /desk/edit/{kind}/{key}     the form of a record as it is published
    /desk/drafts/{id}           a draft; every button of the form is sent here

Whatever button is pressed, what was typed is kept first, exactly as it was typed.
Who was logged out meanwhile gets it back in the answer.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from secrets import token_hex
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Message, Receive

from api import body
from api.caching import UNSTORED
from api.pages.choosing import Choices
from api.pages.entry import EntryForm
from api.pages.facts import Labels, name_of
from api.routes.pages.website import Website
from api.security import FIELD, FORM_SIZE
from api.site import Site
from registry import retrieval
from registry.desk import Draft
from registry.drafting import NEW, SOURCE, Checked, strange
from registry.duplicates import MESSAGES
from registry.errors import (
    Conflict,
    Forged,
    NotAllowed,
    NotFound,
    RegistryError,
)
from registry.forms import filling, merging
from registry.forms.field import Form
from registry.forms.naming import Given, Pairs, removed
from registry.iris import RecordId, record_id
from registry.kinds import KINDS
from registry.lifecycle import Role
from registry.people import Organisation, Person
from registry.policy import State, Subject, Verb, allowed, reaches, require
from registry.ports import Clock

BUTTON = "do"
"""The name of every button; its value says what is to be done."""
BY, SAVED = "_by", "_saved"
"""Who saved a draft last, and the moment of the state that a form shows."""
HIDDEN = frozenset(
    {FIELD, BUTTON, BY, SAVED, "_kind", "_key", "_based", "_organisation"}
)
"""Inputs that are no part of what was typed."""

_ID = re.compile(r"[0-9a-f]{32}\Z")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page of a form says beside the form.

    Attributes:
        status: of the answer.
        checked: what the check found, if there was one.
        notice: a code of what the page says first; empty for nothing.
        refusal: why it could not be handed in.
    """

    status: int = 200
    checked: Checked | None = None
    notice: str = ""
    refusal: RegistryError | None = None


@dataclass(frozen=True, slots=True)
class Entries:
    """The forms of one registry."""

    site: Site
    clock: Clock

    def new(self, request: Request, language: str) -> Response:
        """Returns an empty form of a kind.

        Raises:
            NotFound: the kind has no form.
            NotAllowed: the reader may hand in nothing.
        """
        person = self.site.guard.required(request)
        kind = request.path_params["kind"]
        self.site.registry.drafting.form(kind)
        organisations = self._organisations(person)
        if not organisations:
            raise _for_nobody()
        draft = self._begun(person, RecordId(kind, ""), organisations[0].id, 0)
        return self._page(request, language, person, draft, Shown())

    def edit(self, request: Request, language: str) -> Response:
        """Returns the form of a record as it is published.

        Raises:
            NotFound: there is no such record, or its kind has no form.
            NotAllowed: the reader may not change it.
        """
        person = self.site.guard.required(request)
        registry = self.site.registry
        record = record_id(request.path_params["kind"], request.path_params["key"])
        registry.drafting.form(record.kind)
        version = retrieval.find(registry.journal, record)
        steward = registry.directory.steward(record)
        require(person, Verb.SUBMIT, Subject(State.PUBLISHED, steward))
        begun = [
            draft
            for draft in registry.drafts.of([steward])
            if draft.record == record and draft.author == person.actor
        ]
        draft = self._begun(person, record, steward, version.head.version)
        return self._page(request, language, person, draft, Shown(), begun)

    def draft(self, request: Request, language: str) -> Response:
        """Returns a draft; `?check` with what is wrong with it.

        Raises:
            NotFound: there is none, or it is nobody's business.
            TooMany: the person has had too much checked.
        """
        person = self.site.guard.required(request)
        draft = self._kept(person, request.path_params["id"])
        if draft is None:
            raise _no_draft()
        query = request.query_params
        shown = Shown(notice="saved" if "save" in query else "")
        if "check" in query:
            self.site.guard.pace.count(person)
            shown = self._checked(draft, 200)
        return self._page(request, language, person, draft, shown)

    async def sent(self, request: Request, language: str) -> Response:
        """Keeps what was typed, and does what the button says."""
        whole = await body.read(request, FORM_SIZE)
        again = Request(request.scope, _replay(whole))
        try:
            fields = await self.site.guard.form(again)
        except Forged:
            if request.headers.get("sec-fetch-site") != "same-origin":
                raise
            fields = None
        person = await run_in_threadpool(self.site.guard.person, request)
        if fields is None or person is None:
            pairs = _typed(await Request(request.scope, _replay(whole)).form())
            return await run_in_threadpool(
                self._given_back, request, language, person, pairs
            )
        pairs = _typed(fields)
        return await run_in_threadpool(self._done, request, language, person, pairs)

    def _given_back(
        self, request: Request, language: str, person: Person | None, pairs: Pairs
    ) -> Response:
        """Returns what somebody typed who was logged out, or has logged in anew."""
        draft = self._from(request.path_params["id"], person, Given(pairs))
        draft = replace(draft, fields=_kept_pairs(pairs))
        notice = "again" if person else "logged-out"
        status = 403 if person else 401
        return self._page(request, language, person, draft, Shown(status, None, notice))

    def _done(
        self, request: Request, language: str, person: Person, pairs: Pairs
    ) -> Response:
        given, id = Given(pairs), request.path_params["id"]
        do = (given.values(BUTTON) or ["save"])[0]
        draft = self._kept(person, id, Verb.EDIT) or self._created(person, id, given)
        if do == "discard":
            self.site.registry.drafts.discard(id)
            return self._to(language, "desk")
        if do == "rebase":
            return self._rebased(language, draft, given)
        organisation = (given.values("_organisation") or [draft.organisation])[0]
        free = not draft.based_on and draft.amends is None
        if free and self._belongs(person, organisation):
            draft = replace(draft, organisation=organisation)
        verb, _, target = do.partition(":")
        fields = _kept_pairs(pairs)
        change = _CHANGES.get(verb)
        if change:
            form = self.site.registry.drafting.form(draft.record.kind)
            fields = tuple(change(form, fields, target))
        if self._overtaken(person, draft, given):
            mine = replace(draft, fields=fields)
            return self._page(request, language, person, mine, Shown(412, None, "both"))
        draft = self._save(replace(draft, fields=(*fields, (BY, person.actor))))
        if verb == "submit":
            return self._submitted(request, language, person, draft)
        asked = verb if verb in _ASKED else ""
        return self._to(language, f"desk/drafts/{draft.id}", asked, target)

    def _overtaken(self, person: Person, draft: Draft, given: Given) -> bool:
        """Says whether a colleague has saved the draft since the form was opened."""
        by = Given(draft.fields).values(BY)
        stamp = given.values(SAVED)
        return bool(
            by and by[-1] != person.actor and stamp != [draft.saved.isoformat()]
        )

    def _submitted(
        self, request: Request, language: str, person: Person, draft: Draft
    ) -> Response:
        # What was typed is saved by now, whether it is too much or not.
        self.site.guard.pace.count(person)
        registry, shown = self.site.registry, self._checked(draft, 422)
        checked, sure = shown.checked, Given(draft.fields).values(NEW)
        if checked is None or not checked.ready or checked.proposal.stale:
            return self._page(request, language, person, draft, shown)
        if checked.proposal.duplicates and not sure:
            return self._page(request, language, person, draft, shown)
        try:
            made = registry.drafting.submit(person, draft, checked)
        except RegistryError as error:
            status = 412 if isinstance(error, Conflict) else 422
            shown = Shown(status, checked, "refused", error)
            return self._page(request, language, person, draft, shown)
        registry.drafts.discard(draft.id)
        return self._to(language, "desk", submitted=str(made.number))

    def _checked(self, draft: Draft, status: int) -> Shown:
        """Returns what a check finds, with the status of what is not ready."""
        try:
            checked = self.site.registry.drafting.check(draft)
        except RegistryError as error:
            return Shown(422, None, "refused", error)
        stale = checked.proposal.stale and status != 200
        return Shown(412 if stale else status, checked, "checked")

    def _rebased(self, language: str, draft: Draft, given: Given) -> Response:
        """Puts the draft on the current version, with what was taken over from it."""
        drafting = self.site.registry.drafting
        clashes = drafting.clashes(draft)
        taken = frozenset(
            clash.slot
            for clash in clashes
            if given.values(f"take:{clash.slot}") == ["theirs"]
        )
        fields = merging.rebased(draft.fields, clashes, taken)
        now = drafting.current(draft.record)
        self._save(replace(draft, fields=tuple(fields), based_on=now))
        return self._to(language, f"desk/drafts/{draft.id}", "check")

    def _save(self, draft: Draft) -> Draft:
        saved = replace(draft, saved=self.clock())
        self.site.registry.drafts.save(saved)
        return saved

    def _kept(self, person: Person, id: str, verb: Verb = Verb.READ) -> Draft | None:
        """Returns a draft; another organisation's is as if it were not there.

        Raises:
            NotFound: it is nobody's business.
        """
        draft = self.site.registry.drafts.get(id)
        if draft and not allowed(person, verb, draft.subject):
            raise _no_draft()
        return draft

    def _created(self, person: Person, id: str, given: Given) -> Draft:
        draft = self._from(id, person, given)
        if draft.based_on:
            steward = self.site.registry.directory.steward(draft.record)
            require(person, Verb.SUBMIT, Subject(State.PUBLISHED, steward))
            return replace(draft, organisation=steward)
        if not self._belongs(person, draft.organisation):
            raise _for_nobody()
        return draft

    def _from(self, id: str, person: Person | None, given: Given) -> Draft:
        """Returns the draft that a form says it is; nothing of it is believed yet."""

        def one(name: str) -> str:
            return (given.values(name) or [""])[0]

        if not _ID.match(id) or one("_kind") not in KINDS:
            raise _no_draft()
        drafting, kind = self.site.registry.drafting, one("_kind")
        drafting.form(kind)
        number = one("_based")
        based_on = int(number) if number.isascii() and number.isdecimal() else 0
        record = drafting.mint(kind, id)
        if based_on:
            record = record_id(kind, one("_key"))
            if based_on > drafting.current(record):
                raise _no_draft()
        author = person.actor if person else ""
        return Draft(
            id, record, one("_organisation"), author, based_on, (), None, self.clock()
        )

    def _begun(
        self, person: Person, record: RecordId, organisation: str, version: int
    ) -> Draft:
        filled = self.site.registry.drafting.filled(record, version)
        return Draft(
            token_hex(16),
            record,
            organisation,
            person.actor,
            version,
            tuple(filled),
            None,
            self.clock(),
        )

    def _organisations(self, person: Person | None) -> Sequence[Organisation]:
        """Returns the organisations for which somebody may hand in."""
        return [
            one
            for one in self.site.registry.directory.organisations()
            if person and reaches(person, one.id, Role.CONTRIBUTOR)
        ]

    def _belongs(self, person: Person, organisation: str) -> bool:
        return organisation in [one.id for one in self._organisations(person)]

    def _to(
        self, language: str, path: str, asked: str = "", place: str = "", **query: str
    ) -> Response:
        """Sends the reader on to a page, or to a place on it."""
        told = {asked: ""} if asked else {}
        address = self.site.web.addresses(language).page(path, **told, **query)
        anchor = f"#{quote(place)}" if place else ""
        headers = {"Cache-Control": UNSTORED}
        return RedirectResponse(address + anchor, status_code=303, headers=headers)

    def _page(
        self,
        request: Request,
        language: str,
        person: Person | None,
        draft: Draft,
        shown: Shown,
        begun: Sequence[Draft] = (),
    ) -> Response:
        registry, drafting = self.site.registry, self.site.registry.drafting
        form, typed = drafting.form(draft.record.kind), drafting.typed(draft)
        labels = Labels(registry.journal, registry.iris, language)
        view = EntryForm(
            form,
            Given(draft.fields),
            typed,
            shown.checked.faults if shown.checked else (),
            drafting.states(draft, typed),
            Choices(labels, registry.lists),
        )
        return self.site.web.unstored(
            request,
            "entry",
            language,
            status=shown.status,
            view=view,
            form=form,
            draft=draft,
            shown=shown,
            names=name_of(typed.document),
            clashes=drafting.clashes(draft),
            current=drafting.current(draft.record),
            strange=strange(form, draft),
            begun=begun,
            organisations=self._organisations(person),
            person=person,
            csrf=self.site.guard.csrf(request),
            likenesses=MESSAGES,
        )


def _added(form: Form, pairs: Pairs, target: str) -> Pairs:
    if target == SOURCE:
        return [*pairs, (SOURCE, "")]
    return filling.added(form, pairs, target)


_CHANGES: Mapping[str, Callable[..., Pairs]] = {
    "add": _added,
    "remove": lambda _, pairs, target: removed(pairs, target),
}
"""Buttons that change the form, by what their value begins with."""

_ASKED = frozenset({"save", "check"})
"""Buttons of which the page says that they were pressed."""


def _typed(fields: FormData) -> Pairs:
    every = fields.multi_items()
    return [(name, value) for name, value in every if isinstance(value, str)]


def _kept_pairs(pairs: Pairs) -> tuple[tuple[str, str], ...]:
    return tuple(one for one in pairs if one[0] not in HIDDEN)


def _replay(whole: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": whole, "more_body": False}

    return receive


def _no_draft() -> NotFound:
    return NotFound("There is no such draft.", "Няма такава чернова.")


def _for_nobody() -> NotAllowed:
    return NotAllowed(
        "You belong to no organisation for which you could hand in records.",
        "Не участвате в организация, от чието име да подавате записи.",
    )


def now() -> datetime:
    """Returns the present moment."""
    return datetime.now(UTC)


def add_to(website: Website, site: Site) -> None:
    """Adds the forms."""
    entries = Entries(site, now)
    website.add("/desk/new/{kind}", entries.new)
    website.add("/desk/edit/{kind}/{key}", entries.edit)
    website.add("/desk/drafts/{id}", entries.draft)
    website.add("/desk/drafts/{id}", entries.sent, ("POST",))
