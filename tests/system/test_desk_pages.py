"""Every page of those who are logged in, in a real browser and both languages."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from registry.confirming import Link
from registry.directory.accounts import SqlAccounts
from registry.iris import RecordId
from registry.lifecycle import Role
from registry.people import KEEPER
from registry.settings import Settings, SiteSettings
from registry.wiring import Registry, now, open_registry
from tests.browsing import Axe, Reader, chromium, reading, sideways
from tests.serving import Operator, free_port
from tests.system.test_entry import FILES

LANGUAGES = ("bg", "en")
TABLE = "foreign-residents-by-municipality"
LOADED = (
    *FILES,
    *(f"schemes/{name}.csv" for name in ("countries", "citizenship", "age", "sex")),
    *(f"schemes/{name}.csv" for name in ("unit", "frequency", "obs-flag")),
    "places/municipalities.csv",
    f"tables/{TABLE}.json",
)
PATHS: Mapping[str, str] = {
    "desk": "desk",
    "form of a record": "desk/edit/institution/{key}",
    "form of a course": "desk/new/course",
    "draft beside another version": "desk/drafts/{stale}",
    "draft of what may be there": "desk/drafts/{alike}?check",
    "queue": "desk/review",
    "submission": "desk/submissions/{open}",
    "overtaken submission": "desk/submissions/{overtaken}",
    "preview": "desk/submissions/{open}/preview",
    "preview of the catalogue": "desk/submissions/{open}/catalogue",
    "decided submission": "desk/submissions/{accepted}",
    "report of a reader": "desk/reports/{report}",
    "tables": "desk/tables",
    "table": f"desk/tables/{TABLE}",
    "sheets": "desk/sheets",
    "sheet": "desk/sheets/institution?organisation=keeper",
    "audit": "desk/audit",
    "people": "desk/people",
    "account": "account",
    "record that can be confirmed": "institution/{key}",
    "mailed link": "confirm/{secret}",
    "missing": "missing",
    "report": "report?record=institution/{key}",
    "background query": "sparql/jobs/{job}",
}
"""What is looked at, with paths below the language."""

judged = pytest.mark.parametrize("language", LANGUAGES)


@dataclass(frozen=True)
class Office:
    """A registry in which two people work.

    Attributes:
        operator: of its server.
        author: secret of the session of who hands in.
        chief: secret of the session of who decides.
        known: what paths are filled with.
    """

    operator: Operator
    author: str
    chief: str
    known: dict[str, str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def office(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    operator = Operator(tmp_path_factory.mktemp("desk") / "data", free_port())
    assert operator.run("init").returncode == 0
    loaded = operator.run("load", *LOADED)
    assert loaded.returncode == 0, loaded.stderr
    site = SiteSettings(base=operator.base)
    with closing(open_registry(Settings(data=operator.data, site=site))) as registry:
        place = Link(RecordId("place", "bg422"))
        made = Office(
            operator,
            _enters(registry, "ann@example.org", Role.CONTRIBUTOR),
            _enters(registry, "bob@example.org", Role.ADMINISTRATOR),
            {"secret": registry.confirming.issue(place, timedelta(days=1))},
        )
    with operator.serving():
        _at_work(browser, made)
        yield made


def _enters(registry: Registry, email: str, role: Role) -> str:
    accounts = SqlAccounts(registry.journal.engine, now)
    actor = accounts.enrol(email, "en").actor
    registry.directory.join(actor, KEEPER, role)
    return registry.access.enter(actor)


@contextmanager
def somebody(browser: Browser, office: Office, session: str) -> Iterator[Reader]:
    """Gives somebody who is logged in a browser."""
    base = office.operator.base
    with reading(browser, base, language="en") as reader:
        reader.page.context.add_cookies(
            [{"name": "session", "value": session, "url": base}]
        )
        yield reader


def _at_work(browser: Browser, office: Office) -> None:
    """Leaves something to be seen on every page."""
    known = office.known
    with (
        somebody(browser, office, office.author) as author,
        somebody(browser, office, office.chief) as chief,
    ):
        number = _hands_in(author, "en/desk/new/institution", _named)
        known["accepted"] = number
        known["key"] = _accepts(chief, number)
        edit = f"en/desk/edit/institution/{known['key']}"
        known["stale"] = _saves(author, edit, _described("Once a week."), "Save draft")
        known["overtaken"] = _hands_in(chief, edit, _described("On request."))
        _accepts(chief, _hands_in(author, edit, _described("Twice a week.")))
        known["alike"] = _saves(author, "en/desk/new/institution", _named, "Check")
        known["open"] = _hands_in(author, edit, _described("Every day."))
        author.opens(f"en/report?record=institution/{known['key']}")
        author.page.get_by_role("textbox", name="What has changed").fill("It moved.")
        _presses(author.page, "Send")
        chief.opens("en/desk/review")
        link = chief.page.locator("a[href*='/desk/reports/']").first
        known["report"] = str(link.get_attribute("href")).rpartition("/")[2]
        asked = chief.page.request.post(
            f"{chief.base}en/sparql/jobs", form={"query": "ASK {}"}
        )
        known["job"] = asked.url.rpartition("/")[2]


def _named(page: Page) -> None:
    page.locator("[id='name.en']").fill("Club of neighbours")
    page.locator("[id='name.bg']").fill("Клуб на съседите")
    page.locator("select[name=state]").select_option(label="active")
    page.locator("select[name=classification]").select_option(index=1)


def _described(text: str) -> Callable[[Page], None]:
    return lambda page: page.locator("[id='description.en']").fill(text)


def _presses(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def _saves(author: Reader, path: str, fill: Callable[[Page], None], name: str) -> str:
    author.opens(path)
    fill(author.page)
    _presses(author.page, name)
    found = re.search(r"desk/drafts/([0-9a-f]{32})", author.path)
    assert found, author.path
    return found[1]


def _hands_in(author: Reader, path: str, fill: Callable[[Page], None]) -> str:
    author.opens(path)
    fill(author.page)
    _presses(author.page, "Hand in for review")
    expect(author.page.locator("main")).to_contain_text("Handed in under number")
    return author.path.rpartition("=")[2]


def _accepts(chief: Reader, number: str) -> str:
    chief.opens(f"en/desk/submissions/{number}")
    _presses(chief.page, "Accept")
    link = chief.page.locator("a[href*='version=']").first
    path = str(link.get_attribute("href")).partition("?")[0]
    return path.rpartition("/")[2]


@pytest.fixture(scope="module")
def author(browser: Browser, office: Office) -> Iterator[Reader]:
    """Who hands in, and looks at one page after the other."""
    with somebody(browser, office, office.author) as reader:
        yield reader


@pytest.fixture(scope="module")
def chief(browser: Browser, office: Office) -> Iterator[Reader]:
    """Who decides, and looks at one page after the other."""
    with somebody(browser, office, office.chief) as reader:
        yield reader


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


def _judgement(reader: Reader, axe: Axe) -> tuple[object, ...]:
    return (
        axe.violations(reader.page),
        sideways(reader.page, "ltr"),
        reader.complaints,
        reader.strangers,
    )


GOOD: tuple[object, ...] = ([], 0, [], [])
"""No rule broken, nothing too wide, nothing to complain of, nobody else asked."""


@judged
@pytest.mark.parametrize("name", PATHS)
def test_page_is_for_everybody(
    author: Reader, chief: Reader, office: Office, axe: Axe, language: str, name: str
) -> None:
    """It keeps WCAG 2.2 AA in the light and the dark, and fits a telephone."""
    reader = author if name.startswith(("draft", "form")) else chief
    reader.forgets()

    status = reader.opens(f"{language}/{PATHS[name].format(**office.known)}")

    assert (status, *_judgement(reader, axe)) == (200, *GOOD)


_FIGURES = {
    "faults": "time_period,geo,citizen,sex,age,obs_value\n2025,HKV34,UA,T,TOTAL,many\n",
    "changes": "time_period,geo,citizen,sex,age,obs_value\n2025,HKV34,UA,T,TOTAL,87\n",
}


@judged
@pytest.mark.parametrize("outcome", _FIGURES)
def test_report_of_figures_is_for_everybody(
    author: Reader, axe: Axe, language: str, outcome: str
) -> None:
    """Nor does the page that says what is in a file, or what is wrong with it."""
    author.forgets()
    author.opens(f"{language}/desk/tables/{TABLE}")

    _sends(author, "figures.csv", _FIGURES[outcome].encode("utf-8"), "check")

    assert _judgement(author, axe) == GOOD


@judged
def test_report_of_a_sheet_is_for_everybody(
    author: Reader, axe: Axe, language: str
) -> None:
    """The same holds for records that come as a spreadsheet."""
    author.forgets()
    author.opens(f"{language}/desk/sheets/institution?organisation=keeper")
    with author.page.expect_download() as waited:
        author.page.get_by_role("link", name="CSV").click()
    text = waited.value.path().read_text(encoding="utf-8-sig")
    changed = text.replace("Twice a week.", "Thrice a week.")
    assert changed != text
    sent = (changed + ",\n").encode("utf-8")

    _sends(author, "sheet.csv", sent, "")

    assert _judgement(author, axe) == GOOD


def _sends(reader: Reader, name: str, content: bytes, action: str) -> None:
    """Sends a file; Chromium complains of every answer of 422."""
    file = FilePayload(name=name, mimeType="text/csv", buffer=content)
    reader.page.locator("input[type=file]").set_input_files(file)
    value = f"[value={action}]" if action else ""
    form = reader.page.locator("form", has=reader.page.locator("input[type=file]"))
    form.locator(f"button{value}").click()
    reader.page.locator("main .errors, main h2 + .facts").first.wait_for()
    reader.complaints[:] = [one for one in reader.complaints if "422" not in one]
