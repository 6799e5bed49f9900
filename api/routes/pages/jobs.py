"""`/{language}/sparql/jobs`: queries in the background, for people.

The pages work without scripts: a form to begin, a link to look again, a form to end.
"""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import protocol
from api.caching import UNSTORED
from api.routes.background import submitted
from api.routes.pages.website import Website
from api.routes.sparql import chosen
from api.site import Site


@dataclass(frozen=True, slots=True)
class Jobs:
    """The pages of queries in the background of one registry."""

    site: Site

    async def submit(self, request: Request, language: str) -> Response:
        """Puts the query of the form into the line and shows its page."""
        limit = self.site.registry.settings.engine.query_bytes
        asked = await protocol.by_body(request, limit)
        form = self.site.asking.form(request, asked.text)
        sent, written = chosen(request, form, asked)
        job = submitted(self.site, request, asked.query(), sent=sent, written=written)
        return self._see(language, f"sparql/jobs/{job.id}")

    async def show(self, request: Request, language: str) -> Response:
        """Returns how far a query is, and its answer when that is there."""
        registry = self.site.registry
        job = registry.jobs.find(str(request.path_params["id"]))
        return self.site.web.respond(
            request,
            "job",
            language,
            headers={"X-Robots-Tag": "noindex"},
            cache=UNSTORED,
            job=job,
            expires=registry.jobs.expires(job),
            deadline=registry.settings.jobs.deadline,
        )

    async def end(self, request: Request, language: str) -> Response:
        """Ends a query, forgets its answer, and returns to the query page."""
        self.site.registry.jobs.cancel(str(request.path_params["id"]))
        return self._see(language, "sparql")

    def _see(self, language: str, path: str) -> Response:
        address = self.site.web.addresses(language).page(path)
        return RedirectResponse(address, status_code=303)


def add_to(website: Website, site: Site) -> None:
    """Adds the pages."""
    pages = Jobs(site)
    website.add("/sparql/jobs", pages.submit, methods=("POST",))
    website.add("/sparql/jobs/{id}", pages.show)
    website.add("/sparql/jobs/{id}", pages.end, methods=("POST",))
