"""`/{language}/account/invitation/…` and `reset`: what mailed links lead to."""

from dataclasses import dataclass
from typing import Any

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api.pages.personal import Errors, errors_of, go, require, respond
from api.routes.pages.login import HOME, address_of
from api.routes.pages.website import Website
from api.site import Site
from registry.accounts import LONGEST, SHORTEST
from registry.errors import BadParameter
from registry.letters import ROLE_NAMES


@dataclass(frozen=True, slots=True)
class Mailed:
    """The pages that are reached by mail, and the one that asks for such a mail."""

    site: Site

    def invitation(self, request: Request, language: str) -> Response:
        """Returns the page on which an invitation is accepted.

        Raises:
            Expired: the link does not work any more.
        """
        return self._invitation(request, language)

    async def accept(self, request: Request, language: str) -> Response:
        """Accepts an invitation; whoever is new is logged in."""
        form = await self.site.guard.form(request)
        return await run_in_threadpool(self._accepted, request, language, form)

    def forgotten(self, request: Request, language: str) -> Response:
        """Returns the page on which a new password is asked for."""
        return self._page(request, "reset_ask", language, asked=False)

    async def ask(self, request: Request, language: str) -> Response:
        """Answers alike, and as fast, whether or not somebody has the address."""
        form = await self.site.guard.form(request)
        email = require(form.get("email"), "email")
        accounts = self.site.registry.accounts
        accounts.ask_for_reset(email, address_of(request))
        answer = self._page(request, "reset_ask", language, asked=True)
        # The mail is written once the answer is on its way: its time tells nothing.
        answer.background = BackgroundTask(accounts.mail_reset, email, language)
        return answer

    def resetting(self, request: Request, language: str) -> Response:
        """Returns the page on which a new password is chosen.

        Raises:
            Expired: the link does not work any more.
        """
        return self._resetting(request, language)

    async def reset(self, request: Request, language: str) -> Response:
        """Chooses a new password and asks to log in with it."""
        form = await self.site.guard.form(request)
        return await run_in_threadpool(self._reset, request, language, form)

    def _accepted(self, request: Request, language: str, form: FormData) -> Response:
        accounts, secret = self.site.registry.accounts, _secret(request)
        invitation = accounts.invitation(secret)
        name, password = str(form.get("name", "")), str(form.get("password", ""))
        try:
            account = accounts.accept(
                secret, name=name, password=password, language=language
            )
        except BadParameter as error:
            errors = errors_of(error, language)
            return self._invitation(request, language, name=name, errors=errors)
        addresses = self.site.web.addresses(language)
        if not invitation.new:
            return go(addresses.page("account/login", said="accepted"))
        self.site.guard.enter(request, account.actor)
        return go(addresses.page(HOME))

    def _invitation(
        self, request: Request, language: str, *, name: str = "", errors: Errors = ()
    ) -> Response:
        invitation = self.site.registry.accounts.invitation(_secret(request))
        return self._page(
            request,
            "invitation",
            language,
            errors=errors,
            invitation=invitation,
            role=ROLE_NAMES[invitation.role],
            name=name,
        )

    def _reset(self, request: Request, language: str, form: FormData) -> Response:
        password = require(form.get("password"), "password")
        try:
            self.site.registry.accounts.reset(_secret(request), password)
        except BadParameter as error:
            return self._resetting(request, language, errors_of(error, language))
        self.site.guard.leave(request)
        return go(self.site.web.addresses(language).page("account/login", said="reset"))

    def _resetting(
        self, request: Request, language: str, errors: Errors = ()
    ) -> Response:
        account = self.site.registry.accounts.resetting(_secret(request))
        return self._page(
            request, "reset", language, errors=errors, email=account.email
        )

    def _page(
        self,
        request: Request,
        template: str,
        language: str,
        *,
        errors: Errors = (),
        **values: Any,
    ) -> Response:
        return respond(
            self.site,
            request,
            template,
            language,
            errors=errors,
            shortest=SHORTEST,
            longest=LONGEST,
            **values,
        )


def _secret(request: Request) -> str:
    secret: str = request.path_params["secret"]
    return secret


def add_to(website: Website, site: Site) -> None:
    """Adds the pages that are reached by mail."""
    mailed = Mailed(site)
    website.add("/account/invitation/{secret}", mailed.invitation)
    website.add("/account/invitation/{secret}", mailed.accept, methods=["POST"])
    website.add("/account/reset", mailed.forgotten)
    website.add("/account/reset", mailed.ask, methods=["POST"])
    website.add("/account/reset/{secret}", mailed.resetting)
    website.add("/account/reset/{secret}", mailed.reset, methods=["POST"])
