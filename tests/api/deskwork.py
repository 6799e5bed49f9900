"""People who work at the desk of a sample registry, each with a browser."""

import hmac
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
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
        return self._sent(path, urlencode(fields, doseq=True))

    def send_pairs(self, path: str, pairs: Sequence[tuple[str, str]]) -> Response:
        """Sends fields of which some have the same name."""
        return self._sent(path, urlencode(pairs))

    def _sent(self, path: str, body: str) -> Response:
        return self.client.send(
            "POST",
            path,
            body.encode(),
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
            accept_losses=True,
        )
        return made


def words(page: str) -> str:
    """Returns the text of a page, without markup, in one line."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", main)).split())


class _Inputs(HTMLParser):
    """Reads what the first form with a kind in it would send, as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self._form: list[tuple[str, str]] | None = None
        self._area: str | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._form = []
        elif self._form is None:
            return
        elif tag == "input" and name and self._sends(given):
            self._form.append((name, given.get("value", "")))
        elif tag == "textarea":
            self._area = name
            self._form.append((name, ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self._form.append((self._select, given.get("value", "")))

    def _sends(self, given: dict[str, str]) -> bool:
        marked = given.get("type") in {"checkbox", "radio"}
        return "checked" in given or not marked

    def handle_data(self, data: str) -> None:
        if self._area and self._form:
            self._form[-1] = (self._area, self._form[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        if tag == "form" and self._form is not None:
            if not self.pairs and "_kind" in dict(self._form):
                self.pairs = self._form
            self._form = None


def inputs(page: str) -> Sequence[tuple[str, str]]:
    """Returns what the form of a record would send if nothing were changed."""
    parser = _Inputs()
    parser.feed(page)
    return parser.pairs
