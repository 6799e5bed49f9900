"""A desk at which files are handed in, with people of three organisations."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from api.application import application
from registry import wiring
from registry.access import TOKEN_DAYS
from registry.credentials import Scope
from registry.directory.accounts import SqlAccounts
from registry.directory.organisations import SqlDirectory
from registry.iris import RecordId
from registry.lifecycle import Role
from registry.people import KEEPER, Organisation, Person
from registry.settings import DeskSettings, Settings, SiteSettings
from registry.wiring import Registry, now
from tests import sharing
from tests.api.client import Client
from tests.versions import BASE

ORIGIN = BASE.rstrip("/")
LOADED = ("schemes/", "places/", "institutions/", "training-centres/", "courses/")
TABLES = ("foreign-residents-by-municipality", "asylum-applicants-bulgaria")
_MARK = "--------boundary"


@dataclass(frozen=True)
class Desk:
    """A desk with people at it.

    Attributes:
        registry: with the code lists, places, institutions and two tables.
        client: asks it.
        app: the application.
        people: by what they are called below.
    """

    registry: Registry
    client: Client
    app: FastAPI
    people: Mapping[str, Person]

    def cookie(self, name: str) -> str:
        """Logs somebody in."""
        return f"session={self.registry.access.enter(self.people[name].actor)}"

    def token(self, name: str, scope: Scope) -> str:
        """A token of somebody's for programs."""
        access = self.registry.access
        return access.issue(self.people[name], "program", [scope], TOKEN_DAYS[0])

    def page(self, path: str, cookie: str) -> Response:
        """Asks for a page."""
        return self.client.get(path, cookie=cookie)

    def csrf(self, cookie: str) -> str:
        """What forms of a session have."""
        page = self.page("/en/desk/sheets/course", cookie).text
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found
        return found[1]

    def multipart(
        self, cookie: str, body: bytes | None, **fields: str
    ) -> tuple[bytes, str]:
        """A form with a file, as browsers send it, and its type."""
        parts = [
            f'--{_MARK}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}'
            for name, value in {"csrf": self.csrf(cookie), **fields}.items()
        ]
        sent = "".join(f"{part}\r\n" for part in parts).encode()
        if body is not None:
            head = (
                f'--{_MARK}\r\nContent-Disposition: form-data; name="file"; '
                'filename="any.xlsx"\r\nContent-Type: application/octet-stream\r\n\r\n'
            )
            sent += head.encode() + body + b"\r\n"
        sent += f"--{_MARK}--\r\n".encode()
        return sent, f"multipart/form-data; boundary={_MARK}"

    def upload(
        self, path: str, cookie: str, body: bytes | None, **fields: str
    ) -> Response:
        """Sends a form with a file."""
        sent, kind = self.multipart(cookie, body, **fields)
        return self.client.send(
            "POST", path, sent, cookie=cookie, origin=ORIGIN, content_type=kind
        )

    def at_once(
        self, path: str, other: str, cookie: str, body: bytes, kind: str
    ) -> tuple[Response, Response, str]:
        """Sends a form, and asks for a page meanwhile; says which was there first."""
        ended: list[str] = []

        async def both() -> tuple[Response, Response]:
            transport = ASGITransport(self.app)
            async with AsyncClient(
                transport=transport, base_url=BASE, headers={"cookie": cookie}
            ) as client:
                upload = asyncio.create_task(
                    client.post(
                        path,
                        content=body,
                        headers={"origin": ORIGIN, "content-type": kind},
                    )
                )
                upload.add_done_callback(lambda _: ended.append("upload"))
                page = asyncio.create_task(client.get(other))
                page.add_done_callback(lambda _: ended.append("page"))
                return await upload, await page

        found = asyncio.run(both())
        return *found, ended[0]

    def send(self, path: str, cookie: str, **fields: str) -> Response:
        """Sends a form without a file."""
        return self.client.send(
            "POST",
            path,
            urlencode({"csrf": self.csrf(cookie), **fields}).encode(),
            cookie=cookie,
            origin=ORIGIN,
            content_type="application/x-www-form-urlencoded",
        )


def hidden(answer: Response, name: str) -> str:
    """Returns the value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    return unescape(found[1]) if found else ""


def _fill(data: Path) -> None:
    settings = Settings(
        data=data,
        site=SiteSettings(base=BASE),
        desk=DeskSettings(person=0, organisation=0),
    )
    wiring.create(settings)
    with wiring.loader(settings) as loader:
        files = [d for d in loader.datasets([]) if d.name.startswith(LOADED)]
        list(loader.load(files, strict=False, progress=lambda *_: None))
        for key in TABLES:
            found = loader.tables([f"tables/{key}.json"])
            list(loader.load_tables(found, lambda *_: None))
    with wiring.writer(settings) as projecting:
        projecting.catch_up()


@contextmanager
def desk(factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Opens a desk, which nobody else has."""
    data = sharing.copy(factory, "desk", _fill)
    settings = Settings(
        data=data,
        site=SiteSettings(base=BASE),
        desk=DeskSettings(person=0, organisation=0),
    )
    with closing(wiring.open_registry(settings)) as registry:
        directory = SqlDirectory(registry.journal.engine)
        school = Organisation("school", {"bg": "Училище", "en": "School"})
        town = Organisation("town", {"bg": "Община", "en": "Town"})
        for organisation in (school, town):
            directory.found(organisation)
        roles = {
            "pupil": ("school", Role.CONTRIBUTOR),
            "clerk": ("town", Role.CONTRIBUTOR),
            "keeper": (KEEPER, Role.REVIEWER),
            "other": (KEEPER, Role.REVIEWER),
        }
        people = {n: _person(registry, n, *role) for n, role in roles.items()}
        for version in list(registry.journal.heads("course"))[:3]:
            directory.assign(version.head.record, "school")
        app = application(registry, close=lambda: None)
        with Client(app) as client:
            yield Desk(registry, client, app, people)


def _person(registry: Registry, name: str, organisation: str, role: Role) -> Person:
    accounts = SqlAccounts(registry.journal.engine, now)
    account = replace(accounts.enrol(f"{name}@desk.example", "en"), name=name)
    accounts.change(account)
    directory = SqlDirectory(registry.journal.engine)
    directory.join(account.actor, organisation, role)
    found = directory.person(account.actor)
    assert found is not None
    return found


def record(name: str) -> RecordId:
    """Returns the id of a record."""
    return RecordId(*name.split("/"))
