"""`/{language}/feeds`: how to harvest the registry and follow its changes."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.routes.feeds import logs
from api.routes.pages.dataset import WAYS
from api.routes.pages.website import Website
from api.site import Site
from registry.dumping import sitemaps
from registry.views import void


@dataclass(frozen=True, slots=True)
class FeedsPage:
    """The page about the feeds of one registry."""

    site: Site

    def page(self, request: Request, language: str) -> Response:
        """Returns what feeds there are, and what to register where."""
        base = self.site.base
        return self.site.web.respond(
            request,
            "feeds",
            language,
            feeds=[log.feed for log in logs(self.site)],
            ways=[way.at(self.site.registry.iris.catalogue) for way in WAYS],
            sitemap=f"{base}{sitemaps.INDEX}",
            void=f"{base}{void.PATH}",
        )


def add_to(website: Website, site: Site) -> None:
    """Adds the page about the feeds."""
    website.add("/feeds", FeedsPage(site).page)
