"""`/{language}/account`: what is one's own, and how it is changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api.pages.personal import Errors, errors_of, go, require, respond
from api.pages.translations import msgid
from api.routes.pages.login import address_of
from api.routes.pages.website import Website
from api.site import Site
from registry.access import TOKEN_DAYS
from registry.accounts import LONGEST, SHORTEST
from registry.credentials import Scope, digest_of
from registry.errors import BadParameter, NotAllowed
from registry.letters import ROLE_NAMES
from registry.people import Person

SCOPES = {
    Scope.SUBMIT: msgid("hand in records and figures"),
    Scope.REVIEW: msgid("decide on what others handed in"),
}
"""What a token can be made for, beside reading."""

SAID = {
    "details": msgid("Your name and language are saved."),
    "password": msgid("Your password is changed, and other devices are logged out."),
    "revoked": msgid("The token is revoked and works no more."),
}
"""What was done last."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form of this page that somebody sent."""

    request: Request
    language: str
    person: Person
    form: FormData


@dataclass(frozen=True, slots=True)
class Own:
    """The page of one's own account."""

    site: Site

    def show(self, request: Request, language: str) -> Response:
        """Returns the page.

        Raises:
            Unauthenticated: nobody is logged in.
        """
        return self._page(request, language, self.site.guard.required(request))

    async def change(self, request: Request, language: str) -> Response:
        """Does what one of the forms asks for."""
        form = await self.site.guard.form(request)
        return await run_in_threadpool(self._changed, request, language, form)

    def _changed(self, request: Request, language: str, form: FormData) -> Response:
        person = self.site.guard.required(request)
        done = self._ways.get(str(form.get("do", "")))
        if done is None:
            raise BadParameter(
                "The form does not say what to do.",
                "Формулярът не казва какво да се направи.",
            )
        try:
            return done(Sent(request, language, person, form))
        except (BadParameter, NotAllowed) as error:
            errors = errors_of(error, language)
            return self._page(request, language, person, errors=errors)

    @property
    def _ways(
        self,
    ) -> Mapping[str, Callable[[Sent], Response]]:
        return {
            "details": self._details,
            "password": self._password,
            "token": self._token,
            "revoke": self._revoke,
            "everywhere": self._everywhere,
        }

    def _details(self, sent: Sent) -> Response:
        wanted = require(sent.form.get("language"), "language")
        known = wanted if wanted in self.site.web.languages else sent.person.language
        self.site.registry.accounts.change_details(
            sent.person, require(sent.form.get("name"), "name"), known
        )
        return self._said("details", sent.language)

    def _password(self, sent: Sent) -> Response:
        self.site.registry.accounts.change_password(
            sent.person,
            require(sent.form.get("present"), "present"),
            require(sent.form.get("password"), "password"),
            address_of(sent.request),
        )
        self.site.guard.enter(sent.request, sent.person.actor)
        return self._said("password", sent.language)

    def _token(self, sent: Sent) -> Response:
        days = require(sent.form.get("days"), "days")
        secret = self.site.registry.access.issue(
            sent.person,
            require(sent.form.get("token"), "token"),
            [scope for scope in SCOPES if sent.form.get(f"scope-{scope}")],
            int(days) if days.isdecimal() and days.isascii() else 0,
        )
        return self._page(sent.request, sent.language, sent.person, secret=secret)

    def _revoke(self, sent: Sent) -> Response:
        self.site.registry.access.revoke(
            sent.person, require(sent.form.get("id"), "id")
        )
        return self._said("revoked", sent.language)

    def _everywhere(self, sent: Sent) -> Response:
        self.site.registry.access.leave_everywhere(sent.person)
        self.site.guard.leave(sent.request)
        login = self.site.web.addresses(sent.language)
        return go(login.page("account/login", said="everywhere"))

    def _said(self, key: str, language: str) -> Response:
        return go(self.site.web.addresses(language).page("account", said=key))

    def _page(
        self,
        request: Request,
        language: str,
        person: Person,
        *,
        errors: Errors = (),
        secret: str | None = None,
    ) -> Response:
        registry, say = self.site.registry, self.site.web.languages[language].say
        here = digest_of(self.site.guard.session_secret(request) or "")
        said = SAID.get(request.query_params.get("said", ""))
        roles = [
            (registry.directory.organisation(id), ROLE_NAMES[role])
            for id, role in sorted(person.roles.items())
        ]
        return respond(
            self.site,
            request,
            "account",
            language,
            errors=errors,
            person=person,
            roles=roles,
            sessions=registry.access.sessions(person),
            this_session=here,
            tokens=registry.access.tokens(person),
            secret=secret,
            scopes={scope: say(sentence) for scope, sentence in SCOPES.items()},
            days=TOKEN_DAYS,
            shortest=SHORTEST,
            longest=LONGEST,
            now=registry.access.clock(),
            done=say(said) if said and not errors and not secret else None,
        )


def add_to(website: Website, site: Site) -> None:
    """Adds the page of one's own account."""
    own = Own(site)
    website.add("/account", own.show)
    website.add("/account", own.change, methods=["POST"])
