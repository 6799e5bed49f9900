"""The pages of people in a real browser: from the first invitation to logging out."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser

from api.application import application
from registry import wiring
from registry.lifecycle import Role
from registry.organisations import OPERATOR
from registry.people import KEEPER
from registry.settings import AccountSettings, Settings, SiteSettings
from registry.wiring import Registry
from tests.browsing import Axe, Reader, chromium, reading, sideways
from tests.listening import listening
from tests.people import PASSWORD
from tests.serving import free_port


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the whole module."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """An empty registry, where hashing a password takes no time."""
    port = free_port()
    settings = Settings(
        data=tmp_path_factory.mktemp("people"),
        site=SiteSettings(base=f"http://127.0.0.1:{port}/"),
        accounts=AccountSettings(memory=8, passes=1, lanes=1),
    )
    wiring.create(settings)
    with closing(wiring.open_registry(settings)) as opened:
        app = application(opened, close=lambda: None)
        with listening(app, port):
            yield opened


def _invited(registry: Registry, email: str, role: Role) -> str:
    link = registry.accounts.invite(
        OPERATOR, email, organisation=KEEPER, role=role, language="en", mailed=False
    )
    return link.removeprefix(registry.iris.base)


def _arrives(reader: Reader, path: str) -> None:
    reader.page.wait_for_url(f"{reader.base}{path}")


@pytest.mark.parametrize("script", [True, False])
def test_somebody_comes_looks_around_and_goes(
    registry: Registry, browser: Browser, script: bool
) -> None:
    """Every page works, with scripts and without, and keeps to the rules."""
    email = f"ann-{script}@one.example".lower()
    other = f"bob-{script}@one.example".lower()
    found: dict[str, object] = {}
    with reading(browser, registry.iris.base, script=script) as reader:
        page, axe = reader.page, Axe()

        def judged(path: str) -> None:
            reader.opens(path)
            if script:
                found[path] = (axe.violations(page), sideways(page, "ltr"))
                reader.page.set_viewport_size({"width": 1280, "height": 900})

        for path in ("en/account/login", "bg/account/reset"):
            judged(path)
        judged(_invited(registry, email, Role.ADMINISTRATOR))
        page.get_by_label("Your name").fill("Ann")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Accept the invitation").click()
        _arrives(reader, "en/desk")
        for path in ("bg/account", "bg/desk/people"):
            judged(path)
        reader.opens("en/account")
        page.get_by_label("What it is for").fill("script")
        page.get_by_role("button", name="Make a token").click()
        page.get_by_text("Copy it now").wait_for()
        judged("en/account")
        reader.opens("en/desk/people")
        page.get_by_label("E-mail", exact=True).fill(other)
        page.get_by_role("button", name="Invite").click()
        page.get_by_text("The invitation is on its way.").wait_for()
        secret = _invited(registry, other, Role.REVIEWER).rpartition("/")[2]
        bob = registry.accounts.accept(
            secret, name="Bob", password=PASSWORD, language="en"
        )
        judged("en/desk/people")
        judged(f"en/desk/people/erase?actor={bob.actor}")
        page.get_by_role("button", name="Erase for good").click()
        page.get_by_text("Name and address are erased.").wait_for()
        reader.opens("en/account")
        page.get_by_role("button", name="Log out", exact=True).click()
        _arrives(reader, "en/account/login?said=out")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        _arrives(reader, "en/desk")

        assert found == dict.fromkeys(found, ([], 0))
        assert registry.accounts.find(other) is None
        assert (reader.complaints, reader.strangers) == ([], [])
