import re
from pathlib import Path

import pytest
from starlette.requests import Request

from api.pages.site import SitePages
from registry.language import Chosen
from tests.versions import BASE

ARABIC = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Privacy"
msgstr "الخصوصية"
"""


@pytest.fixture(scope="module")
def pages() -> SitePages:
    return SitePages.load(BASE)


@pytest.fixture(scope="module")
def arabic(tmp_path_factory: pytest.TempPathFactory) -> SitePages:
    """The pages with a catalogue of one more language."""
    folder = tmp_path_factory.mktemp("locale")
    path = folder / "ar" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(ARABIC, encoding="utf-8")
    return SitePages.load(BASE, folder)


def _request(path: str, query: bytes = b"", **headers: str) -> Request:
    sent = [
        (name.replace("_", "-").encode(), v.encode()) for name, v in headers.items()
    ]
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query,
            "headers": [(b"host", b"evil.example/x?"), *sent],
            "server": ("evil.example", 80),
            "scheme": "http",
        }
    )


def _links(page: str, rel: str) -> list[str]:
    return re.findall(rf'<link rel="{rel}"[^>]*href="([^"]+)"', page)


def test_language_switch(pages: SitePages) -> None:
    """A page links to itself in the other language, keeping what was asked."""
    request = _request("/bg/privacy", b"q=%D1%85&kind=")

    page = pages.render("privacy", request, "bg").decode()

    assert (
        f'<a href="{BASE}en/privacy?q=%D1%85&amp;kind=" hreflang="en" lang="en" '
        'dir="ltr">English</a>'
    ) in page
    assert "evil.example" not in page


def test_head(pages: SitePages) -> None:
    """Search engines are told the address, the languages and what the page is."""
    page = pages.render("privacy", _request("/en/privacy", b"x=1"), "en").decode()

    assert '<html lang="en" dir="ltr">' in page
    assert "<title>Privacy – Integration registry</title>" in page
    assert '<meta name="description" content="What this site learns' in page
    assert _links(page, "canonical") == [f"{BASE}en/privacy"]
    assert re.findall(r'rel="alternate" hreflang="([^"]+)" href="([^"]+)"', page) == [
        ("bg", f"{BASE}bg/privacy"),
        ("en", f"{BASE}en/privacy"),
        ("x-default", f"{BASE}bg/privacy"),
    ]


def test_landmarks(pages: SitePages) -> None:
    """A page has one heading, a way past the menu, and says where it is."""
    page = pages.render("privacy", _request("/en/privacy"), "en").decode()

    assert page.count("<h1>") == page.count("<main") == 1
    assert '<a class="skip" href="#content">' in page
    assert f'<li><a href="{BASE}en/">Home</a></li>' in page
    assert '<span aria-current="page">Privacy</span>' in page
    assert all("aria-label" in nav for nav in re.findall("<nav[^>]*>", page))


@pytest.mark.parametrize(
    ("path", "current"),
    [("/en/find", "page"), ("/en/course/x", "true"), ("/en/privacy", None)],
)
def test_section(pages: SitePages, path: str, current: str | None) -> None:
    """The menu marks the page, or the part of the site that the page is in."""
    page = pages.render("privacy", _request(path), "en").decode()

    marked = re.search(rf'href="{BASE}en/find" aria-current="(\w+)"', page)
    assert (marked and marked[1]) == current


def test_a_catalogue_is_a_language(arabic: SitePages) -> None:
    """A language of one more catalogue has pages, from right to left."""
    page = arabic.render("privacy", _request("/ar/privacy"), "ar").decode()

    assert '<html lang="ar" dir="rtl">' in page
    assert "<h1>الخصوصية</h1>" in page
    assert _links(page, "canonical") == [f"{BASE}ar/privacy"]
    assert arabic.reader_language(_request("/", accept_language="ar-SY")) == "ar"


def test_data_in_the_best_language(arabic: SitePages) -> None:
    """Text that the data have in other languages only is marked as such."""
    said = arabic.environments["ar"].get_template("site/macros.html").module.said  # type: ignore[attr-defined]

    assert said({"en": "A & B"}) == '<bdi lang="en" dir="ltr">A &amp; B</bdi>'
    assert said({"ar": "نص", "en": "text"}) == "نص"
    assert said({}, "key") == "key"
    assert said(None) == ""
    assert said(Chosen("<b>", "xx")) == ('<bdi lang="xx" dir="auto">&lt;b&gt;</bdi>')


def test_marks_of_direction_are_kept_apart(pages: SitePages) -> None:
    """A name that would turn its neighbours around turns only itself."""
    said = pages.environments["bg"].get_template("site/macros.html").module.said  # type: ignore[attr-defined]

    assert said({"bg": "а\u202eб"}) == "<bdi>а\u202eб</bdi>"


@pytest.mark.parametrize(
    ("path", "query", "header", "address"),
    [
        (
            "/records",
            b"kind=course&q=%D1%85&lang=en",
            "bg",
            "en/find?kind=course&q=%D1%85",
        ),
        (
            "/doc/institution/sar.html",
            b"version=2",
            "en",
            "en/institution/sar?version=2",
        ),
        ("/tables/x/data", b"geo=A&geo=B", "", "bg/table/x?geo=A&geo=B"),
        ("/", b"", "en", "en/"),
    ],
)
def test_redirect(
    pages: SitePages, path: str, query: bytes, header: str, address: str
) -> None:
    """A reader of pages is sent from an address for programs to its page."""
    answer = pages.redirect(_request(path, query, accept_language=header))

    assert answer.status_code == 303
    assert answer.headers["location"] == BASE + address
    assert answer.headers["vary"] == "Accept, Accept-Language"


def test_answer(pages: SitePages) -> None:
    """An answer says its language, and is not sent twice."""
    first = pages.respond(_request("/en/privacy"), "privacy", "en")
    tag = first.headers["etag"]
    again = pages.respond(_request("/en/privacy", if_none_match=tag), "privacy", "en")

    assert first.headers["content-language"] == "en"
    assert first.headers["content-type"] == "text/html; charset=utf-8"
    assert first.headers["vary"] == "Accept-Encoding"
    assert first.headers["cache-control"] == "public, no-cache"
    assert (again.status_code, again.body) == (304, b"")


def test_data_blocks_cannot_be_left(pages: SitePages) -> None:
    """What stands in a block of JSON-LD cannot end it."""
    structured = {"name": "</script><script>alert(1)</script>"}

    page = pages.render(
        "privacy", _request("/en/privacy"), "en", structured=structured
    ).decode()

    assert "alert(1)</script>" not in page
    assert page.count("<script") == 2


def test_every_template_speaks_every_language(pages: SitePages) -> None:
    """Each template can be read, in each language, by the rules of escaping."""
    for environment in pages.environments.values():
        names = environment.list_templates(filter_func=_is_ours)
        assert len(names) > 5
        for name in names:
            environment.get_template(name)
        assert environment.autoescape is True
        assert environment.auto_reload is False


def _is_ours(name: str) -> bool:
    return Path(name).parts[0] == "site"


def test_a_page_for_one_reader_is_kept_nowhere(pages: SitePages) -> None:
    """It has its own status, and says that nobody may store it."""
    headers = {"X-Robots-Tag": "noindex"}

    answer = pages.unstored(
        _request("/bg/privacy"), "privacy", "bg", status=410, headers=headers
    )

    assert answer.status_code == 410
    told = ("content-type", "content-language", "cache-control", "x-robots-tag")
    assert [answer.headers[name] for name in told] == [
        "text/html; charset=utf-8",
        "bg",
        "no-store",
        "noindex",
    ]
