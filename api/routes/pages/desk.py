"""`/{language}/desk`: what somebody has begun, handed in, and looks after."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.caching import UNSTORED
from api.pages.facts import name_of
from api.routes.pages.website import Website
from api.site import Site
from registry.desk import Draft, Submission
from registry.drafting import Drafting
from registry.forms.missing import Gap, gaps
from registry.iris import RecordId
from registry.language import Text
from registry.lifecycle import Role
from registry.people import Organisation, Person
from registry.policy import reaches
from registry.ports import DeskQuery

MOST = 50
"""Drafts, submissions, and records of an organisation that are shown."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that an organisation looks after.

    Attributes:
        names: per language.
        gaps: what it lacks at a glance.
    """

    record: RecordId
    names: Text
    gaps: Sequence[Gap]


@dataclass(frozen=True, slots=True)
class Begun:
    """A draft with the name that was typed."""

    draft: Draft
    names: Text


@dataclass(frozen=True, slots=True)
class Open:
    """A submission with the name that it gives."""

    submission: Submission
    names: Text


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of one registry."""

    site: Site

    def page(self, request: Request, language: str) -> Response:
        """Returns the desk of whoever is logged in."""
        person = self.site.guard.required(request)
        registry = self.site.registry
        organisations = [
            one for one in registry.directory.organisations() if one.id in person.roles
        ]
        submitted = request.query_params.get("submitted", "")
        return self.site.web.respond(
            request,
            "desk",
            language,
            cache=UNSTORED,
            person=person,
            organisations=[(one, self._kept(one)) for one in organisations],
            begun=self._begun(organisations),
            handed_in=self._open(person),
            forms=registry.drafting.forms,
            reviews=_reaches(person, Role.REVIEWER),
            administers=_reaches(person, Role.ADMINISTRATOR),
            submitted=submitted
            if submitted.isascii() and submitted.isdecimal()
            else "",
        )

    def _begun(self, organisations: Sequence[Organisation]) -> Sequence[Begun]:
        drafts = self.site.registry.drafts.of([one.id for one in organisations])
        drafting: Drafting = self.site.registry.drafting
        return [
            Begun(draft, name_of(drafting.typed(draft).document))
            for draft in drafts[:MOST]
            if draft.record.kind in drafting.forms
        ]

    def _open(self, person: Person) -> Sequence[Open]:
        registry = self.site.registry
        found = []
        for one in registry.desk.list(DeskQuery(author=person.actor, limit=MOST)):
            content = registry.journal.content(one.entry.digest or "")
            names = name_of(json.loads(content.document)) if content else {}
            found.append(Open(one, names))
        return found

    def _kept(self, organisation: Organisation) -> Sequence[Kept]:
        registry, found = self.site.registry, []
        for record in registry.directory.kept(organisation.id)[:MOST]:
            version = registry.journal.current(record)
            form = registry.drafting.forms.get(record.kind)
            if version and form:
                document = json.loads(version.content.document)
                found.append(Kept(record, name_of(document), gaps(form, document)))
        return sorted(found, key=lambda one: -len(one.gaps))


def _reaches(person: Person, role: Role) -> bool:
    return any(reaches(person, one, role) for one in person.roles)


def add_to(website: Website, site: Site) -> None:
    """Adds the desk."""
    website.add("/desk", Desk(site).page)
