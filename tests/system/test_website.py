"""Every kind of page of the website, in a real browser, on the real data."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache

import httpx
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
    """

    status: int
    violations: Sequence[str]
    wider: dict[str, int]
    complaints: Sequence[str]
    strangers: Sequence[str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def seen(browser: Browser, served: Operator) -> Iterator[Callable[[str], Seen]]:
    """What is seen of a page; each is opened once, by one reader after the other."""
    axe = Axe()
    with reading(browser, served.base) as reader:

        @cache
        def look(path: str) -> Seen:
            reader.forgets()
            return Seen(
                status=reader.opens(path),
                violations=axe.violations(reader.page),
                wider={way: sideways(reader.page, way) for way in ("ltr", "rtl")},
                complaints=list(reader.complaints),
                strangers=list(reader.strangers),
            )

        yield look


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusal_breaks_no_rule_of_accessibility(
    language: str, seen: Callable[[str], Seen]
) -> None:
    """The page that says what is not there is a page like the others."""
    found = seen(f"{language}/institution/nobody")

    assert (found.status, found.violations) == (404, [])
    assert found.wider == {"ltr": 0, "rtl": 0}
    assert found.strangers == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_query_in_the_background_has_a_page_like_the_others(
    language: str, served: Operator, seen: Callable[[str], Seen]
) -> None:
    """Whoever began it sees its answer there."""
    query = {"query": "SELECT ?t (COUNT(?s) AS ?n) { ?s a ?t } GROUP BY ?t"}
    with httpx.Client(base_url=served.address) as client:
        job = client.post("sparql/jobs", data=query).headers["location"]
        while client.get(job).json()["state"] in {"queued", "running"}:
            # Nothing tells that it is done but asking it.
            time.sleep(0.1)

    found = seen(f"{language}/sparql/jobs/{job.rpartition('/')[2]}")

    assert (found.status, found.violations) == (200, [])
    assert found.wider == {"ltr": 0, "rtl": 0}
    assert (found.complaints, found.strangers) == ([], [])


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
@pytest.mark.parametrize("path", ["", "find", "institution/sar"])
def test_first_view_is_light(
    path: str, language: str, browser: Browser, served: Operator
) -> None:
    """What a first visit fetches is under 60 KB, and with its fonts under 120 KB."""
    with reading(browser, served.base) as reader:
        reader.opens(f"{language}/{path}")
        sizes = {answer.url: transferred(answer) for answer in reader.answers}
    fonts = sum(size for url, size in sizes.items() if url.endswith(".woff2"))

    assert sum(sizes.values()) - fonts < 60 * KILOBYTE
    assert fonts
    assert sum(sizes.values()) < 120 * KILOBYTE
