import re

import pytest

from tests.api.client import Client
from tests.versions import BASE

FIND = f"{BASE}en/find"


def found(page: str) -> list[str]:
    """Returns the records of the list, in its order."""
    listed = re.findall(rf'<h3><a href="{BASE}en/([a-z-]+/[a-z0-9-]+)">', page)
    return [record.partition("/")[2] for record in listed]


def count(page: str) -> str:
    """Returns what a reader hears about how many there are."""
    (said,) = re.findall(r'<p id="count" role="status"><strong>(.*?)</strong>', page)
    return str(said)


@pytest.mark.parametrize(
    ("query", "records"),
    [
        ("", ["bulgarian", "school", "hostile", "turned", "long"]),
        ("?kind=course", ["bulgarian"]),
        ("?q=arabic", ["hostile", "bulgarian"]),
        ("?q=haskovo&kind=institution&state=any&place=bg411", []),
        ("?service=legal-aid", ["hostile"]),
        ("?service=language-course", ["bulgarian", "school"]),
        ("?language=ar&place=bg422", ["bulgarian", "hostile"]),
        ("?group=refugees", ["hostile"]),
        ("?state=historic", ["historic"]),
        ("?kind=publication", ["handbook", "poem"]),
        ("?colour=red&limit=1&place=bg411", ["school"]),
    ],
)
def test_filters(reader: Client, query: str, records: list[str]) -> None:
    """Only what works is listed, by name, unless something else is asked for."""
    page = reader.get(f"/en/find{query}")

    assert page.status_code == 200
    assert set(found(page.text)) == set(records)
    assert count(page.text) == f"{len(records)} found"


def test_order(reader: Client) -> None:
    """The list is sorted by the names that the page shows."""
    assert found(reader.get("/en/find?kind=institution&state=any").text) == [
        "historic",
        "hostile",
        "long",
        "turned",
    ]


def test_card(reader: Client) -> None:
    """A card says what it is, by whom, where, in which languages and how fresh."""
    page = reader.get("/en/find?kind=course").text
    card = page[page.index('<ul class="results">') :]
    text = " ".join(re.sub(r"<[^>]*>", " ", card[: card.index("</ul>")]).split())

    assert text == (
        "Bulgarian Course · School · Harmanli Services and courses: language course "
        "Languages: Arabic, Bulgarian Not yet checked"
    )


def test_freshness_and_state(reader: Client) -> None:
    """A card says when it was checked, and marks what is not there for good."""
    page = reader.get("/en/find?kind=training-centre").text

    assert "Last checked on 1 March 2026" in page
    assert '<span class="tag">temporary</span>' in page
    old = reader.get("/en/find?state=any&kind=institution").text
    assert '<strong class="tag warning">historic</strong>' in old


def test_what_does_not_work_is_told_of(reader: Client) -> None:
    """Nothing is hidden in silence: the page says how many more there are."""
    page = reader.get("/en/find").text

    assert "1 more is closed, historic or only planned." in page
    assert f'<a href="{FIND}?state=any">Show these too</a>' in page
    everything = reader.get("/en/find?state=any").text
    assert f'<a href="{FIND}">Show only what works now</a>' in everything


def test_filters_can_be_taken_away(reader: Client) -> None:
    """Every filter that holds is shown with a link to the same without it."""
    page = reader.get("/en/find?q=arabic&place=bg422&kind=institution&after=0").text
    listed = page[page.index("Filters that hold") :].partition("</ul>")[0]

    assert re.findall(r'href="([^"]*)"', listed) == [
        f"{FIND}?kind=institution&amp;place=bg422",
        f"{FIND}?q=arabic&amp;place=bg422",
        f"{FIND}?q=arabic&amp;kind=institution",
    ]
    assert "Place: Haskovo" in listed


def test_nothing_found(reader: Client) -> None:
    """An empty list says what was asked for and how to go on."""
    page = reader.get("/en/find?q=arabic&place=bg411&kind=course").text
    ways = page[page.index("Nothing answers all of this.") :].partition("</ul>")[0]

    assert re.findall(r'href="([^"]*)"', ways) == [
        f"{FIND}?q=arabic&amp;place=bg411",
        f"{FIND}?q=arabic&amp;kind=course",
        f"{FIND}?q=arabic&amp;state=any",
        FIND,
        f"{BASE}en/contacts",
    ]


def test_tabs(reader: Client) -> None:
    """Each kind is a link with its count; words are looked for in other kinds too."""
    page = reader.get("/en/find?q=handbook").text
    tabs = page[page.index('<nav class="tabs"') :].partition("</nav>")[0]

    told = [" ".join(re.sub("<[^>]*>", " ", tab).split()) for tab in tabs.split("<li>")]
    assert told[1:] == [
        "Everything 1",
        "Training centres 0",
        "Courses 0",
        "Institutions 0",
        "Services 0",
        "Publications 1",
    ]


def test_map(reader: Client) -> None:
    """Each province is a link with its name and count, on the map and in a list."""
    page = reader.get("/en/find?service=language-course").text

    assert f'<a href="{FIND}?place=bg422&amp;service=language-course"' in page
    assert 'aria-label="Haskovo: 1"' in page
    assert 'aria-label="Sofia: 1"' in page
    assert page.count('<g class="spot" aria-hidden="true">') == 2


def test_hostile_names(reader: Client) -> None:
    """Markup in a name is text, and a name that turns around stays by itself."""
    page = reader.get("/en/find?q=%3Cscript%3Ealert").text
    turned = reader.get("/bg/find").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<bdi>Център\u202eбг</bdi></a>" in turned


def test_other_language(reader: Client) -> None:
    """A name that has no translation is marked as being in another language."""
    page = reader.get("/en/find").text

    assert '<bdi lang="bg" dir="ltr">Център\u202eбг</bdi>' in page


@pytest.mark.parametrize(
    "query",
    [
        "kind=nothing",
        "place=nowhere",
        "service=nothing",
        "group=nobody",
        "state=open",
        "after=-1",
        "after=" + "9" * 5000,
        "q=" + "x" * 201,
    ],
)
def test_refusals_are_pages(reader: Client, query: str) -> None:
    """A value that does not exist is refused on a page in the reader's language."""
    answer = reader.get(f"/bg/find?{query}", accept="text/html")

    assert answer.status_code == 400
    assert '<html lang="bg" dir="ltr">' in answer.text


def test_works_without_scripts(reader: Client) -> None:
    """The filters are a plain form that asks with GET; a script only hurries it."""
    page = reader.get("/en/find").text
    (form,) = re.findall(r'<form class="fields"[^>]*>', page)

    assert f'action="{FIND}" method="get"' in form
    assert f'hx-get="{FIND}"' in form
    assert 'hx-push-url="true"' in form
