from datetime import timedelta, timezone
from io import BytesIO

from registry.views import sitemap
from registry.views.sitemap import UrlSet
from tests.versions import AT

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


def test_a_page_stands_once_for_each_language() -> None:
    """Each of the two links to both, and to the address that negotiates."""
    out = BytesIO()
    pages = UrlSet(out)
    pages.add("http://a.example/doc/b", AT.astimezone(timezone(timedelta(hours=2))))
    pages.finish()

    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{tag}" '
        f'href="http://a.example/doc/b{query}"/>'
        for tag, query in (
            ("bg", "?lang=bg"),
            ("en", "?lang=en"),
            ("x-default", ""),
        )
    )
    assert out.getvalue().decode() == (
        HEAD + '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        + "".join(
            f"<url><loc>http://a.example/doc/b?lang={tag}</loc>"
            f"<lastmod>2026-03-01T12:00:00Z</lastmod>{links}</url>\n"
            for tag in ("bg", "en")
        )
        + "</urlset>"
    )


def test_a_file_knows_when_it_last_changed_and_when_it_is_full() -> None:
    """It changed when the latest of its pages did."""
    pages = UrlSet(BytesIO(), cap=8)
    pages.add("http://a.example/1", AT)
    pages.add("http://a.example/2", AT - timedelta(days=1))
    pages.add("http://a.example/3", None)
    assert pages.modified == AT
    assert not pages.full

    pages.add("http://a.example/4", None)

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
