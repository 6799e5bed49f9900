"""`/{language}/desk/audit`: who changed what and why, the latest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api import auditing
from api.auditing import CSV, JSON
from api.pages.desk import CHANNELS, Names, positive
from api.pages.personal import respond
from api.pages.reading import Reader
from api.routes.pages.website import Website
from api.site import Site
from registry.errors import NotAllowed, NotFound
from registry.people import KEEPER, Organisation, Person
from registry.policy import State, Subject, Verb, allowed

LIMIT = 50
"""Changes on a page."""

_FORMS = {offer.extension: offer for offer in (CSV, JSON)}


@dataclass(frozen=True, slots=True)
class AuditPages:
    """The audit trail of one registry."""

    site: Site

    def page(self, request: Request, language: str) -> Response:
        """Returns a page of the changes of an organisation's records."""
        person = self.site.guard.required(request)
        organisations = self._organisations(person)
        if not organisations:
            raise NotAllowed(
                "Only reviewers and administrators see who changed what.",
                "Кой какво е променил, виждат само преглеждащите и администраторите.",
            )
        registry, web = self.site.registry, self.site.web
        chosen = request.query_params.get("organisation") or organisations[0].id
        before = positive(request.query_params.get("before")) or None
        lines = registry.auditing.latest(person, chosen, before=before, limit=LIMIT + 1)
        address = web.addresses(language).page
        last = lines[LIMIT - 1].entry.sequence if len(lines) > LIMIT else None
        names = Names(registry.directory)
        return respond(
            self.site,
            request,
            "audit",
            language,
            person=person,
            lines=[
                (line, names.organisation(line.organisation)) for line in lines[:LIMIT]
            ],
            organisations=organisations,
            chosen=chosen,
            channels=CHANNELS,
            reader=Reader(web.addresses(language)),
            files=[
                (form.upper(), address(f"desk/audit.{form}", organisation=chosen))
                for form in _FORMS
            ],
            next=last and address("desk/audit", organisation=chosen, before=last),
        )

    def file(
        self,
        request: Request,
        language: str,  # noqa: ARG002 - the file is the same in all of them
    ) -> Response:
        """Returns all of the changes as a file.

        Raises:
            NotFound: there is no such format.
        """
        person = self.site.guard.required(request)
        offer = _FORMS.get(request.path_params["extension"])
        if offer is None:
            raise NotFound("There is no such format.", "Няма такъв формат.")
        organisation = request.query_params.get("organisation", KEEPER)
        return auditing.exported(self.site, person, organisation, offer)

    def _organisations(self, person: Person) -> Sequence[Organisation]:
        """Returns those whose changes somebody may see, the keeper first."""
        return [
            organisation
            for organisation in self.site.registry.directory.organisations()
            if allowed(person, Verb.AUDIT, Subject(State.ORGANISATION, organisation.id))
        ]


def add_to(website: Website, site: Site) -> None:
    """Adds the pages of the audit trail."""
    pages = AuditPages(site)
    website.add("/desk/audit", pages.page)
    website.add("/desk/audit.{extension}", pages.file)
