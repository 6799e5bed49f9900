"""What readers do on the website, in a real browser, on the real data."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browsing import Reader, chromium, reading
from tests.serving import Operator

SCRIPTS = pytest.mark.parametrize(
    "script", [pytest.param(True, id="script"), pytest.param(False, id="no script")]
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def reader(browser: Browser, served: Operator) -> Iterator[Reader]:
    """Somebody who reads Bulgarian, with a browser that runs scripts."""
    with reading(browser, served.base) as somebody:
        yield somebody
        assert (somebody.complaints, somebody.strangers) == ([], [])


@pytest.fixture
def plain(browser: Browser, served: Operator) -> Iterator[Reader]:
    """The same, whose browser runs no scripts."""
    with reading(browser, served.base, script=False) as somebody:
        yield somebody
        assert (somebody.complaints, somebody.strangers) == ([], [])


def test_first_page_is_in_the_language_of_the_reader(
    browser: Browser, served: Operator
) -> None:
    """Who asks for nothing but the registry gets the first page in their language."""
    arrived = {}
    for language in ("bg-BG", "en-GB", "de-DE"):
        with reading(browser, served.base, language=language) as somebody:
            somebody.opens("")
            arrived[language] = somebody.path

    assert arrived == {"bg-BG": "bg/", "en-GB": "en/", "de-DE": "bg/"}


@SCRIPTS
def test_course_of_bulgarian_is_three_clicks_away(
    browser: Browser, served: Operator, script: bool
) -> None:
    """Words in Latin letters find a course of Bulgarian, its name the first link."""
    with reading(browser, served.base, script=script) as somebody:
        page = somebody.page
        somebody.opens("bg/")
        page.get_by_role("searchbox").fill("kurs bulgarski haskovo")
        page.get_by_role("button", name="Търсене").click()
        page.wait_for_url("**/bg/find?q=kurs+bulgarski+haskovo*")
        page.locator("#found h3 a[href*='/course/']").first.click()
        page.wait_for_url("**/bg/course/*")

        expect(page.locator("h1")).to_contain_text("ългарски")


@SCRIPTS
def test_language_switch_keeps_page_and_question(
    browser: Browser, served: Operator, script: bool
) -> None:
    """The same page, asked the same, is one click away in the other language."""
    with reading(browser, served.base, script=script) as somebody:
        somebody.opens("bg/find?q=haskovo&kind=institution")
        somebody.page.get_by_role("link", name="English").click()
        somebody.page.wait_for_url("**/en/**")

        assert somebody.path == "en/find?q=haskovo&kind=institution"
        assert somebody.page.locator("html").get_attribute("lang") == "en"


def test_filter_without_script(plain: Reader) -> None:
    """A choice and the button give the list that answers it."""
    plain.opens("bg/find?kind=institution")
    before = plain.page.locator("#count").inner_text()
    plain.page.get_by_label("Място").select_option(label="Хасково")
    plain.page.get_by_role("button", name="Търсене").click()

    assert "place=" in plain.path
    assert plain.page.locator("#count").inner_text() != before


def test_filter_with_script_needs_no_button(reader: Reader) -> None:
    """A choice alone gives the list, whose address can be kept or gone back from."""
    reader.opens("bg/find?kind=institution")
    before = reader.page.locator("#count").inner_text()
    reader.page.get_by_label("Място").select_option(label="Хасково")
    reader.page.wait_for_url(re.compile(r"/find\?.*place="))
    expect(reader.page.locator("#count")).not_to_have_text(before)
    after = reader.page.locator("#count").inner_text()

    reader.page.reload()
    assert reader.page.locator("#count").inner_text() == after

    reader.page.go_back()
    expect(reader.page.locator("#count")).to_have_text(before)


def test_suggestions_are_walked_through_by_keyboard(reader: Reader) -> None:
    """A few letters suggest a record, which arrow and Enter open."""
    reader.opens("en/")
    box = reader.page.get_by_role("searchbox")
    box.focus()
    box.press_sequentially("haskov")
    suggested = reader.page.locator("[data-suggestions] a").first
    suggested.wait_for()
    wanted = suggested.get_attribute("href")
    box.press("ArrowDown")
    expect(suggested).to_be_focused()
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url(str(wanted))


def test_escape_takes_the_suggestions_away(reader: Reader) -> None:
    """Escape leaves the letters, and the reader in the box."""
    reader.opens("en/")
    box = reader.page.get_by_role("searchbox")
    box.press_sequentially("haskov")
    reader.page.locator("[data-suggestions] a").first.wait_for()
    box.press("ArrowDown")
    reader.page.keyboard.press("Escape")

    expect(reader.page.locator("[data-suggestions] a")).to_have_count(0)
    expect(box).to_be_focused()
    expect(box).to_have_value("haskov")


def test_keyboard_begins_with_the_way_to_the_content(reader: Reader) -> None:
    """The first Tab shows a link that passes over what every page has."""
    reader.opens("en/about")
    reader.page.keyboard.press("Tab")
    skip = reader.page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    reader.page.keyboard.press("Enter")

    expect(reader.page.locator("main")).to_be_focused()


def test_focus_can_be_seen(reader: Reader) -> None:
    """Whatever the keyboard comes to on the first page is marked."""
    reader.opens("en/")
    unmarked = []
    while True:
        reader.page.keyboard.press("Tab")
        name, marked = reader.page.evaluate(_FOCUS)
        if name == "BODY":
            break
        if not marked:
            unmarked.append(name)

    assert unmarked == []


def test_slice_of_a_table_without_script(plain: Reader) -> None:
    """A choice and the button give chart, figures and files of the same slice."""
    plain.opens("en/table/unhcr-population")
    page = plain.page
    page.locator("summary", has_text="Origin").click()
    ticked = page.locator("input[name=origin]:checked")
    while ticked.count():
        ticked.first.uncheck()
    page.get_by_label(re.compile("^Syria")).check()
    page.get_by_role("button", name="Show").click()

    page.wait_for_url("**origin=SY&**")
    expect(page.locator("#chart svg > title")).to_have_count(1)
    assert page.locator("#figures tbody tr").count() > 5
    files = page.get_by_role("link", name="JSON-stat").first.get_attribute("href")
    assert "origin=SY" in str(files)


def test_chart_can_be_explored_when_asked_for(reader: Reader) -> None:
    """The chart of the server gives way to one whose periods can be walked through."""
    reader.opens("en/table/unhcr-population")
    assert not reader.page.locator("#chart input[type=range]").count()
    reader.page.get_by_role("link", name="Chart to explore").click()
    slider = reader.page.locator("#chart input[type=range]")
    slider.focus()
    slider.press("Home")
    first = reader.page.locator("#chart output").inner_text()
    slider.press("ArrowRight")

    expect(reader.page.locator("#chart output")).not_to_have_text(first)


def test_example_runs_without_script(plain: Reader) -> None:
    """An example and the button give an answer with names to read, and as files."""
    plain.opens("bg/sparql")
    page = plain.page
    page.locator("a[href*='example=bulgarian-in-haskovo']").click()
    page.locator("form.asking button").click()

    expect(page.locator("table.answer tbody tr")).not_to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert "caritas" in download.value.path().read_text(encoding="utf-8").lower()


def test_query_is_written_and_run_by_keyboard(reader: Reader) -> None:
    """Two keys run what is written in the editor."""
    reader.opens("en/sparql")
    editor = reader.page.get_by_role("textbox", name="Query")
    editor.press_sequentially("ASK { ?s ?p ?o }")
    editor.press("Control+Enter")

    expect(reader.page.locator("[role=status] strong")).to_contain_text("Yes")


def test_editor_offers_terms_of_the_registry(reader: Reader) -> None:
    """Two keys offer classes and properties by the beginning of their names."""
    reader.opens("en/sparql")
    editor = reader.page.get_by_role("textbox", name="Query")
    editor.press_sequentially("ASK { ?s intg:taughtL")
    editor.press("Control+Space")

    expect(reader.page.get_by_role("option").first).to_contain_text(
        "intg:taughtLanguage"
    )


def test_error_of_a_query_is_shown_where_it_is(
    browser: Browser, served: Operator
) -> None:
    """A query that cannot be read is refused with its line, and can be mended."""
    with reading(browser, served.base) as somebody:
        somebody.opens("en/sparql?query=SELECT+*%0AWHERE+%7B+%3Fs+%3Fp+%7D")

        assert "WHERE" in somebody.page.locator(".excerpt .faulty").inner_text()
        assert somebody.strangers == []


_FOCUS = """() => {
  const here = document.activeElement, style = getComputedStyle(here);
  const outlined = style.outlineStyle !== "none" && style.outlineWidth !== "0px";
  return [here === document.body ? "BODY" : here.outerHTML,
    outlined || style.boxShadow !== "none"];
}"""
