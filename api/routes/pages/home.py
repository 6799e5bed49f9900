"""`/{language}/`: what people come for, and the way to everything else."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.pages.translations import msgid
from api.routes.pages.website import Website
from api.site import Site
from registry.ports import ListQuery

NEEDS = {
    "legal-aid": msgid("legal aid"),
    "accommodation": msgid("accommodation"),
    "health": msgid("health"),
    "employment-mediation": msgid("work"),
    "residence-permits": msgid("residence permits"),
}
"""Codes of `service-kind` that people ask for most, in the words of the page."""

_COUNTED = ("course", "institution", "table", "publication")


@dataclass(frozen=True, slots=True)
class Home:
    """The first page of one registry."""

    site: Site

    def page(self, request: Request, language: str) -> Response:
        """Returns the first page."""
        web, lists = self.site.web, self.site.registry.lists
        said = web.languages[language]
        return web.respond(
            request,
            "home",
            language,
            counts={
                kind: lists.search(ListQuery(kind=kind, limit=0)).total
                for kind in _COUNTED
            },
            needs=[(code, said.say(label)) for code, label in NEEDS.items()],
            provinces=self.site.places.of_level("province", language),
            structured={
                "@context": "https://schema.org",
                "@type": "WebSite",
                "url": web.addresses(language).page(),
                "name": said.say(msgid("Integration registry")),
                "inLanguage": language,
                "potentialAction": {
                    "@type": "SearchAction",
                    "target": f"{web.addresses(language).page('find')}?q={{q}}",
                    "query-input": "required name=q",
                },
            },
        )


def add_to(website: Website, site: Site) -> None:
    """Adds the first page."""
    website.add("/", Home(site).page)
