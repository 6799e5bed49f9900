"""A browser in which somebody reads pages and sends their forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

from httpx import Response

from registry.lifecycle import Role
from registry.organisations import OPERATOR
from registry.people import KEEPER
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.people import PASSWORD
from tests.versions import BASE


class _Csrf(HTMLParser):
    value = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("name") == "csrf":
            self.value = found.get("value") or ""


@dataclass
class Visitor:
    """Keeps cookies, and sends with each form what its page has hidden in it.

    Attributes:
        client: what calls the application.
        cookies: by name.
        csrf: what the last page has hidden.
    """

    client: Client
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    def opens(self, path: str, status: int = 200) -> Response:
        """Reads a page below the base."""
        return self._kept(
            self.client.get(path, accept="text/html", cookie=self._cookie), status
        )

    def sends(
        self, path: str, status: int = 303, /, *, origin: str = BASE, **fields: str
    ) -> Response:
        """Sends a form; an underscore in the name of a field is a hyphen."""
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        answer = self.client.send(
            "POST",
            path,
            urlencode({"csrf": self.csrf} | named).encode(),
            accept="text/html",
            content_type="application/x-www-form-urlencoded",
            cookie=self._cookie,
            origin=origin.rstrip("/"),
        )
        return self._kept(answer, status)

    def logs_in(self, email: str, password: str = PASSWORD) -> Response:
        """Logs in on the page for that."""
        self.opens("/bg/account/login")
        return self.sends("/bg/account/login", email=email, password=password)

    @property
    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _kept(self, answer: Response, status: int) -> Response:
        assert answer.status_code == status, f"{answer.status_code} {answer.url}"
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if not value:
                del self.cookies[name]
        parser = _Csrf()
        parser.feed(answer.text)
        self.csrf = parser.value or self.csrf
        return answer


def joins(
    sample: Sample,
    email: str,
    organisation: str = KEEPER,
    role: Role = Role.CONTRIBUTOR,
) -> str:
    """Has somebody invited, who accepts; returns the id of the actor."""
    link = sample.accounts.invite(
        OPERATOR, email, organisation=organisation, role=role, language="bg"
    )
    account = sample.accounts.accept(
        link.rpartition("/")[2], name=f"Име {email}", password=PASSWORD, language="bg"
    )
    return account.actor


def mailed(sample: Sample, to: str) -> str:
    """Takes the mails out of the outbox; returns the last one to an address."""
    bodies = []
    while kept := sample.mailer.take():
        if kept.message.to == to:
            bodies.append(kept.message.body)
        sample.mailer.done(kept)
    return bodies[-1] if bodies else ""
