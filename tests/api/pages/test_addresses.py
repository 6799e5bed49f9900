import pytest

from api.pages.addresses import Addresses, page_of, split, translated, web_address
from registry.iris import RecordId
from tests.versions import BASE

TAGS = ("bg", "en")


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/", ""),
        ("/doc/institution/sar", "institution/sar"),
        ("/doc/institution/sar.html", "institution/sar"),
        ("/id/institution/sar", "institution/sar"),
        ("/doc/training-centre/a.b-c", "training-centre/a.b-c"),
        ("/doc/institution/sar/history", "institution/sar/history"),
        ("/doc/table/migr-imm8", "table/migr-imm8"),
        ("/doc/table/migr-imm8/history", "table/migr-imm8/history"),
        ("/doc/table/migr-imm8/A.BG.2022", "table/migr-imm8/A.BG.2022"),
        ("/doc/place/bg422.html", "place/bg422"),
        ("/doc/catalog/table.migr-imm8", "catalogue/table.migr-imm8"),
        ("/records", "find"),
        ("/tables", "statistics"),
        ("/tables/migr-imm8/data", "table/migr-imm8"),
        ("/tables/migr-imm8/data.html", "table/migr-imm8"),
        ("/sparql", "sparql"),
        ("/catalog", "catalogue"),
        ("/catalog.html", "catalogue"),
        ("/catalog/score", "catalogue/scores"),
        ("/def/", "vocabulary"),
        ("/shapes/", "vocabulary/shapes"),
        ("/shapes/course", "vocabulary/shapes/course"),
        ("/problems/", "problems"),
        ("/problems/gone", "problems/gone"),
        ("/limits", "limits"),
        ("/dump/", "downloads"),
        ("/feed/", "feeds"),
        ("/doc/institution/sar.ttl", "institution/sar.ttl"),
        ("/health", None),
        ("/tables/migr-imm8/structure", None),
        ("/doc/institution", None),
        ("/nothing", None),
    ],
)
def test_page_of(path: str, page: str | None) -> None:
    """An address for programs has at most one page."""
    assert page_of(path) == page


def test_page_of_quotes() -> None:
    """What a reader writes into an address stays a part of it."""
    assert page_of('/doc/institution/"<b>') == "institution/%22%3Cb%3E"
    assert page_of("/doc/institution/a?b#c") == "institution/a%3Fb%23c"


def test_pages() -> None:
    """Addresses of pages have the language and the question that they are asked."""
    addresses = Addresses(BASE, "bg")

    assert addresses.page() == f"{BASE}bg/"
    assert addresses.page("find", q="а б&", kind=None) == (
        f"{BASE}bg/find?q=%D0%B0+%D0%B1%26"
    )
    assert addresses.page("find", path="x", self="y") == f"{BASE}bg/find?path=x&self=y"
    assert addresses.record(RecordId("place", "bg422")) == f"{BASE}bg/place/bg422"


@pytest.mark.parametrize(
    ("iri", "address"),
    [
        (f"{BASE}id/institution/sar", f"{BASE}bg/institution/sar"),
        (f"{BASE}id/scheme/sex#F", f"{BASE}bg/scheme/sex#F"),
        (f"{BASE}id/catalog/table.x", f"{BASE}bg/catalogue/table.x"),
        ("https://elsewhere.example/id/institution/sar",) * 2,
        ("javascript:alert(1)",) * 2,
        (f"{BASE}health",) * 2,
    ],
)
def test_thing(iri: str, address: str) -> None:
    """A thing of ours is shown on its page; what we do not show stays as it is."""
    assert Addresses(BASE, "bg").thing(iri) == address


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/bg/", ("bg", "")),
        ("/en/place/bg422", ("en", "place/bg422")),
        ("/de/place", (None, "de/place")),
        ("/", (None, "")),
        ("/doc/institution/sar", (None, "doc/institution/sar")),
    ],
)
def test_split(path: str, parts: tuple[str | None, str]) -> None:
    """Only what begins with a language of ours is a page."""
    assert split(path, TAGS) == parts


@pytest.mark.parametrize(
    ("path", "query", "address"),
    [
        ("/bg/find", "q=%D1%85&kind=course", "en/find?q=%D1%85&kind=course"),
        ("/bg/find", "q=&a=1&a=2", "en/find?q=&a=1&a=2"),
        ("/bg/", "", "en/"),
        ("/bg/а б", "", "en/%D0%B0%20%D0%B1"),
        (
            "/doc/institution/x",
            "lang=bg&version=2",
            "doc/institution/x?version=2&lang=en",
        ),
    ],
)
def test_translated(path: str, query: str, address: str) -> None:
    """The same page in another language is asked the same."""
    assert translated(BASE, path, query, "en", TAGS) == f"{BASE}{address}"


@pytest.mark.parametrize(
    ("value", "links"),
    [
        ("https://x.example/", True),
        ("http://x.example/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//x.example/", False),
        ("mailto:a@b.example", False),
        (7, False),
        (None, False),
    ],
)
def test_web_address(value: object, links: bool) -> None:
    """Only http and https become links."""
    assert web_address(value) is links
