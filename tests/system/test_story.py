"""A record's way from an invitation to every face of the registry.

One person invites, another fills in a form, a third reviews; each has a browser of
their own, and follows what came by mail. Nothing is done behind the pages' back.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from queue import Queue
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page, expect
from SPARQLWrapper import JSON, SPARQLWrapper

from registry.namespaces import M8G
from tests.browsing import Reader, chromium, reading
from tests.registry.mailing.conftest import PostOffice
from tests.serving import Operator, free_port

PATIENCE = 60.0
"""Seconds within which a mail is there, or SPARQL knows; a busy machine is slow."""
PASSWORD = "четири прости думи тук"  # noqa: S105 - of nobody
CENTRE = "training-centre/caritas-livelihood"
EMAIL = "office@centre.example"
"""What is filled in: the address of an organisation, and of no one."""

SCHEMES = (
    "course-type",
    "institution-kind",
    "language",
    "language-level",
    "operating-state",
    "place-level",
    "qualification-degree",
    "service-kind",
    "target-group",
    "training-centre-kind",
)
FILES = (
    *(f"schemes/{name}.csv" for name in SCHEMES),
    "places/nuts.csv",
    "places/municipalities.csv",
    "institutions/institutions.csv",
    "training-centres/training-centres.csv",
)


class Post(PostOffice):
    """A real SMTP server, at which people wait for their mail."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self._came: Queue[EmailMessage] = Queue()
        self._waiting: list[EmailMessage] = []

    async def handle_DATA(self, *told: Any) -> str:  # noqa: N802 - as the server calls it
        answer = await super().handle_DATA(*told)
        self._came.put(message_from_bytes(self.mails[-1], policy=default))
        return answer

    def link(self, to: str, subject: str) -> str:
        """Waits for a mail and returns the address in it."""
        while True:
            for mail in self._waiting:
                if mail["To"] == to and subject in mail["Subject"]:
                    self._waiting.remove(mail)
                    found = re.search(r"https?://\S+", mail.get_content())
                    assert found, mail
                    return found.group()
            self._waiting.append(self._came.get(timeout=PATIENCE))


@dataclass(frozen=True)
class Town:
    """Attributes: a server with registers, and the post office that it sends by."""

    operator: Operator
    post: Post


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    post = Post(free_port())
    controller = Controller(post, hostname="127.0.0.1", port=post.port)
    controller.start()
    mail = {
        "REGISTRY_MAIL__HOST": "127.0.0.1",
        "REGISTRY_MAIL__PORT": str(post.port),
        "REGISTRY_MAIL__SECURITY": "none",
    }
    data = tmp_path_factory.mktemp("story") / "data"
    operator = Operator(data, free_port(), settings=mail)
    assert operator.run("init").returncode == 0
    loaded = operator.run("load", *FILES)
    assert loaded.returncode == 0, loaded.stderr
    assert operator.run("dump").returncode == 0
    with operator.serving():
        yield Town(operator, post)
    controller.stop()


@contextmanager
def somebody(browser: Browser, town: Town) -> Iterator[Reader]:
    """Gives a person a browser of their own, which has nothing to complain of."""
    with reading(browser, town.operator.base) as person:
        yield person
        assert (person.complaints, person.strangers) == ([], [])


def _accepts(page: Page, link: str, name: str) -> None:
    page.goto(link)
    page.get_by_label("Вашето име").fill(name)
    page.get_by_label("Парола").fill(PASSWORD)
    page.get_by_role("button", name="Приемане на поканата").click()
    page.wait_for_url("**/bg/desk")


def _invites(page: Page, email: str, role: str) -> None:
    form = page.locator("form", has=page.get_by_role("button", name="Изпращане"))
    form.get_by_label("Електронна поща", exact=True).fill(email)
    form.get_by_label("Роля", exact=True).select_option(label=role)
    form.get_by_role("button", name="Изпращане на покана").click()
    expect(page.locator("main")).to_contain_text("Поканата е изпратена")


def _until(answer: Callable[[], bool], wanted: str) -> float:
    """Returns the seconds until something is so."""
    began = time.monotonic()
    while not answer():
        assert time.monotonic() - began < PATIENCE, wanted
        # Nothing tells a reader from outside but asking again.
        time.sleep(0.05)
    return time.monotonic() - began


def _activities(operator: Operator, address: str) -> str:
    """Returns the pages of a feed, whole, from the first to the last."""
    text = ""
    with httpx.Client(headers={"Accept": "application/trig"}) as client:
        answer = client.get(f"{operator.base}{address}", follow_redirects=True)
        text += answer.text
    return text


def test_from_an_invitation_to_every_face(browser: Browser, town: Town) -> None:
    """Invited, logged in, filled in, handed in, reviewed by another, and public."""
    operator, post = town.operator, town.post
    invited = operator.run(
        "account", "invite", "ada@keeper.example", "--role", "administrator", "--mail"
    )
    assert invited.returncode == 0, invited.stderr
    founded = operator.run(
        "organisation", "add", "--bg", "Каритас", "--en", "Caritas", "--record", CENTRE
    )
    assert founded.returncode == 0, founded.stderr

    with (
        somebody(browser, town) as ada,
        somebody(browser, town) as boris,
        somebody(browser, town) as vera,
    ):
        _accepts(ada.page, post.link("ada@keeper.example", "Покана"), "Ада")
        ada.page.get_by_role("link", name="Хора").click()
        ada.page.get_by_label("Организация", exact=True).select_option(label="Каритас")
        ada.page.get_by_role("button", name="Покажи").click()
        _invites(ada.page, "boris@centre.example", "сътрудник")
        _invites(ada.page, "vera@centre.example", "преглеждащ")

        _accepts(boris.page, post.link("boris@centre.example", "Покана"), "Борис")
        _accepts(vera.page, post.link("vera@centre.example", "Покана"), "Вера")

        boris.opens(f"bg/{CENTRE}")
        boris.page.get_by_role("link", name="Промяна на този запис").click()
        boris.page.locator("[name='contact.0.email']").fill(EMAIL)
        boris.page.locator("[name='_reason']").fill("Адресът е от сайта ни.")
        boris.page.get_by_role("button", name="Подаване за преглед").click()
        expect(boris.page.locator("main")).to_contain_text("Подадено под номер")

        vera.page.goto(post.link("vera@centre.example", "За преглед"))
        expect(vera.page.locator("main")).to_contain_text(EMAIL)
        expect(vera.page.locator("main")).to_contain_text("Борис")
        vera.page.get_by_role("button", name="Приемане", exact=True).click()
        expect(vera.page.locator("main")).to_contain_text("прието")
        document = httpx.get(f"{operator.base}doc/{CENTRE}.jsonld").json()

        boris.page.goto(post.link("boris@centre.example", "Прието"))
        expect(boris.page.locator("main")).to_contain_text("прието")

    assert document["contact"]["email"] == EMAIL
    asking = SPARQLWrapper(f"{operator.base}sparql", returnFormat=JSON)
    asking.setQuery(f'ASK {{ ?contact <{M8G}email> "{EMAIL}" }}')

    def known() -> bool:
        answer: Any = asking.queryAndConvert()
        return bool(answer["boolean"])

    _until(known, "SPARQL")
    assert EMAIL in _activities(operator, "feed/records")
    before = httpx.get(f"{operator.base}catalog.ttl").headers["ETag"]
    assert operator.run("dump").returncode == 0
    _until(
        lambda: httpx.get(f"{operator.base}catalog.ttl").headers["ETag"] != before,
        "the catalogue",
    )
    register = "register.training-centre"
    assert register in _activities(operator, "feed/catalog")


def test_nobody_accepts_what_they_handed_in(browser: Browser, town: Town) -> None:
    """A reviewer sees no button for what is their own, and is told who decides."""
    operator = town.operator
    invited = operator.run(
        "account", "invite", "gana@keeper.example", "--role", "reviewer", "--mail"
    )
    assert invited.returncode == 0, invited.stderr

    with somebody(browser, town) as gana:
        page = gana.page
        _accepts(page, town.post.link("gana@keeper.example", "Покана"), "Гана")
        gana.opens("bg/desk/edit/institution/sar")
        page.locator("[name='description.en']").fill("The agency for refugees.")
        page.get_by_role("button", name="Подаване за преглед").click()
        page.get_by_role("link", name="Вижте подаденото").click()

        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("button", name="Приемане")).to_have_count(0)
        expect(page.get_by_role("button", name="Оттегляне")).to_have_count(1)
