"""`/{language}/account/oidc`: logging in by another site, where that is set up."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from api.pages.personal import go, own_path
from api.routes.pages.login import HOME, address_of
from api.routes.pages.website import Website
from api.site import Site
from registry.credentials import Account, new_secret
from registry.errors import NotFound
from registry.ports import IdentityProvider

PURPOSE = "oidc"
"""Of the tickets that stand for somebody who is away at the provider."""
AWAY = timedelta(minutes=10)
"""How long somebody may take there."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The way to the provider and back."""

    site: Site

    def leave(self, request: Request, language: str) -> Response:
        """Sends a reader to the provider.

        The way back is open once, for a while, and in this browser alone.
        """
        provider, registry = self._provider(), self.site.registry
        registry.accounts.patience.address.count(address_of(request))
        nonce, verifier = new_secret(), new_secret()
        away = {
            "nonce": nonce,
            "verifier": verifier,
            "browser": self.site.guard.csrf(request),
            "next": request.query_params.get("next", ""),
        }
        state = registry.tickets.issue(PURPOSE, away, AWAY)
        address = provider.departure(
            self._back(language), state=state, nonce=nonce, verifier=verifier
        )
        return go(address) if address else self._refused(language)

    def come(self, request: Request, language: str) -> Response:
        """Lets in whom the provider confirms, if they have an account."""
        provider, asked = self._provider(), request.query_params
        away = self.site.registry.tickets.use(asked.get("state", ""), PURPOSE)
        if away is None or away["browser"] != self.site.guard.csrf(request):
            return self._refused(language)
        identity = provider.identity(
            asked.get("code", ""),
            self._back(language),
            nonce=away["nonce"],
            verifier=away["verifier"],
        )
        account: Account | None = None
        if identity:
            account = self.site.registry.accounts.recognise(identity)
        if account is None:
            return self._refused(language)
        self.site.guard.enter(request, account.actor)
        path = own_path(away["next"], tuple(self.site.web.languages))
        if path:
            return go(f"{self.site.base}{path.removeprefix('/')}")
        return go(self.site.web.addresses(language).page(HOME))

    def _provider(self) -> IdentityProvider:
        provider = self.site.registry.provider
        if provider is None:
            raise NotFound(
                "Here one logs in with a password.", "Тук се влиза с парола."
            )
        return provider

    def _back(self, language: str) -> str:
        return self.site.web.addresses(language).page("account/oidc/callback")

    def _refused(self, language: str) -> Response:
        addresses = self.site.web.addresses(language)
        return go(addresses.page("account/login", said="elsewhere"))


def add_to(website: Website, site: Site) -> None:
    """Adds the way to the provider and back."""
    elsewhere = Elsewhere(site)
    website.add("/account/oidc", elsewhere.leave)
    website.add("/account/oidc/callback", elsewhere.come)
