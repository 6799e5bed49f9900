import pytest
from starlette.requests import Request

from api.pages.rendering import Pages, web_address
from tests.versions import BASE


def _request(path: str, query: bytes = b"") -> Request:
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query,
            "headers": [(b"host", b"evil.example/x?")],
            "server": ("evil.example", 80),
            "scheme": "http",
        }
    )


def test_other_language() -> None:
    """A page links to itself in the other language, keeping what was asked."""
    page = Pages.load(BASE).render(
        "problems", _request("/p/а b", b"x=1&lang=bg&y="), "bg", kinds=[]
    )

    assert (
        f'href="{BASE}p/%D0%B0%20b?x=1&amp;y=&amp;lang=en" hreflang="en" lang="en"'
        in page.decode()
    )
    assert b"evil.example" not in page


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
