"""Every kind of page of the website, in a real browser, on the real data."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache

import pytest
from playwright.sync_api import Browser

from api.application import application
from registry.settings import Settings, SiteSettings
from registry.wiring import open_registry
from tests.browsing import Axe, chromium, reading, sideways, transferred
from tests.serving import Operator
from tests.website import FRAGMENTS, LANGUAGES, PAGES, routes

KILOBYTE = 1024
EXAMPLES = [
    f"{language}/{path}"
    for language in LANGUAGES
    for paths in PAGES.values()
    for path in paths
]
every_page = pytest.mark.parametrize("path", EXAMPLES)


@dataclass(frozen=True)
class Seen:
    """What was seen of a page.

    Attributes:
        status: of the answer.
        violations: of the rules of accessibility.
        wider: pixels by which it is wider than a narrow screen, by direction.
        complaints: of the browser.
        strangers: addresses of other hosts that were asked.
        sizes: bytes that were sent, by address.
    """

    status: int
    violations: Sequence[str]
    wider: dict[str, int]
    complaints: Sequence[str]
    strangers: Sequence[str]
    sizes: dict[str, int]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def seen(browser: Browser, served: Operator) -> Callable[[str], Seen]:
    """What is seen of a page; each is opened once."""
    axe = Axe()

    @cache
    def look(path: str) -> Seen:
        with reading(browser, served.base) as reader:
            status = reader.opens(path)
            return Seen(
                status=status,
                sizes={answer.url: transferred(answer) for answer in reader.answers},
                violations=axe.violations(reader.page),
                wider={way: sideways(reader.page, way) for way in ("ltr", "rtl")},
                complaints=reader.complaints,
                strangers=reader.strangers,
            )

    return look


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_page_is_looked_at(language: str, served: Operator) -> None:
    """The pages looked at here are those that there are, in each language."""
    site = SiteSettings(base=served.base)
    with closing(open_registry(Settings(data=served.data, site=site))) as registry:
        app = application(registry, close=registry.close)

    assert routes(app, language) - FRAGMENTS == set(PAGES)


@every_page
def test_page_breaks_no_rule_of_accessibility(
    path: str, seen: Callable[[str], Seen]
) -> None:
    """A page is there, and keeps WCAG 2.2 AA in the light and in the dark."""
    found = seen(path)

    assert (found.status, found.violations) == (200, [])


@every_page
def test_page_fits_a_narrow_screen(path: str, seen: Callable[[str], Seen]) -> None:
    """No page is wider than 320 pixels, whichever way its language is written."""
    assert seen(path).wider == {"ltr": 0, "rtl": 0}


@every_page
def test_page_gives_the_browser_nothing_to_complain_of(
    path: str, seen: Callable[[str], Seen]
) -> None:
    """Nothing fails, breaks the security policy or is fetched from elsewhere."""
    found = seen(path)

    assert (found.complaints, found.strangers) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", [""])
def test_first_view_is_light(
    path: str, language: str, seen: Callable[[str], Seen]
) -> None:
    """What a first visit fetches is under 60 KB, and with its fonts under 120 KB."""
    sizes = seen(f"{language}/{path}").sizes
    fonts = sum(size for url, size in sizes.items() if url.endswith(".woff2"))

    assert sum(sizes.values()) - fonts < 60 * KILOBYTE
    assert fonts
    assert sum(sizes.values()) < 120 * KILOBYTE
