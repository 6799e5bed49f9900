import re

from tests.api.client import Client
from tests.versions import BASE


def test_what_there_is(reader: Client) -> None:
    """A place shows what sits in it and what serves it, by kind with its number."""
    page = reader.get("/en/place/bg422").text

    kinds = re.findall(
        r'<h2><a href="([^"]*)">([^<]*)</a> <span class="count">(\d+)', page
    )
    assert kinds == [
        (f"{BASE}en/find?kind=course&amp;place=bg422", "Courses", "1"),
        (f"{BASE}en/find?kind=institution&amp;place=bg422", "Institutions", "3"),
    ]


def test_where_it_is(reader: Client) -> None:
    """A place stands below the places that contain it, and above those inside it."""
    page = reader.get("/en/place/bg422").text
    crumbs = page[page.index('<nav class="crumbs') :].partition("</nav>")[0]

    assert re.findall(r'href="([^"]*)"', crumbs) == [f"{BASE}en/", f"{BASE}en/place/bg"]
    assert '<span aria-current="page">Haskovo</span>' in crumbs
    inside = page[page.index("Places inside it") :].partition("</ul>")[0]
    assert f'<a href="{BASE}en/place/hkv34">Harmanli</a>' in inside
    assert '<span class="count">1</span>' in inside


def test_on_the_map(reader: Client) -> None:
    """The province of the place is marked on the map, for those inside it too."""
    for key in ("bg422", "hkv34"):
        page = reader.get(f"/en/place/{key}").text

        (marked,) = re.findall(r'<a [^>]*aria-current="true"[^>]*><path', page)
        assert f'href="{BASE}en/place/bg422"' in marked
        assert 'aria-label="Haskovo: 4"' in marked


def test_what_kind_of_place(reader: Client) -> None:
    """The page says at which level the place is, in its own words."""
    assert '<p class="quiet kind">област</p>' in reader.get("/bg/place/bg422").text
    assert '<p class="quiet kind">province</p>' in reader.get("/en/place/bg422").text


def test_place_with_nothing(reader: Client) -> None:
    """A place without anything says so, and how to go on."""
    page = reader.get("/en/place/bg343").text

    assert "knows of no centre, course, institution or service here yet." in page
    assert f'<a href="{BASE}en/find">Look elsewhere</a>' in page


def test_no_such_place(reader: Client) -> None:
    """A place that is not known is a page that says so."""
    answer = reader.get("/bg/place/atlantis", accept="text/html")

    assert answer.status_code == 404
    assert '<html lang="bg" dir="ltr">' in answer.text


def test_place_as_it_was(reader: Client) -> None:
    """A place can be read by version, like any other record."""
    assert reader.get("/en/place/bg422?version=1").status_code == 200
    assert reader.get("/en/place/bg422?version=2", accept="*/*").status_code == 404
    assert reader.get("/en/place/bg422/history").status_code == 200
