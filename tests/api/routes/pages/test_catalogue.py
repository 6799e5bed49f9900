import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.routes.lists import TEXT_CAP
from api.routes.pages.catalogue import SIZE
from tests.api.catalogues import Portal, many, over, serving
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.cataloguing import OTHER, OWN, YEARLY
from tests.versions import BASE

_ROW = re.compile(r'<h3><a href="([^"]*)">([^<]*)</a></h3>')
ALL = [
    "registry",
    "register.institution",
    "register.table",
    f"table.{OWN}",
    f"table.{YEARLY}",
    f"table.{OTHER}",
    "series.eurostat",
    "series.registry",
]
"""The datasets in the order of their English titles within each group."""


@pytest.fixture(scope="module")
def portal(
    sample: Sample, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A server of a small catalogue of real descriptions."""
    with serving(sample, tmp_path_factory.mktemp("portal")) as made:
        yield made


@pytest.fixture(scope="module")
def large(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server of a catalogue of three pages."""
    store = many(tmp_path_factory.mktemp("large") / "c.sqlite", 2 * SIZE + 1)
    with over(sample, store) as client:
        yield client
    store.close()


def listed(page: str, language: str = "en") -> list[str]:
    """Returns the keys of the datasets of a page, in order."""
    start = f"{BASE}{language}/catalogue/"
    assert all(address.startswith(start) for address, _ in _ROW.findall(page))
    return [address.removeprefix(start) for address, _ in _ROW.findall(page)]


def test_every_dataset_is_listed(portal: Portal) -> None:
    """By what it is: everything together, registers, tables, series."""
    answer = portal.client.get("/en/catalogue")

    assert answer.headers["content-language"] == "en"
    assert listed(answer.text) == ALL
    assert '<p class="count" role="status">8 datasets</p>' in answer.text
    assert '"@type": "DataCatalog"' in answer.text


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "bg",
            (
                "Статистическа таблица · Евростат · 2012–2015",
                "Криейтив Комънс Признание 4.0 Международен",
                f'href="{BASE}bg/catalogue/table.{YEARLY}#score">',
                "от 405 точки: отлично",
                '<p class="count" role="status">8 набора от данни</p>',
            ),
        ),
        (
            "en",
            (
                "Statistical table · Eurostat · 2012–2015",
                "Creative Commons Attribution 4.0 International",
                f'href="{BASE}en/catalogue/table.{YEARLY}#score">',
                "of 405 points: excellent",
                "CSV, Excel XLSX, JSON, RDF Turtle",
            ),
        ),
    ],
)
def test_a_line_says_what_matters(
    portal: Portal, language: str, texts: tuple[str, ...]
) -> None:
    """Kind, maker, period, terms, formats and score, in the reader's language."""
    page = portal.client.get(f"/{language}/catalogue").text

    for text in texts:
        assert text in page


MIGRATION = [f"table.{YEARLY}", f"table.{OTHER}"]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        pytest.param("q=immigration", MIGRATION, id="word"),
        pytest.param("q=IMMIGR", ALL, id="beginning of a keyword, in capitals"),
        pytest.param("q=евростат+имиграция", MIGRATION, id="Bulgarian"),
        pytest.param("q=%20институции%20", ["register.institution"], id="spaces"),
        pytest.param("q=asylum", [], id="nothing"),
        pytest.param("q=...", [], id="no word"),
        pytest.param("q=&kind=", ALL, id="empty"),
        pytest.param("kind=series", ALL[-2:], id="kind"),
        pytest.param("q=eurostat&kind=table", MIGRATION, id="word and kind"),
        pytest.param("modified_since=2026-01-01", ALL, id="all since"),
        pytest.param("profile=dcat-ap-2.1.1", ALL, id="what matters to programs"),
    ],
)
def test_what_is_asked_for(portal: Portal, query: str, keys: list[str]) -> None:
    """Words are those of titles, descriptions, keywords and makers, in any language."""
    assert listed(portal.client.get(f"/en/catalogue?{query}").text) == keys


def test_what_changed_since_a_moment(portal: Portal) -> None:
    """The later ones only, and the page says so."""
    at = max(one.at for one in portal.store.datasets())
    late = [one.key for one in portal.store.datasets(since=at)]

    page = portal.client.get(f"/en/catalogue?modified_since={at:%Y-%m-%dT%H:%M:%SZ}")

    assert sorted(listed(page.text)) == late
    assert 0 < len(late) < len(ALL)
    assert f"Changed since {at.day} March 2026" in page.text


def test_what_was_typed_is_shown_as_text(portal: Portal) -> None:
    """What is typed stays in the form, as text, and in what follows from it."""
    page = portal.client.get('/bg/catalogue?q="><nowhere>&kind=table').text

    assert 'value="&#34;&gt;&lt;nowhere&gt;"' in page
    assert "<nowhere>" not in page
    assert '<input type="hidden" name="kind" value="table">' in page
    assert f'href="{BASE}bg/catalogue?q=%22%3E%3Cnowhere%3E&amp;kind=series"' in page
    assert "Няма набор от данни, който да отговаря на всичко това." in page


def test_long_list_comes_in_parts(large: Client) -> None:
    """Each part leads to its neighbours, with the same question."""
    first = large.get("/bg/catalogue?q=набор").text
    last = large.get("/bg/catalogue?q=набор&page=3").text

    start = f"{BASE}bg/catalogue?q=%D0%BD%D0%B0%D0%B1%D0%BE%D1%80"
    assert listed(first, "bg") == [f"table.{number:05}" for number in range(SIZE)]
    assert listed(last, "bg") == [f"table.{2 * SIZE:05}"]
    assert f'<a rel="next" href="{start}&amp;page=2">' in first
    assert f'<a rel="prev" href="{start}&amp;page=2">' in last
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in last
    assert "страница 3 от 3" in last


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("page=4", 404),
        ("page=0", 400),
        ("page=two", 400),
        ("kind=institution", 400),
        ("modified_since=recently", 400),
        ("modified_since=9999-01-01", 400),
        (f"q={'a' * (TEXT_CAP + 1)}", 400),
    ],
)
def test_what_cannot_be_understood(large: Client, query: str, status: int) -> None:
    """Each mistake is told on a page of its own."""
    answer = large.get(f"/en/catalogue?{query}", accept="text/html")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_empty_catalogue(sample: Sample, tmp_path: Path) -> None:
    """Before anything is published the page says so."""
    store = many(tmp_path / "catalogue.sqlite", 0)
    with over(sample, store) as client:
        page = client.get("/en/catalogue").text
    store.close()

    assert listed(page) == []
    assert "No dataset has all of this." in page


def test_list_follows_the_catalogue(sample: Sample, tmp_path: Path) -> None:
    """What is published later is in it the next time."""
    with serving(sample, tmp_path / "portal") as portal:
        before = listed(portal.client.get("/en/catalogue").text)
        portal.history.retire(OTHER)
        portal.catch_up()

        after = listed(portal.client.get("/en/catalogue").text)

    assert set(before) - set(after) == {f"table.{OTHER}"}
