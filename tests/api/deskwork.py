"""People who work at the desk of a sample registry, each with a browser."""

import hmac
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from httpx import Response

from api import cookies
from registry.desk import Channel, Submission
from registry.directory.accounts import SqlAccounts
from registry.intake import Proposed
from registry.iris import RecordId
from registry.lifecycle import Role
from registry.people import KEEPER, Organisation, Person
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.versions import BASE

TOWN = "town"
ORIGIN = BASE.rstrip("/")

PRACTICE: Mapping[str, Any] = {
    "type": "IntegrationMeasure",
    "title": {"bg": "Разговорен клуб", "en": "Talking club"},
    "description": {
        "bg": "Доброволци разговарят с новодошлите всяка сряда.",
        "en": "Volunteers talk with newcomers every Wednesday.",
    },
}


@dataclass(frozen=True)
class Visitor:
    """Somebody who is logged in, in a browser that follows no redirects."""

    client: Client
    person: Person
    cookie: str

    def get(self, path: str) -> Response:
        """Opens a page."""
        return self.client.get(path, cookie=self.cookie)

    @property
    def csrf(self) -> str:
        """The value that the forms of this browser have to send."""
        secret = self.cookie.partition("=")[2]
        return hmac.new(secret.encode(), b"csrf", "sha256").hexdigest()

    def post(self, path: str, **fields: Any) -> Response:
        """Sends a form."""
        return self.send(path, csrf=self.csrf, **fields)

    def send(self, path: str, **fields: Any) -> Response:
        """Sends fields just as they are."""
        return self.client.send(
            "POST",
            path,
            urlencode(fields, doseq=True).encode(),
            cookie=self.cookie,
            origin=ORIGIN,
            content_type="application/x-www-form-urlencoded",
        )


@dataclass(frozen=True)
class Desk:
    """A registry with a town that keeps records of its own, and its people."""

    sample: Sample
    client: Client

    def comes(self, name: str, language: str = "en", **roles: Role) -> Visitor:
        """Lets somebody in who has roles by organisation."""
        accounts = SqlAccounts(self.sample.journal.engine, self.sample.previews.clock)
        account = accounts.enrol(f"{name.lower()}@x.example", language)
        accounts.change(replace(account, name=name))
        for organisation, role in roles.items():
            if self.sample.directory.organisation(organisation) is None:
                self.sample.directory.found(
                    Organisation(organisation, {"bg": "Град", "en": "Town <1>"})
                )
            self.sample.directory.join(account.actor, organisation, role)
        person = self.sample.directory.person(account.actor)
        assert person is not None
        secret = self.sample.access.enter(account.actor)
        return Visitor(self.client, person, f"{cookies.SESSION}={secret}")

    def contributor(self, name: str = "Ann") -> Visitor:
        """Lets in somebody who may hand in for the town."""
        return self.comes(name, town=Role.CONTRIBUTOR)

    def reviewer(self, name: str = "Rev", language: str = "en") -> Visitor:
        """Lets in somebody who may decide for the town."""
        return self.comes(name, language, town=Role.REVIEWER)

    def stranger(self) -> Visitor:
        """Lets in somebody of another organisation."""
        return self.comes("Eve", burgas=Role.ADMINISTRATOR)

    def keeper(self) -> Visitor:
        """Lets in a reviewer of the organisation that keeps the registry."""
        return self.comes("Kim", **{KEEPER: Role.REVIEWER})

    def hand_in(
        self,
        visitor: Visitor,
        key: str = "club",
        document: Mapping[str, Any] = PRACTICE,
        *,
        based_on: int | None = None,
        reason: str = "",
        amends: int | None = None,
        channel: Channel = Channel.FORM,
    ) -> Submission:
        """Hands in a good practice for the town."""
        record = RecordId("practice", key)
        intake = self.sample.intake
        proposals = intake.propose([Proposed(record, document, based_on=based_on)])
        (made,) = intake.submit(
            visitor.person,
            proposals,
            organisation=TOWN,
            channel=channel,
            reason=reason,
            amends=amends,
        )
        return made


def words(page: str) -> str:
    """Returns the text of a page, without markup, in one line."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", main)).split())
