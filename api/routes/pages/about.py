"""What the registry says of itself: who keeps it, why, how, and how to reach them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from api.pages.operator import operator
from api.pages.translations import msgid
from api.routes.pages.website import Website
from api.site import Site
from registry.ports import Listed, ListQuery

PLAIN = ("accessibility", "help", "privacy")
"""Pages that are nothing but their template."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project that the registry grew out of.

    Attributes:
        contract: its number.
        title: as a heading.
        sentence: what is known of it.
    """

    contract: str
    title: str
    sentence: str


PROJECTS = (
    Project(
        "BG EIF 2012/01-04.01",
        msgid("“From immigration to integration”"),
        msgid(
            "Contract BG EIF 2012/01-04.01, from February 2014. It opened the site, "
            "with a database of training centres and institutions."
        ),
    ),
    Project(
        "BG EIF 2013/01-05.01",
        msgid("Building capacity and an active platform"),
        msgid(
            "Contract BG EIF 2013/01-05.01, until June 2015. It added handbooks and "
            "forums on intercultural competences."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Made:
    """A project as its page shows it."""

    title: str
    sentence: str
    publications: Sequence[Listed]


@dataclass(frozen=True, slots=True)
class About:
    """The pages of one registry about itself."""

    site: Site

    def kept(self, request: Request, language: str, *, template: str) -> Response:
        """Returns a page that names those who keep the registry.

        `?about=` is the IRI of a record that a reader wants to write about.
        """
        registry = self.site.registry
        about = registry.iris.parse(request.query_params.get("about", ""))
        head = registry.journal.head(about) if about else None
        return self.site.web.respond(
            request,
            template,
            language,
            operator=operator(registry.journal),
            about=registry.iris.thing(head.record) if head else None,
        )

    def project(self, request: Request, language: str) -> Response:
        """Returns the page about the two projects, with what they published."""
        said = self.site.web.languages[language]
        return self.site.web.respond(
            request,
            "project",
            language,
            operator=operator(self.site.registry.journal),
            projects=[
                Made(
                    said.say(project.title),
                    said.say(project.sentence),
                    self._published(project.contract),
                )
                for project in PROJECTS
            ],
        )

    def _published(self, contract: str) -> Sequence[Listed]:
        query = ListQuery(kind="publication", text=contract)
        found = self.site.registry.lists.search(query).items
        return sorted(found, key=lambda listed: listed.record)

    def plain(self, request: Request, language: str, *, template: str) -> Response:
        """Returns a page that is nothing but its template."""
        return self.site.web.respond(request, template, language)


def add_to(website: Website, site: Site) -> None:
    """Adds the pages about the registry."""
    about = About(site)
    website.add("/about", partial(about.kept, template="about"))
    website.add("/contacts", partial(about.kept, template="contacts"))
    website.add("/project", about.project)
    for name in PLAIN:
        website.add(f"/{name}", partial(about.plain, template=name))
