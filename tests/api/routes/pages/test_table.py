import csv
import io
import json
import tempfile
from collections import Counter
from collections.abc import Iterator

import duckdb
import openpyxl
import pytest
from httpx import Response

from api.application import application
from api.routes.pages.table import tidied
from tests import tables
from tests.api import figures
from tests.api.client import Client
from tests.api.figures import ASYLUM, PERMITS
from tests.api.routes.pages.reading import Page, page
from tests.publishing import publish
from tests.registry.statistics.cubes import AGE_AND_SEX
from tests.versions import BASE, concept

TABLE = f"/en/table/{AGE_AND_SEX}"
YEARS = ("2019", "2020", "2021", "2022")
SELECTED = "agedef=COMPLET&age=TOTAL&sex=F,M&geo=BG&time_period=2019..2022"


def of_the_file(sex: str) -> list[str]:
    """Returns the immigrants to Bulgaria in those years, straight from the file."""
    return [
        str(row[6])
        for row in tables.rows(AGE_AND_SEX)
        if row[1:5] == ("COMPLET", "TOTAL", sex, "BG") and row[5] in YEARS
    ]


def test_rows_are_those_of_the_file(tables_client: Client) -> None:
    """The page of a slice has its figures, with names for codes, and no others."""
    head, *rows = page(tables_client, f"{TABLE}?{SELECTED}").rows

    assert head == ["Sex", "Period", "Number of persons", "Flag"]
    assert [tuple(cell.replace(",", "") for cell in row[:3]) for row in rows] == [
        *zip(["women"] * 4, YEARS, of_the_file("F"), strict=True),
        *zip(["men"] * 4, YEARS, of_the_file("M"), strict=True),
    ]


def test_chart_has_the_figures_of_the_table(tables_client: Client) -> None:
    """There is a line for each kind of row; its ends are said in words."""
    found = page(tables_client, f"{TABLE}?{SELECTED}")

    lines = [str(line["points"]).split() for line in found.found("polyline")]
    assert [len(points) for points in lines] == [4, 4]
    for name, sex in (("women", "F"), ("men", "M")):
        first, *_, last = map(int, of_the_file(sex))
        assert f"{name}: {first:,} (2019), {last:,} (2022)." in found.text


def test_one_period_is_drawn_as_bars(tables_client: Client) -> None:
    """What has a single period is compared in bars, the longest first."""
    asked = "agedef=COMPLET&age=TOTAL&geo=BG&time_period=2022"
    found = page(tables_client, f"{TABLE}?{asked}")

    widths = [float(str(bar["width"])) for bar in found.found("rect")]
    assert len(widths) == 3
    assert widths == sorted(widths, reverse=True)
    assert "Chart to explore" not in found.links


def test_first_view(tables_client: Client) -> None:
    """Who asks for nothing sees what the table shows first, and it is ticked."""
    found = page(tables_client, TABLE)

    ticked = {
        (str(box["name"]), str(box["value"]))
        for box in found.found("input", type="checkbox")
        if "checked" in box
    }
    default = tables.structure(AGE_AND_SEX).default
    assert ticked == {(name, code) for name, codes in default.items() for code in codes}
    assert "the first view of the table" in found.text
    assert "age=TOTAL" in found.links["Chart to explore"]


@pytest.mark.parametrize("language", ["bg", "en"])
def test_files_have_the_cells_of_the_page(tables_client: Client, language: str) -> None:
    """Every file that a page offers is there and has the same figures."""
    found = page(tables_client, f"/{language}/table/{AGE_AND_SEX}?{SELECTED}")
    wanted = {int(value) for sex in "FM" for value in of_the_file(sex)}
    addresses = [
        str(link["href"]).removeprefix(BASE.rstrip("/"))
        for link in found.found("a", rel="nofollow")
        if "/data." in str(link["href"])
    ]

    kinds = [address.partition("data.")[2].partition("?")[0] for address in addresses]
    assert Counter(kinds) == {
        **dict.fromkeys(["csv", "xlsx", "json"], 3),
        **dict.fromkeys(["jsonstat", "sdmx.csv", "parquet"], 1),
    }
    for kind, address in zip(kinds, addresses, strict=True):
        answer = tables_client.get(address)
        assert answer.status_code == 200, address
        assert wanted <= _numbers(answer, kind), address


def _numbers(answer: Response, kind: str) -> set[int]:
    """Returns the whole numbers that stand in the cells of a file."""
    cells: list[object]
    if kind.endswith("csv"):
        cells = [c for row in csv.reader(io.StringIO(answer.text)) for c in row]
    elif kind == "parquet":
        with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
            file.write(answer.content)
            file.flush()
            cells = [
                c for row in duckdb.read_parquet(file.name).fetchall() for c in row
            ]
    elif kind == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        rows = book.worksheets[0].iter_rows(values_only=True)
        cells = [c for row in rows for c in row]
    else:
        cells = [*_scalars(answer.json())]
    return {int(c) for c in map(str, cells) if c.isdigit()}


def _scalars(node: object) -> Iterator[object]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _scalars(value)
    elif isinstance(node, list):
        for value in node:
            yield from _scalars(value)
    else:
        yield node


def test_flags_are_explained(tables_client: Client) -> None:
    """A flag leads to what it means, below the rows."""
    found = page(tables_client, f"{TABLE}?agedef=COMPLET&age=TOTAL&sex=T&geo=BG")

    assert ["2014", "26,615", "p"] in found.rows
    assert found.links["p"] == "#flag-p"
    assert found.found("div", id="flag-p")
    assert "provisional" in found.text


def test_empty_selection_says_how_to_go_on(tables_client: Client) -> None:
    """A range without figures is no refusal: it says what there is instead."""
    found = page(tables_client, f"{TABLE}?geo=BG&time_period=1800..1810")

    assert "There are no figures for this selection." in found.text
    assert "Period: 1800..1810" in found.text
    assert "Its figures are from" in found.text
    assert found.links["The first view of the table"] == TABLE
    assert found.links["All figures of the table"] == f"{TABLE}?time_period=.."
    assert not found.found("svg")


@pytest.mark.parametrize(
    "query", ["geo=XX", "color=red", "time_period=soon", "limit=0"]
)
def test_unknown_values_are_refused_in_the_layout(
    tables_client: Client, query: str
) -> None:
    """What the table does not have is refused by a page that has the way back."""
    found = page(tables_client, f"/bg/table/{AGE_AND_SEX}?{query}", 400)

    assert found.found("html", lang="bg")
    assert "Статистика" in found.links
    assert query.partition("=")[0] in found.text


def test_no_such_table(tables_client: Client) -> None:
    """A table that is not there has a page that says so."""
    assert page(tables_client, "/en/table/nothing", 404).found("main")


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ([("geo", "BG")], None),
        ([("t.from", "2010"), ("t.to", "2020")], "?t=2010..2020"),
        ([("t.from", ""), ("t.to", "")], "?t=.."),
        ([("geo", "BG"), ("geo", "RO"), ("t.from", "2010")], "?geo=BG,RO&t=2010.."),
        ([("t.to", "2020"), ("geo", ""), ("totals", "sex")], "?t=..2020&totals=sex"),
        ([("t.from", "<b>&"), ("t.to", "")], "?t=%3Cb%3E%26.."),
    ],
)
def test_form_means_one_address(sent: list[tuple[str, str]], meant: str | None) -> None:
    """What a form sends is sent on to the one address of the slice."""
    assert tidied(sent) == meant


def test_form_is_sent_on(tables_client: Client) -> None:
    """The form works without a script: it leads to the address of what it asks."""
    answer = tables_client.get(
        f"{TABLE}?geo=BG&geo=RO&time_period.from=2019&time_period.to=2022"
    )

    assert answer.status_code == 303
    wanted = f"{BASE}en/table/{AGE_AND_SEX}?geo=BG,RO&time_period=2019..2022"
    assert answer.headers["location"] == wanted


def test_pages_go_on(tables_client: Client) -> None:
    """A long slice comes in pages of a hundred rows, with all of its filters."""
    found = page(tables_client, f"{TABLE}?geo=BG")
    following = page(tables_client, found.links["Next page"])

    assert len(found.rows) == len(following.rows) == 101
    assert found.rows[1:] != following.rows[1:]
    assert "geo=BG" in following.links["First page"]


def test_rows_are_sorted(tables_client: Client) -> None:
    """A heading sorts by its column, and says so."""
    found = page(tables_client, f"{TABLE}?{SELECTED}&sort=-obs_value")

    values = [int(row[2].replace(",", "")) for row in found.rows[1:]]
    assert values == sorted(values, reverse=True)
    assert found.found("th", **{"aria-sort": "descending"})


def test_sums_are_named(tables_client: Client) -> None:
    """A total that was computed is said to be one, and has no page of its own."""
    asked = "geo=BG&reason=EMP,EDUC&duration=TOTAL&citizen=TOTAL&totals=reason"
    found = page(tables_client, f"/bg/table/{PERMITS}?{asked}")

    assert "Общо (изчислено)" in found.text
    assert not any(f"/{PERMITS}/A" in link for link in found.links.values())
    assert found.found("input", name="totals", value="reason")


def test_what_the_machine_is_asked_the_page_is_asked(tables_client: Client) -> None:
    """A browser at the address for programs is sent to the page, with its query."""
    answer = tables_client.get(
        f"/tables/{AGE_AND_SEX}/data?geo=BG&format=html&lang=en", accept="text/html"
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}en/table/{AGE_AND_SEX}?geo=BG"
    assert answer.headers["vary"] == "Accept, Accept-Language"


def test_query_asks_for_the_same_figures(tables_client: Client) -> None:
    """The query that a page leads to finds the cells of the page."""
    found = page(tables_client, f"{TABLE}?{SELECTED}")
    query = found.links["Query these figures in SPARQL"]

    answer = tables_client.get(
        query.replace("/en/sparql", "/sparql"), accept="text/csv"
    )

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["sex_name"], row["value"]) for row in rows] == [
        *(("women", value) for value in of_the_file("F")),
        *(("men", value) for value in of_the_file("M")),
    ]


def test_chart_to_explore(tables_client: Client) -> None:
    """A script is loaded only for those who ask, and the page has all it draws."""
    plain = page(tables_client, f"{TABLE}?{SELECTED}")
    found = page(tables_client, f"{TABLE}?{SELECTED}&chart=interactive")

    assert not any("chart-" in str(script["src"]) for script in plain.found("script"))
    assert any("chart-" in str(script["src"]) for script in found.found("script"))
    (drawn,) = (a for _, a in found.elements if "data-explore" in a)
    assert json.loads(str(drawn["data-explore"])) == {
        "labels": list(YEARS),
        "said": list(YEARS),
        "series": [
            {"name": name, "values": [float(value) for value in of_the_file(sex)]}
            for name, sex in _longest(("women", "F"), ("men", "M"))
        ],
    }
    assert found.found("svg") == plain.found("svg")


def _longest(*names: tuple[str, str]) -> list[tuple[str, str]]:
    return sorted(names, key=lambda one: -max(map(int, of_the_file(one[1]))))


def test_known_pages_are_not_sent_again(tables_client: Client) -> None:
    """Who has the page already is told so."""
    tag = tables_client.get(TABLE).headers["etag"]

    assert tables_client.get(TABLE, if_none_match=tag).status_code == 304


def test_older_editions_say_that_they_are(tables_client: Client) -> None:
    """An edition that is not the last one leads to it, and can be cited for ever."""
    found = page(tables_client, f"/en/table/{ASYLUM}?version=1")

    assert "There is a later one." in found.text
    assert found.links["The current figures"].startswith(f"/en/table/{ASYLUM}")
    assert "version=1" not in found.links["The current figures"]
    assert f"/doc/table/{ASYLUM}?version=1" in found.links.values()


def test_changes_since_a_moment(tables_client: Client) -> None:
    """What changed since a moment is a page too, without a picture."""
    versions = tables_client.get(f"/tables/{ASYLUM}/revisions").json()["versions"]
    found = page(
        tables_client, f"/en/table/{ASYLUM}?updatedAfter={versions[0]['modified']}"
    )

    assert "changed" in {cell for row in found.rows for cell in row}
    assert not found.found("figure")


def test_hostile_names(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Names with markup, and with marks that turn text around, are shown as text."""
    sample = figures.registry_of(tmp_path_factory.mktemp("hostile"))
    hostile = "\u202e<script>alert(1)</script>" + "я" * 10_000
    scheme = {
        "type": "ConceptScheme",
        "title": {"en": hostile},
        "concepts": [
            {
                "id": concept("sex", code),
                "type": "Concept",
                "notation": code,
                "name": {"en": hostile},
            }
            for code in ("F", "M", "T")
        ],
    }
    publish(sample.journal, "scheme/sex", scheme)

    with Client(application(sample, close=lambda: None)) as client:
        answer = client.get(f"{TABLE}?{SELECTED}", accept="text/html")

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "\u202e" not in answer.text.partition("<svg")[2].partition("</svg>")[0]
    assert Page(answer.text).found("bdi")
