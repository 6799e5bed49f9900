"""`/{language}/desk/people`: who works for an organisation, and as what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api.pages.personal import Errors, errors_of, go, require, respond
from api.pages.translations import msgid
from api.routes.pages.website import Website
from api.site import Site
from registry.errors import BadParameter, NotAllowed, NotFound
from registry.iris import RecordId, record_id
from registry.letters import ROLE_NAMES
from registry.lifecycle import Role
from registry.people import KEEPER, Organisation, Person
from registry.policy import State, Subject, Verb, allowed
from registry.policy import require as permit

SAID = {
    "invited": msgid("The invitation is on its way."),
    "role": msgid("The role is changed."),
    "removed": msgid("The person no longer works for this organisation here."),
    "founded": msgid("The organisation is founded. Now invite its administrator."),
    "given": msgid("The record now belongs to this organisation."),
    "erased": msgid("Name and address are erased."),
}
"""What was done last."""

Way = Callable[[Person, str, FormData], tuple[str, str]]
"""Does what a form asks for; returns what to say, and of which organisation."""


@dataclass(frozen=True, slots=True)
class People:
    """The page of an organisation's people."""

    site: Site

    def show(self, request: Request, language: str) -> Response:
        """Returns the page of the organisation named, or of one's own.

        Raises:
            Unauthenticated: nobody is logged in.
            NotFound: it is none of the person's business.
        """
        person = self.site.guard.required(request)
        wanted = request.query_params.get("organisation", "")
        return self._page(request, language, person, wanted)

    async def change(self, request: Request, language: str) -> Response:
        """Does what one of the forms asks for."""
        form = await self.site.guard.form(request)
        return await run_in_threadpool(self._changed, request, language, form)

    def doomed(self, request: Request, language: str) -> Response:
        """Returns the page that asks whether a person is really to be erased.

        Raises:
            Unauthenticated: nobody is logged in.
            NotAllowed: the person may not.
            NotFound: nobody has this id.
        """
        person = self.site.guard.required(request)
        permit(person, Verb.ERASE, Subject(State.ORGANISATION))
        actor = request.query_params.get("actor", "")
        other = self.site.registry.directory.person(actor)
        if other is None:
            raise NotFound("Nobody has this id.", "Няма лице с такъв идентификатор.")
        return respond(
            self.site,
            request,
            "erase",
            language,
            person=person,
            other=other,
        )

    async def erase(self, request: Request, language: str) -> Response:
        """Forgets a person's name and address."""
        form = await self.site.guard.form(request)
        return await run_in_threadpool(self._erased, request, language, form)

    def _erased(self, request: Request, language: str, form: FormData) -> Response:
        person = self.site.guard.required(request)
        actor = require(form.get("actor"), "actor")
        self.site.registry.organisations.erase(person, actor)
        return self._said("erased", KEEPER, language)

    def _changed(self, request: Request, language: str, form: FormData) -> Response:
        person = self.site.guard.required(request)
        organisation = require(form.get("organisation"), "organisation")
        done = self._ways.get(str(form.get("do", "")))
        if done is None:
            raise BadParameter(
                "The form does not say what to do.",
                "Формулярът не казва какво да се направи.",
            )
        try:
            said, now_at = done(person, organisation, form)
        except (BadParameter, NotAllowed) as error:
            return self._page(
                request,
                language,
                person,
                organisation,
                errors=errors_of(error, language),
                given={name: str(value) for name, value in form.items()},
            )
        return self._said(said, now_at, language)

    @property
    def _ways(self) -> Mapping[str, Way]:
        return {
            "invite": self._invite,
            "role": self._role,
            "remove": self._remove,
            "found": self._found,
            "give": self._give,
        }

    def _invite(
        self, person: Person, organisation: str, form: FormData
    ) -> tuple[str, str]:
        language = require(form.get("language"), "language")
        self.site.registry.accounts.invite(
            person,
            require(form.get("email"), "email"),
            organisation=organisation,
            role=_role(form),
            language=language
            if language in self.site.web.languages
            else person.language,
        )
        return "invited", organisation

    def _role(
        self, person: Person, organisation: str, form: FormData
    ) -> tuple[str, str]:
        self.site.registry.organisations.change_role(
            person, require(form.get("actor"), "actor"), organisation, _role(form)
        )
        return "role", organisation

    def _remove(
        self, person: Person, organisation: str, form: FormData
    ) -> tuple[str, str]:
        self.site.registry.organisations.remove(
            person, require(form.get("actor"), "actor"), organisation
        )
        return "removed", organisation

    def _found(self, person: Person, _: str, form: FormData) -> tuple[str, str]:
        named = require(form.get("record", ""), "record").strip()
        made = self.site.registry.organisations.found(
            person,
            {tag: str(form.get(f"name-{tag}", "")) for tag in ("bg", "en")},
            record=_record(named) if named else None,
            contact=str(form.get("contact", "")),
        )
        return "founded", made.id

    def _give(
        self, person: Person, organisation: str, form: FormData
    ) -> tuple[str, str]:
        record = _record(require(form.get("given"), "given").strip())
        self.site.registry.organisations.assign(person, record, organisation)
        return "given", organisation

    def _said(self, key: str, organisation: str, language: str) -> Response:
        addresses = self.site.web.addresses(language)
        return go(addresses.page("desk/people", organisation=organisation, said=key))

    def _page(
        self,
        request: Request,
        language: str,
        person: Person,
        wanted: str,
        *,
        errors: Errors = (),
        given: Mapping[str, str] | None = None,
    ) -> Response:
        registry = self.site.registry
        visible = self._visible(person)
        organisation = next(
            (each for each in visible if not wanted or each.id == wanted), None
        )
        if organisation is None:
            raise NotFound("There is no such organisation.", "Няма такава организация.")
        subject = Subject(State.ORGANISATION, organisation.id)
        say = self.site.web.languages[language].say
        said = SAID.get(request.query_params.get("said", ""))
        return respond(
            self.site,
            request,
            "people",
            language,
            errors=errors,
            given=given or {},
            person=person,
            organisation=organisation,
            organisations=visible,
            members=registry.organisations.people(person, organisation.id),
            kept=registry.directory.kept(organisation.id),
            roles=ROLE_NAMES,
            administers=allowed(person, Verb.ADMINISTER, subject),
            keeps=allowed(person, Verb.ERASE, subject),
            done=say(said) if said and not errors else None,
        )

    def _visible(self, person: Person) -> Sequence[Organisation]:
        """Returns the organisations whose people somebody sees, their own first."""
        found = [
            each
            for each in self.site.registry.directory.organisations()
            if allowed(person, Verb.READ, Subject(State.ORGANISATION, each.id))
        ]
        return sorted(found, key=lambda each: each.id not in person.roles)


def _role(form: FormData) -> Role:
    try:
        return Role(require(form.get("role"), "role"))
    except ValueError as error:
        raise BadParameter(
            "There is no such role.", "Няма такава роля.", extra={"field": "role"}
        ) from error


def _record(text: str) -> RecordId:
    kind, _, key = text.rstrip("/").rpartition("/")
    try:
        return record_id(kind.rpartition("/")[2], key)
    except NotFound as error:
        raise BadParameter(
            "A record is named by the address of its page, or as kind/key.",
            "Запис се посочва с адреса на страницата му или като вид/ключ.",
        ) from error


def add_to(website: Website, site: Site) -> None:
    """Adds the pages of an organisation's people."""
    people = People(site)
    website.add("/desk/people", people.show)
    website.add("/desk/people", people.change, methods=["POST"])
    website.add("/desk/people/erase", people.doomed)
    website.add("/desk/people/erase", people.erase, methods=["POST"])
