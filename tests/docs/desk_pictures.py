"""Pictures of the pages of those who are logged in: two people at work on real data.

Their names and addresses are invented; so is what they hand in, which says so.
"""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, FilePayload, Page

from registry.confirming import Link
from registry.iris import RecordId
from registry.settings import Settings, SiteSettings
from registry.wiring import open_registry
from tests.browsing import Reader, reading
from tests.people import PASSWORD
from tests.serving import Operator

KEPT = (
    "institution/haskovo-community-support-centre",
    "institution/haskovo-community-centre",
)
"""What the municipality looks after beside its own entry."""

TABLE = "foreign-residents-by-municipality"
_FIGURES = """time_period,geo,citizen,sex,age,obs_value
2025,HKV34,FOR_STLS,T,TOTAL,412
2025,HKV34,SY,T,TOTAL,сто
2025,HKV34,UA,T,TOTAL,187
2025,HKV34,Украина,T,TOTAL,12
"""
_WIDTH = 1100
_TO = "at => scrollTo(0, at.getBoundingClientRect().top + scrollY - 32)"


@dataclass(frozen=True)
class Office:
    """A municipality that takes part in a registry.

    Attributes:
        operator: of the registry, whose server runs.
        id: of the organisation.
        confirm: path of a mailed link.
    """

    operator: Operator
    id: str
    confirm: str

    def invited(self, email: str, role: str, organisation: str) -> str:
        """Invites somebody and returns the path of the link."""
        found = _told(
            self.operator,
            *("account", "invite", email, "--role", role),
            *("--organisation", organisation),
        )
        return str(found["link"]).removeprefix(self.operator.base)


def founded(operator: Operator) -> Office:
    """Founds the organisation; no server may run yet."""
    made = _told(
        operator,
        *("organisation", "add", "--bg", "Община Хасково"),
        *("--en", "Haskovo Municipality"),
        *("--record", "institution/municipality-haskovo"),
        *("--contact", "office@haskovo.example.org"),
    )
    id = str(made["id"])
    for record in KEPT:
        assert operator.run("organisation", "assign", record, id).returncode == 0
    site = SiteSettings(base=operator.base)
    settings = Settings(data=operator.data, site=site)
    with closing(open_registry(settings)) as registry:
        link = Link(RecordId("institution", "haskovo-community-centre"), id)
        secret = registry.confirming.issue(link, timedelta(days=1))
    return Office(operator, id, f"bg/confirm/{secret}")


def _told(operator: Operator, *command: str) -> Mapping[str, object]:
    ran = operator.run(*command, "--format", "json")
    assert ran.returncode == 0, ran.stderr
    found: object = json.loads(ran.stdout)
    told = found[0] if isinstance(found, list) else found
    assert isinstance(told, dict)
    return told


@dataclass(frozen=True)
class Camera:
    """Takes what a person sees.

    Attributes:
        reader: the person.
        folder: where the pictures go.
    """

    reader: Reader
    folder: Path

    @property
    def page(self) -> Page:
        return self.reader.page

    def take(self, name: str, height: int, at: str = "") -> None:
        """Takes a picture of so many pixels, from an element on."""
        self.page.set_viewport_size({"width": _WIDTH, "height": height})
        self.page.evaluate("document.fonts.ready")
        if at:
            self.page.locator(at).evaluate(_TO)
        else:
            self.page.evaluate("scrollTo(0, 0)")
        self.page.screenshot(path=self.folder / f"{name}.png")

    def press(self, name: str) -> None:
        """Presses a button of the page."""
        self.page.locator("main").get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()

    def arrives(self, link: str, name: str) -> None:
        """Accepts an invitation."""
        self.reader.opens(link)
        self.page.get_by_label("Вашето име").fill(name)
        self.page.get_by_label("Парола").fill(PASSWORD)
        if name == CLERK:
            self.take("invitation", 840)
        self.press("Приемане на поканата")


CLERK, REVIEWER = "Петя Примерова", "Иво Образцов"


def take(browser: Browser, office: Office, folder: Path) -> None:
    """Takes every picture of the desk."""
    base = office.operator.base
    with reading(browser, base) as clerk, reading(browser, base) as reviewer:
        first, second = Camera(clerk, folder), Camera(reviewer, folder)
        link = office.invited("petya@example.org", "contributor", office.id)
        first.arrives(link, CLERK)
        _hand_in(first)
        _figures(first)
        _mailed(first, office)
        link = office.invited("ivo@example.org", "reviewer", office.id)
        second.arrives(link, REVIEWER)
        _review(second)


def _hand_in(clerk: Camera) -> None:
    page = clerk.page
    clerk.reader.opens("bg/desk/new/institution")
    page.locator("[id='name.bg']").fill("Център за информация на чужденци")
    page.locator("[id='name.en']").fill("Information centre for foreigners")
    page.locator("[id='name.en']").blur()
    clerk.take("form", 1000)
    clerk.press("Подаване за преглед")
    clerk.take("form-errors", 600, "#errors")
    clerk.reader.opens("bg/desk/new/institution")
    page.locator("[id='name.bg']").fill(
        "Общностен център за подкрепа на деца и родители - Хасково"
    )
    clerk.press("Проверка")
    clerk.take("duplicates", 400, "#similar")
    clerk.reader.opens("bg/desk/edit/institution/haskovo-community-centre")
    page.locator("[id='description.bg']").fill(
        "Общинска услуга за подкрепа на деца, родители и осиновители (пример)."
    )
    page.locator("[name=_reason]").fill("Примерна промяна за ръководството.")
    clerk.press("Подаване за преглед")
    clerk.take("desk", 1000)


def _figures(clerk: Camera) -> None:
    clerk.reader.opens(f"bg/desk/tables/{TABLE}")
    clerk.take("figures", 820)
    file = FilePayload(
        name="chuzhdi-grazhdani.csv",
        mimeType="text/csv",
        buffer=_FIGURES.encode("utf-8"),
    )
    clerk.page.locator("input[type=file]").set_input_files(file)
    clerk.press("Проверете файла")
    clerk.take("figures-report", 760)


def _mailed(reader: Camera, office: Office) -> None:
    reader.reader.opens("bg/missing?kind=institution")
    reader.take("missing", 900)
    reader.reader.opens(office.confirm)
    reader.take("confirm", 700, "#right")


def _review(reviewer: Camera) -> None:
    reviewer.reader.opens("bg/desk/review")
    reviewer.take("queue", 720)
    reviewer.page.locator("main ol.results h3 a").first.click()
    reviewer.page.wait_for_load_state()
    reviewer.take("submission", 1060)
    reviewer.take("decide", 720, "#decide")
