"""What requests are refused for: the limits, the kinds of problem, and what to do."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.limits import Limit, limits
from api.pages.translations import msgid
from api.problems import kinds
from api.routes.pages.website import Website
from api.site import Site
from registry.errors import NotFound

GROUPS = {
    "query": msgid("Queries in SPARQL"),
    "records": msgid("Lists of records"),
    "tables": msgid("Slices of tables"),
    "catalogue": msgid("Catalogue"),
    "feeds": msgid("Feeds of changes"),
    "oai": msgid("Harvesting by OAI-PMH"),
    "ckan": msgid("Harvesting as from CKAN"),
    "": msgid("Other limits"),
}
"""The parts of the page of limits, in order, by what their names begin with."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """The pages about the refusals of one registry."""

    site: Site

    def limits(self, request: Request, language: str) -> Response:
        """Returns the page with every limit."""
        said = self.site.web.languages[language]
        grouped: dict[str, list[Limit]] = {group: [] for group in GROUPS}
        for limit in limits(self.site):
            group = limit.name.partition(".")[0]
            grouped[group if group in GROUPS else ""].append(limit)
        groups = [(said.say(GROUPS[group]), found) for group, found in grouped.items()]
        return self.site.web.respond(request, "limits", language, groups=groups)

    def problems(self, request: Request, language: str) -> Response:
        """Returns the page with every kind of problem."""
        found = list(kinds().values())
        return self.site.web.respond(request, "problems", language, kinds=found)

    def problem(self, request: Request, language: str) -> Response:
        """Returns the page of one kind of problem.

        Raises:
            NotFound: there is no such kind.
        """
        kind = kinds().get(request.path_params["slug"])
        if kind is None:
            raise NotFound("There is no such problem.", "Няма такъв вид грешка.")
        return self.site.web.respond(request, "problem_kind", language, kind=kind)


def add_to(website: Website, site: Site) -> None:
    """Adds the pages of limits and problems."""
    refusals = Refusals(site)
    website.add("/limits", refusals.limits)
    website.add("/problems", refusals.problems)
    website.add("/problems/{slug}", refusals.problem)
