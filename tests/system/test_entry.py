"""Somebody fills in a form in a real browser, with scripts and without them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from registry.directory.accounts import SqlAccounts
from registry.lifecycle import Role
from registry.people import KEEPER
from registry.settings import Settings, SiteSettings
from registry.wiring import now, open_registry
from tests.browsing import Axe, Reader, chromium, reading, sideways
from tests.serving import Operator, free_port

SCRIPTS = pytest.mark.parametrize(
    "script", [pytest.param(True, id="script"), pytest.param(False, id="no script")]
)

FILES = (
    *(
        f"schemes/{name}.csv"
        for name in (
            "course-type",
            "institution-kind",
            "language",
            "operating-state",
            "place-level",
            "publication-kind",
            "service-kind",
            "target-group",
            "training-centre-kind",
        )
    ),
    "places/nuts.csv",
)
"""What an institution's form refers to."""


@dataclass(frozen=True)
class Office:
    """Attributes: a server with code lists and places, and the secret of a session."""

    operator: Operator
    session: str


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    operator = Operator(tmp_path_factory.mktemp("entry") / "data", free_port())
    assert operator.run("init").returncode == 0
    loaded = operator.run("load", *FILES)
    assert loaded.returncode == 0, loaded.stderr
    registry = open_registry(
        Settings(data=operator.data, site=SiteSettings(base=operator.base))
    )
    accounts = SqlAccounts(registry.journal.engine, now)
    actor = accounts.enrol("ann@example.org", "en").actor
    registry.directory.join(actor, KEEPER, Role.CONTRIBUTOR)
    session = registry.access.enter(actor)
    registry.close()
    with operator.serving():
        yield Office(operator, session)


@contextmanager
def author(
    browser: Browser, office: Office, *, script: bool = True
) -> Iterator[Reader]:
    """Gives somebody who is logged in a browser."""
    base = office.operator.base
    with reading(browser, base, language="en", script=script) as somebody:
        somebody.page.context.add_cookies(
            [{"name": "session", "value": office.session, "url": base}]
        )
        yield somebody
        assert (somebody.complaints, somebody.strangers) == ([], [])


@SCRIPTS
def test_an_entry_is_filled_in_and_handed_in(
    browser: Browser, office: Office, script: bool
) -> None:
    """Rows are added, a place is found, and nothing typed is lost on the way."""
    name = "Club of neighbours" if script else "Circle of friends"
    with author(browser, office, script=script) as somebody:
        page = somebody.page
        somebody.opens("en/desk")
        page.get_by_role("link", name="Institution", exact=True).click()
        page.locator("[id='name.en']").fill(name)
        page.locator("[id='name.bg']").fill(f"Клуб {script}")
        page.locator("select[name=state]").select_option(label="active")
        page.locator("[id='homepage']").fill(f"https://{script}.example/".lower())
        page.get_by_role("button", name="Another: Website").click()
        expect(page.locator("input[name=homepage]")).to_have_count(2)
        page.locator("[id='location.search']").fill("haskovo")
        page.get_by_role("button", name=re.compile("^Find.* Place$")).click()
        page.locator("input[type=radio][name=location]").first.check()
        page.locator("[id='location.search']").fill("")
        page.get_by_role("button", name="Hand in for review").click()

        expect(page.locator(".errors")).to_contain_text("Say what kind of organisation")
        somebody.complaints.clear()  # Chromium complains of every answer of 422.
        page.locator(".errors a", has_text="Say what kind").click()
        expect(page.locator("select[name=classification]")).to_be_in_viewport()
        assert page.locator("[id='name.en']").input_value() == name
        page.locator("select[name=classification]").select_option(index=1)
        page.get_by_role("button", name="Hand in for review").click()

        expect(page.locator("main")).to_contain_text("Handed in under number")
        expect(page.locator("main")).to_contain_text(name)


@pytest.mark.parametrize(
    "path",
    ["en/desk", "bg/desk/new/training-centre", "en/desk/new/publication"],
)
def test_forms_are_for_everybody(browser: Browser, office: Office, path: str) -> None:
    """No rule of accessibility is broken, and nothing is wider than a telephone."""
    with author(browser, office) as somebody:
        assert somebody.opens(path) == 200

        assert Axe().violations(somebody.page) == []
        assert sideways(somebody.page, "ltr") <= 0


def test_a_form_with_mistakes_is_for_everybody(
    browser: Browser, office: Office
) -> None:
    """Nor is one that says what is wrong with it."""
    with author(browser, office) as somebody:
        somebody.opens("bg/desk/new/institution")
        somebody.page.get_by_role("button", name="Подаване за преглед").click()
        expect(somebody.page.locator(".errors")).to_be_visible()
        somebody.complaints.clear()

        assert Axe().violations(somebody.page) == []
        assert sideways(somebody.page, "ltr") <= 0


def test_a_long_list_is_narrowed_by_words(browser: Browser, office: Office) -> None:
    """Where scripts run; what is chosen stays in sight."""
    with author(browser, office) as somebody:
        somebody.opens("en/desk/new/institution")
        languages = somebody.page.locator("[id='servesIn']")
        languages.get_by_label("Arabic", exact=True).check()
        languages.get_by_role("searchbox").fill("bulg")

        expect(languages.get_by_label("Bulgarian", exact=True)).to_be_visible()
        expect(languages.get_by_label("Arabic", exact=True)).to_be_visible()
        expect(languages.get_by_label("Farsi", exact=True)).to_be_hidden()
