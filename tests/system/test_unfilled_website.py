"""Pages that the real data have no example of, in a real browser, on made-up data.

The pages also speak a language that is written from right to left: one catalogue,
in which a few sentences are translated and the others stay English.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from api.application import application
from registry import wiring
from registry.settings import Settings, SiteSettings
from tests.api.conftest import fill, publish
from tests.browsing import NARROW, Axe, Reader, chromium, reading, sideways
from tests.listening import listening
from tests.serving import free_port
from tests.versions import concept, place

ARABIC = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Contacts"
msgstr "اتصال"

msgid "Filters"
msgstr "تصفية"
"""

TITLED = {"bg": "Пример", "en": "An example"}
UNFILLED: dict[str, dict[str, object]] = {
    "service/example": {
        "type": ["IntegrationService", "PublicService"],
        "title": TITLED,
        "description": {"bg": "Само на български."},
        "serviceKind": [concept("service-kind", "legal-aid")],
        "location": place("bg"),
        "state": concept("operating-state", "active"),
    },
    "practice/example": {"type": "CreativeWork", "title": TITLED},
    "dataset/example": {"type": "Dataset", "title": TITLED},
}

OPENED = (
    *(f"{name}{page}" for name in UNFILLED for page in ("", "/history")),
    "institution/centre",
    "find?kind=service",
    "place/bg",
    "contacts",
)
"""What is opened in every language of the pages."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a small registry is served whose pages speak Arabic too."""
    folder, port = tmp_path_factory.mktemp("unfilled"), free_port()
    base = f"http://127.0.0.1:{port}/"
    settings = Settings(data=folder / "data", site=SiteSettings(base=base))
    wiring.create(settings)
    with closing(wiring.open_registry(settings)) as registry:
        fill(registry.journal)
        for name, document in UNFILLED.items():
            publish(registry.journal, name, document)
        with wiring.writer(settings) as writer:
            writer.catch_up()
        app = application(registry, close=lambda: None, catalogues=_arabic(folder))
        with listening(app, port):
            yield base


def _arabic(folder: Path) -> Path:
    path = folder / "locale" / "ar" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(ARABIC, encoding="utf-8")
    return folder / "locale"


@pytest.fixture
def reader(browser: Browser, address: str) -> Iterator[Reader]:
    """Somebody whose browser must have nothing to complain of."""
    with reading(browser, address, language="ar") as somebody:
        yield somebody
        assert (somebody.complaints, somebody.strangers) == ([], [])


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("path", OPENED)
def test_page_is_whole_in_either_direction(
    reader: Reader, axe: Axe, path: str, language: str
) -> None:
    """It keeps WCAG 2.2 AA, stands the way it is written, and fits a phone."""
    assert reader.opens(f"{language}/{path}") == 200

    direction = {"ar": "rtl", "en": "ltr"}[language]
    assert reader.page.locator("html").get_attribute("dir") == direction
    assert axe.violations(reader.page) == []
    assert sideways(reader.page, direction) == 0


def test_first_page_is_in_arabic_for_who_reads_it(reader: Reader) -> None:
    """A reader of Arabic is led to pages that begin on the right."""
    reader.opens("")
    assert reader.path == "ar/"
    reader.opens("ar/contacts")

    expect(reader.page.locator("h1")).to_have_text("اتصال")
    heading = reader.page.locator("h1").bounding_box()
    assert heading is not None
    start = reader.page.locator("h1").evaluate("one => getComputedStyle(one).textAlign")
    assert start in ("start", "right")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_tombstone_is_a_page(
    browser: Browser, address: str, axe: Axe, language: str
) -> None:
    """What was retired says so, and what is left of it, with 410."""
    with reading(browser, address) as somebody:
        assert somebody.opens(f"{language}/institution/closed") == 410
        assert somebody.page.locator("h1").count() == 1
        assert axe.violations(somebody.page) == []
        assert sideways(somebody.page, "rtl" if language == "ar" else "ltr") == 0
        assert somebody.strangers == []


@pytest.mark.parametrize("script", [True, False])
def test_filters_do_not_stand_before_results_on_a_phone(
    browser: Browser, address: str, script: bool
) -> None:
    """Filters are folded away on a phone, opened by a touch, and open on a desk."""
    with reading(browser, address, script=script) as somebody:
        somebody.opens("en/find")
        choice = somebody.page.get_by_label("Service or course")
        expect(choice).to_be_visible()
        somebody.page.set_viewport_size({"width": NARROW, "height": 640})
        expect(choice).to_be_hidden()
        somebody.page.get_by_text("Filters", exact=True).click()

        expect(choice).to_be_visible()
