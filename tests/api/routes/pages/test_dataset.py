import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.routes.scores import LIMIT
from registry.namespaces import SCHEMA
from tests.api.catalogues import Portal, many, over, serving
from tests.api.conftest import Sample
from tests.cataloguing import OTHER, OWN, QUARTERLY, YEARLY
from tests.versions import BASE, IRIS

TABLE = f"table.{YEARLY}"
_ALTERNATE = re.compile(
    r'<link rel="alternate" type="([^"]*)" title="[^"]*" href="([^"]*)'
)


@pytest.fixture(scope="module")
def portal(
    sample: Sample, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A server of a small catalogue of real descriptions."""
    with serving(sample, tmp_path_factory.mktemp("portal")) as made:
        yield made


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "bg",
            (
                "<dd>Статистическа таблица</dd>",
                ">Евростат</a>",
                ">Криейтив Комънс Признание 4.0 Международен</a>",
                "<dt>Период</dt><dd>2012–2015</dd>",
                "<dt>Територия</dt><dd>България</dd>",
                "<dt>Езици</dt><dd>български, английски</dd>",
                "имигранти",
                "<dt>Постоянен адрес</dt>",
                "от 405 точки: отлично",
                '<td class="number">40 B</td>',
                "изготвя се при поискване",
            ),
        ),
        (
            "en",
            (
                "<dd>Statistical table</dd>",
                ">Eurostat</a>",
                ">Creative Commons Attribution 4.0 International</a>",
                "<dt>Period</dt><dd>2012–2015</dd>",
                "<dt>Area</dt><dd>Bulgaria</dd>",
                "immigrants",
                "<dt>Permanent address</dt>",
                "of 405 points: excellent",
                '<td class="number">40 byte</td>',
                "made when asked for",
            ),
        ),
    ],
)
def test_page_of_a_table(portal: Portal, language: str, texts: tuple[str, ...]) -> None:
    """It says all that the description says, in the language of the reader."""
    answer = portal.client.get(f"/{language}/catalogue/{TABLE}")

    assert answer.headers["content-language"] == language
    assert answer.headers["link"] == f'<{IRIS.dataset(TABLE)}>; rel="describes"'
    for text in texts:
        assert text in answer.text
    for address in (
        f"{BASE}dump/{TABLE}.csv",
        f"{BASE}tables/{YEARLY}/data.xlsx",
        f"{BASE}{language}/table/{YEARLY}",
        f"{BASE}{language}/catalogue/series.eurostat",
        IRIS.dataset(TABLE),
        f"{BASE}doc/catalog/{TABLE}.rdf?profile=dcat-ap-2.1.1",
    ):
        assert f'href="{address}"' in answer.text
    assert f"<code>{40:064x}</code>" in answer.text


def test_programs_find_the_description_in_the_page(portal: Portal) -> None:
    """In each format, and in the terms of schema.org."""
    page = portal.client.get(f"/en/catalogue/{TABLE}").text

    assert _ALTERNATE.findall(page) == [
        ("text/turtle", f"{BASE}doc/catalog/{TABLE}.ttl"),
        ("application/rdf+xml", f"{BASE}doc/catalog/{TABLE}.rdf"),
        ("application/ld+json", f"{BASE}doc/catalog/{TABLE}.jsonld"),
        ("application/n-triples", f"{BASE}doc/catalog/{TABLE}.nt"),
    ]


@pytest.mark.parametrize("key", [TABLE, "series.eurostat", "registry"])
def test_search_engines_find_a_dataset_in_the_page(portal: Portal, key: str) -> None:
    """The head of a page has the description in the terms of schema.org."""
    page = portal.client.get(f"/en/catalogue/{key}").text

    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    (structured,) = map(json.loads, found)
    assert structured["@id"] == IRIS.dataset(key)
    assert (structured["@context"], structured["@type"]) == (SCHEMA, "Dataset")
    assert page.index("</head>") > page.index("ld+json")


def test_page_of_a_series(portal: Portal) -> None:
    """It leads to its tables by name, has no score and no older description."""
    page = portal.client.get("/en/catalogue/series.eurostat").text

    for key, title in (
        (YEARLY, "Immigration (main table; base table migr_imm1ctz)"),
        (OTHER, "Immigration by age and sex"),
    ):
        assert f'<li><a href="{BASE}en/catalogue/table.{key}">{title}</a></li>' in page
    assert 'id="score"' not in page
    assert "2.1.1" not in page


def test_what_would_add_points(portal: Portal) -> None:
    """What the description lacks is named, with the points that it would add."""
    page = portal.client.get(f"/en/catalogue/table.{OWN}").text
    scored = portal.client.get("/catalog/score").json()["datasets"]

    (score,) = (one for one in scored if one["dataset"].endswith(OWN))
    told = f"{score['points']} of 405 points: {score['rating']}"
    assert f"<strong>{told}</strong>" in page
    assert score["missing"]
    for one in score["missing"]:
        assert f"<li>{one['title']['en']}: +{one['points']}</li>" in page


def test_register_leads_to_its_records(portal: Portal) -> None:
    """Its page is a way to the list that people search."""
    page = portal.client.get("/bg/catalogue/register.institution").text

    assert f'<a href="{BASE}bg/find?kind=institution">' in page
    assert re.search(r"<dt>Период</dt><dd>от \d+ март 2026\W", page)


@pytest.mark.parametrize(
    ("key", "status"), [("table.nobody", 404), (f"table.{QUARTERLY}", 410)]
)
def test_what_is_not_there(portal: Portal, key: str, status: int) -> None:
    """What was withdrawn is told apart from what never was."""
    answer = portal.client.get(f"/en/catalogue/{key}", accept="text/html")

    assert answer.status_code == status
    assert key in answer.text


def test_page_of_scores(portal: Portal) -> None:
    """In words, for those who can do something about them."""
    page = portal.client.get("/bg/catalogue/scores").text

    assert f'href="{BASE}bg/catalogue/{TABLE}#score">Имиграция' in page
    assert "<td>отлично</td>" in page
    assert "series." not in page


def test_scores_come_page_by_page(sample: Sample, tmp_path: Path) -> None:
    """Each page is bounded, and leads to the next."""
    store = many(tmp_path / "catalogue.sqlite", LIMIT + 1)
    with over(sample, store) as client:
        first = client.get("/en/catalogue/scores").text
        after = f"table.{LIMIT - 1:05}"
        second = client.get(f"/en/catalogue/scores?after={after}").text
    store.close()

    assert first.count("#score") == LIMIT
    assert f'<a rel="next" href="{BASE}en/catalogue/scores?after={after}">' in first
    assert second.count("#score") == 1
    assert 'rel="next"' not in second


def test_unknown_cursor_of_scores_is_refused(portal: Portal) -> None:
    """A cursor is the key of a dataset."""
    assert portal.client.get("/en/catalogue/scores?after=%20").status_code == 400
