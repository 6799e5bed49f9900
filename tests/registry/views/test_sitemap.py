from datetime import timedelta, timezone
from io import BytesIO

import pytest

from registry.views import sitemap
from registry.views.sitemap import UrlSet
from tests.versions import AT, BASE

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


@pytest.mark.parametrize(
    ("path", "otherwise"), [("doc/b", f"{BASE}bg/doc/b"), ("", BASE)]
)
def test_a_page_stands_once_for_each_language(path: str, otherwise: str) -> None:
    """Each links to both; the first page is also where no language is preferred."""
    out = BytesIO()
    pages = UrlSet(out, BASE)
    pages.add(path, AT.astimezone(timezone(timedelta(hours=2))))
    pages.finish()

    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{tag}" href="{address}"/>'
        for tag, address in (
            ("bg", f"{BASE}bg/{path}"),
            ("en", f"{BASE}en/{path}"),
            ("x-default", otherwise),
        )
    )
    assert out.getvalue().decode() == (
        HEAD + '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        + "".join(
            f"<url><loc>{BASE}{tag}/{path}</loc>"
            f"<lastmod>2026-03-01T12:00:00Z</lastmod>{links}</url>\n"
            for tag in ("bg", "en")
        )
        + "</urlset>"
    )


def test_a_file_knows_when_it_last_changed_and_when_it_is_full() -> None:
    """It changed when the latest of its pages did."""
    pages = UrlSet(BytesIO(), BASE, cap=8)
    pages.add("1", AT)
    pages.add("2", AT - timedelta(days=1))
    pages.add("3", None)
    assert pages.modified == AT
    assert not pages.full

    pages.add("4", None)

    assert pages.full


def test_the_index_lists_files() -> None:
    """Text is escaped, and a date that is not known is left out."""
    out = BytesIO()

    sitemap.index(out, [("http://a.example/?a&b", AT), ("http://a.example/c", None)])

    assert out.getvalue().decode() == (
        HEAD + '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        "<sitemap><loc>http://a.example/?a&amp;b</loc>"
        "<lastmod>2026-03-01T12:00:00Z</lastmod></sitemap>\n"
        "<sitemap><loc>http://a.example/c</loc></sitemap>\n"
        "</sitemapindex>"
    )
