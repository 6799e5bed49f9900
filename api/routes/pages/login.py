"""`/{language}/account/login` and `logout`: coming in and going out."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api.pages.personal import go, own_path, require, respond
from api.pages.translations import msgid
from api.routes.pages.website import Website
from api.site import Site

HOME = "desk"
"""Where those arrive who asked for no page."""

SAID = {
    "reset": msgid("Your password is changed. Log in with the new one."),
    "accepted": msgid("You have accepted the invitation. Log in to go on."),
    "elsewhere": msgid(
        "The other site did not confirm who you are, or nobody with that address "
        "has accepted an invitation here."
    ),
    "out": msgid("You are logged out."),
    "everywhere": msgid("You are logged out everywhere."),
}
"""What happened before somebody is asked to log in."""


def address_of(request: Request) -> str:
    """Returns the network address that a request comes from."""
    return request.client.host if request.client else ""


@dataclass(frozen=True, slots=True)
class Doors:
    """The pages through which people come and go."""

    site: Site

    def ask(self, request: Request, language: str) -> Response:
        """Returns the page that asks who is there."""
        wanted = request.query_params.get("next", "")
        if self.site.guard.person(request):
            return go(self._onwards(wanted, language))
        return self._page(request, language, wanted)

    async def enter(self, request: Request, language: str) -> Response:
        """Lets somebody in, and sends them to the page that they wanted."""
        form = await self.site.guard.form(request)
        return await run_in_threadpool(self._entered, request, language, form)

    async def leave(self, request: Request, language: str) -> Response:
        """Ends the session."""
        await self.site.guard.form(request)
        await run_in_threadpool(self.site.guard.leave, request)
        return go(self.site.web.addresses(language).page("account/login", said="out"))

    def _entered(self, request: Request, language: str, form: FormData) -> Response:
        email = require(form.get("email"), "email")
        password = require(form.get("password"), "password")
        wanted = require(form.get("next", ""), "next")
        account = self.site.registry.accounts.log_in(
            email, password, address_of(request)
        )
        if account is None:
            return self._page(request, language, wanted, email=email, wrong=True)
        self.site.guard.enter(request, account.actor)
        return go(self._onwards(wanted, language))

    def _page(
        self,
        request: Request,
        language: str,
        wanted: str,
        *,
        email: str = "",
        wrong: bool = False,
    ) -> Response:
        say = self.site.web.languages[language].say
        sentence = say(msgid("The address or the password is not right."))
        said = SAID.get(request.query_params.get("said", ""))
        return respond(
            self.site,
            request,
            "login",
            language,
            errors=[(sentence, "email")] if wrong else (),
            email=email,
            wanted=wanted,
            provider=self._provider,
            done=say(said) if said and not wrong else None,
        )

    @property
    def _provider(self) -> str | None:
        registry = self.site.registry
        return registry.settings.oidc.name if registry.provider else None

    def _onwards(self, wanted: str, language: str) -> str:
        path = own_path(wanted, tuple(self.site.web.languages))
        if path:
            return f"{self.site.base}{path.removeprefix('/')}"
        return self.site.web.addresses(language).page(HOME)


def add_to(website: Website, site: Site) -> None:
    """Adds the pages for logging in and out."""
    doors = Doors(site)
    website.add("/account/login", doors.ask)
    website.add("/account/login", doors.enter, methods=["POST"])
    website.add("/account/logout", doors.leave, methods=["POST"])
