import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO, StringIO
from tempfile import NamedTemporaryFile

import duckdb
import pytest
from openpyxl import load_workbook

from api.application import application
from registry.settings import Settings, SiteSettings, TableSettings
from tests import tables
from tests.api.client import Client, lasting
from tests.api.conftest import Sample
from tests.registry.statistics.cubes import AGE_AND_SEX
from tests.versions import BASE

HERE = "/tables/migr-imm8/data"
PERMITS = "/tables/migr-resvalid-reason/data"
ONE = "agedef=COMPLET&age=TOTAL&sex=T&geo=BG&time_period=2022"


@pytest.fixture(scope="module")
def client(tables_client: Client) -> Client:
    return tables_client


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def test_csv(client: Client) -> None:
    """The immigrants of 2022 are 40,619 in the CSV."""
    answer = client.get(f"{HERE}?{ONE}")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.text == (
        "freq,agedef,age,sex,geo,time_period,obs_value,obs_flag\r\n"
        "A,COMPLET,TOTAL,T,BG,2022,40619,\r\n"
    )


def test_whole_table_is_the_file(client: Client) -> None:
    """Without a filter the CSV is the table as it was handed in."""
    answer = client.get(f"{HERE}.csv")

    file = tables.FOLDER / "migr-imm8.csv"
    assert answer.content.replace(b"\r\n", b"\n") == file.read_bytes()


def test_labels(client: Client) -> None:
    """Names come in either language, or beside the codes."""
    bulgarian = client.get(f"{HERE}?{ONE}&labels=bg").text
    both = _rows(client.get(f"{HERE}?{ONE}&labels=both").text)

    assert "A,COMPLET,общо,общо,България,2022,40619,\r\n" in bulgarian
    assert (both[0]["geo"], both[0]["geo_bg"]) == ("BG", "България")
    assert both[0]["sex_en"] == "total"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("geo=RO,EL", 214),
        ("geo=RO&geo=EL", 214),
        ("geo=under:EU27_2020&time_period=2020..2021&age=TOTAL&sex=T", 12),
        ("geo=under:BG&time_period=2022&age=TOTAL&sex=T", 2),
        ("time_period=..2007&age=TOTAL&sex=T&geo=BG", 2),
        ("time_period=2022..&age=TOTAL&sex=T&geo=BG", 2),
        ("time_period=2021,2022&age=TOTAL&sex=T&geo=BG", 4),
        ("time_period=2023&geo=BG", 0),
    ],
)
def test_filters(client: Client, query: str, count: int) -> None:
    """Codes, hierarchies and ranges of periods may be combined."""
    rows = _rows(client.get(f"{HERE}.csv?{query}").text)

    assert len(rows) == count


def test_pages(client: Client) -> None:
    """Following `next` meets every observation once, of one version."""
    whole = _rows(client.get(f"{HERE}?geo=RO&sort=-obs_value").text)
    path, seen = f"{HERE}?geo=RO&sort=-obs_value&limit=40&count=1", []
    while path:
        answer = client.get(path)
        seen += _rows(answer.text)
        assert answer.headers["registry-total"] == "90"
        following = answer.headers["link"].rpartition(", <")[2]
        path = (
            following.partition(">")[0].removeprefix(BASE.rstrip("/"))
            if 'rel="next"' in following
            else ""
        )

    assert len(whole) == 90
    assert seen == whole


def test_json(client: Client) -> None:
    """JSON rows say where the figures come from, and their pages."""
    answer = client.get(f"{HERE}.json?geo=RO&limit=1&count=1").json()

    assert answer["title"]["en"] == "Immigration by age and sex"
    assert answer["publisher"] == {"bg": "Евростат", "en": "Eurostat"}
    assert answer["source"] == ["https://source.example/table"]
    assert answer["total"] == 90
    assert answer["next"].startswith(f"{BASE}tables/migr-imm8/data?geo=RO&limit=1")
    assert len(answer["rows"]) == 1


def test_json_stat(client: Client) -> None:
    """JSON-stat is asked for by its profile, and has names in the reader's language."""
    answer = client.get(
        f"{HERE}?{ONE}&lang=bg",
        accept='application/json;profile="https://json-stat.org/full/"',
    )

    document = answer.json()
    assert answer.headers["content-type"] == (
        'application/json; profile="https://json-stat.org/full/"'
    )
    assert document["value"] == {"0": 40619}
    assert document["dimension"]["geo"]["category"]["label"] == {"BG": "България"}


@pytest.mark.parametrize(
    ("extension", "content_type", "start"),
    [
        ("csv", "text/csv; charset=utf-8; header=present", b"freq,"),
        ("json", "application/json", b"{"),
        ("jsonstat", 'application/json; profile="https://json-stat.org/full/"', b"{"),
        (
            "sdmx.csv",
            "application/vnd.sdmx.data+csv; version=2.0.0; labels=id; charset=utf-8",
            b"STRUCTURE,",
        ),
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            b"PK",
        ),
        ("parquet", "application/vnd.apache.parquet", b"PAR1"),
    ],
)
def test_formats(
    client: Client, extension: str, content_type: str, start: bytes
) -> None:
    """Each format has a name, a media type and an address, and the same validator."""
    named = client.get(f"{HERE}.{extension}?{ONE}")
    chosen = client.get(f"{HERE}?{ONE}&format={extension}")
    again = client.get(f"{HERE}.{extension}?{ONE}", if_none_match=named.headers["etag"])
    head = client.send("HEAD", f"{HERE}.{extension}?{ONE}")

    assert named.status_code == 200
    assert named.headers["content-type"] == content_type
    assert named.content.startswith(start)
    assert chosen.headers["content-type"] == content_type
    assert (again.status_code, again.content) == (304, b"")
    assert lasting(head) == lasting(named)
    assert f'filename="migr-imm8.{extension}"' in named.headers["content-disposition"]


def test_validators_differ(client: Client) -> None:
    """What is not the same bytes has not the same validator."""
    paths = [
        f"{HERE}.csv?{ONE}",
        f"{HERE}.csv",
        f"{HERE}.csv?{ONE}&labels=bg",
        f"{HERE}.csv?{ONE}&bom=1",
        f"{HERE}.json?{ONE}",
        f"{HERE}.jsonstat?{ONE}&lang=en",
        f"{HERE}.jsonstat?{ONE}&lang=bg",
    ]

    tags = [client.get(path).headers["etag"] for path in paths]

    assert len(set(tags)) == len(tags)
    assert not any(tag.startswith("W/") for tag in tags)


def test_negotiation(client: Client) -> None:
    """A format is chosen by `Accept`; SDMX clients name a version of theirs."""
    sdmx = client.get(
        f"{HERE}?{ONE}", accept="application/vnd.sdmx.data+csv;version=2.0.0"
    )
    none = client.get(HERE, accept="image/png")

    assert sdmx.headers["content-type"].startswith("application/vnd.sdmx.data+csv")
    assert sdmx.headers["vary"] == "Accept, Accept-Language"
    assert none.status_code == 406


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("color=red", "color"),
        ("geo=FR", "geo"),
        ("geo=under:FR", "geo"),
        ("time_period=soon", "time_period"),
        ("time_period=", None),
        ("sort=color", "sort"),
        ("sort=geo,geo", "sort"),
        ("limit=0", "limit"),
        ("limit=10001", "limit"),
        ("limit=x", "limit"),
        ("after=abc", "limit"),
        ("after=abc&limit=5", "after"),
        ("labels=fr", "labels"),
        ("count=yes", "count"),
        ("format=pdf", "format"),
        ("sort=geo&sort=sex", "sort"),
        ("version=1&asOf=2026-01-01", "asOf"),
        ("updatedAfter=soon", "updatedAfter"),
        ("updatedAfter=2026-01-01&totals=sex", "totals"),
        ("totals=1", "totals"),
        ("totals=time_period", "totals"),
        ("totals=agedef", "totals"),
        ("lang=fr", "lang"),
    ],
)
def test_bad_parameters(client: Client, query: str, parameter: str | None) -> None:
    """A refusal names the parameter; an empty one asks for nothing."""
    answer = client.get(f"{HERE}?{query}")

    if parameter is None:
        assert answer.status_code == 200
        return
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter


def test_unknown_code_says_what_there_is(client: Client) -> None:
    """The refusal of a code lists the codes that the table has."""
    problem = client.get(f"{HERE}?geo=FR&lang=bg").json()

    assert problem["allowed"] == ["BG", "EL", "EU27_2020", "RO"]
    assert problem["detail"] == (
        "Измерението „geo“ няма код „FR“; в таблицата има 4: BG, EL, EU27_2020, RO."
    )


@pytest.mark.parametrize(
    "path",
    [
        "/tables/none/data",
        "/tables/migr-imm8/data.pdf",
        "/tables/migr-imm8/data?version=9",
        "/tables/migr-imm8/data?asOf=1999-01-01",
        "/tables/Migr_Imm8/data",
    ],
)
def test_not_found(client: Client, path: str) -> None:
    """What is not there is not found."""
    assert client.get(path).status_code == 404


REVISED = "/tables/asylum-applicants-bulgaria"


def test_versions_stay(client: Client) -> None:
    """An older version of the figures can be read by number and by moment."""
    versions = client.get(f"{REVISED}/revisions").json()["versions"]
    first = client.get(f"{REVISED}/data?time_period=2015&version=1").text
    moment = client.get(
        f"{REVISED}/data?time_period=2015&asOf={versions[0]['modified']}"
    ).text
    now = client.get(f"{REVISED}/data?time_period=2015").text

    assert "20365" in first
    assert moment == first
    assert "20390" in now


def test_updated_after(client: Client) -> None:
    """What was added, changed or removed after a moment is answered, and says which."""
    versions = client.get(f"{REVISED}/revisions").json()["versions"]
    changes = client.get(f"{REVISED}/revisions?from=1").json()["counts"]
    first, second = (version["modified"] for version in versions)

    after_first = client.get(f"{REVISED}/data.csv?updatedAfter={first}&count=1")
    after_last = client.get(f"{REVISED}/data.csv?updatedAfter={second}")
    before_all = client.get(f"{REVISED}/data.csv?updatedAfter=2001-01-01")

    rows = _rows(after_first.text)
    counted = Counter(row["obs_change"] for row in rows)
    assert counted == {kind: n for kind, n in changes.items() if n}
    assert after_first.headers["registry-total"] == str(len(rows))
    assert _rows(after_last.text) == []
    assert (
        before_all.text.replace(",added,", ",").replace(",obs_change,", ",")
        == client.get(f"{REVISED}/data.csv").text
    )
    assert after_first.headers["etag"] != after_last.headers["etag"]


def test_what_was_removed_has_no_value(client: Client) -> None:
    """An observation that an edition no longer has is named, without a value."""
    rows = client.get(f"{PERMITS}.json?updatedAfter={_first(client)}").json()["rows"]

    assert rows == [
        {
            "freq": "A",
            "duration": "TOTAL",
            "reason": "EMP",
            "citizen": "TOTAL",
            "geo": "BG",
            "time_period": "2007",
            "obs_change": "removed",
            "obs_value": None,
        }
    ]


@pytest.mark.parametrize(
    "extension", ["csv", "sdmx.csv", "jsonstat", "xlsx", "parquet"]
)
def test_changes_in_every_format(client: Client, extension: str) -> None:
    """Every format names the kind of change."""
    answer = client.get(f"{PERMITS}.{extension}?updatedAfter={_first(client)}")

    assert "removed" in _cells(answer.content, extension)


def test_nothing_changes_before_it_is_there(client: Client) -> None:
    """A version is not compared with one that came after it."""
    answer = client.get(f"{PERMITS}?version=1&updatedAfter=2100-01-01&lang=bg")

    assert answer.status_code == 400
    assert answer.json()["detail"] == (
        "Към момента в „updatedAfter“ вече е имало по-нова версия от поисканата."
    )


def _first(client: Client) -> str:
    """Returns when the first edition was published."""
    answer = client.get("/tables/migr-resvalid-reason/revisions").json()
    return str(answer["versions"][0]["modified"])


def test_pages_of_changes(client: Client) -> None:
    """Changes come in pages like everything else."""
    versions = client.get(f"{REVISED}/revisions").json()["versions"]
    start = f"{REVISED}/data.csv?updatedAfter={versions[0]['modified']}"

    assert _followed(client, f"{start}&limit=3") == _rows(client.get(start).text)


WORK = "reason=EMP,EDUC&totals=reason&geo=BG"


def test_published_total(client: Client) -> None:
    """Where the table has the total, its cell is the answer and nothing is added."""
    total = client.get(f"{HERE}?totals=sex,age&agedef=COMPLET&geo=BG&time_period=2022")

    assert total.text == client.get(f"{HERE}?{ONE}").text


def test_sum_is_the_total(client: Client) -> None:
    """Men and women of a year add up to the total that the table has."""
    query = ONE.replace("sex=T", "sex=F,M")

    row = _rows(client.get(f"{HERE}?{query}&totals=sex").text)

    assert [(r["sex"], r["obs_value"]) for r in row] == [("_T", "40619")]


def test_sums_by_year(client: Client) -> None:
    """A filter says what is added; each of the other combinations has one row."""
    whole = _rows(client.get(f"{PERMITS}?reason=EMP,EDUC&geo=BG").text)
    expected: Counter[str] = Counter()
    for row in whole:
        expected[row["time_period"]] += int(row["obs_value"])

    rows = _rows(client.get(f"{PERMITS}?{WORK}").text)

    assert len(rows) > 5
    assert {r["time_period"]: int(r["obs_value"]) for r in rows} == expected
    assert {r["obs_flag"] for r in rows} == {""}


def test_no_part_of_a_sum(client: Client) -> None:
    """A sum of which a part is missing has no value, and says so in both languages."""
    rows = client.get(f"{PERMITS}.json?geo=BG&totals=reason&time_period=2008").json()

    assert rows["totals"] == ["reason"]
    assert [(r["obs_value"], r["obs_flag"]) for r in rows["rows"]] == [(None, "O")]
    assert rows["flags"]["O"] == {
        "bg": "няма стойност, защото част от сбора липсва",
        "en": "no value, because a part of the sum is missing",
    }


def test_names_of_sums(client: Client) -> None:
    """That a total was computed is said in the words of either language."""
    both = _rows(client.get(f"{PERMITS}?{WORK}&labels=both").text)[0]

    assert (both["reason"], both["reason_bg"], both["reason_en"]) == (
        "_T",
        "Общо (изчислено)",
        "Total (computed)",
    )


@pytest.mark.parametrize(
    "extension", ["csv", "sdmx.csv", "jsonstat", "xlsx", "parquet"]
)
def test_sums_in_every_format(client: Client, extension: str) -> None:
    """A sum stands under the same code in every format, and keeps its validator."""
    answer = client.get(f"{PERMITS}.{extension}?{WORK}")
    again = client.get(
        f"{PERMITS}.{extension}?{WORK}", if_none_match=answer.headers["etag"]
    )
    plain = client.get(f"{PERMITS}.{extension}?geo=BG&reason=EMP,EDUC")

    assert "_T" in _cells(answer.content, extension)
    assert again.status_code == 304
    assert plain.headers["etag"] != answer.headers["etag"]


def test_pages_of_sums(client: Client) -> None:
    """Sums are sorted, counted and come in pages like cells."""
    query = f"{PERMITS}?{WORK}&sort=-obs_value"
    whole = _rows(client.get(query).text)
    first = client.get(f"{query}&limit=4&count=1")

    assert first.headers["registry-total"] == str(len(whole))
    values = [int(row["obs_value"]) for row in whole]
    assert values == sorted(values, reverse=True)
    assert _followed(client, f"{query}&limit=4") == whole


@pytest.mark.parametrize(
    ("query", "english", "bulgarian"),
    [
        (
            "totals=color",
            "The table migr-imm8 has no dimension “color”; it has: freq, agedef, age, "
            "sex, geo, time_period.",
            "Таблицата migr-imm8 няма измерение „color“; има: freq, agedef, age, sex, "
            "geo, time_period.",
        ),
        (
            "totals=time_period",
            "“time_period” cannot be totalled: who is counted in one period may be "
            "counted in the next one again.",
            "По „time_period“ не може да се сумира: преброените в един период може да "
            "са преброени и в следващия.",
        ),
        (
            "sex=F,T&totals=sex",
            "“sex” cannot be totalled over F and T: the first is a part of the second. "
            "Filter “sex” by codes that can be added up, or leave it out of “totals”.",
            "По „sex“ не може да се сумират F и T: първият код е част от втория. "
            "Филтрирайте „sex“ по кодове, които може да се сумират, или не го "
            "посочвайте в „totals“.",
        ),
        (
            "geo=under:EU27_2020&totals=geo",
            "“geo” cannot be totalled over BG and EU27_2020: the first is a part of "
            "the second. Filter “geo” by codes that can be added up, or leave it out "
            "of “totals”.",
            "По „geo“ не може да се сумират BG и EU27_2020: първият код е част от "
            "втория. Филтрирайте „geo“ по кодове, които може да се сумират, или не го "
            "посочвайте в „totals“.",
        ),
        (
            "totals=sex&updatedAfter=2026-01-01",
            "“totals” cannot be combined with “updatedAfter”: a sum is no observation, "
            "and has not changed at a moment.",
            "„totals“ не може да се съчетава с „updatedAfter“: сборът не е наблюдение "
            "и не се променя в даден момент.",
        ),
    ],
)
def test_refused_totals(
    client: Client, query: str, english: str, bulgarian: str
) -> None:
    """What cannot be added up is refused in a sentence that says why."""
    answer = client.get(f"{HERE}?{query}&lang=en")

    assert answer.status_code == 400
    assert answer.json()["parameter"] == "totals"
    assert answer.json()["detail"] == english
    assert client.get(f"{HERE}?{query}&lang=bg").json()["detail"] == bulgarian


def _followed(client: Client, path: str) -> list[dict[str, str]]:
    """Returns the rows of a CSV and of all pages that follow it."""
    seen: list[dict[str, str]] = []
    while path:
        answer = client.get(path)
        seen += _rows(answer.text)
        following = answer.headers["link"].rpartition(", <")[2]
        path = (
            following.partition(">")[0].removeprefix(BASE.rstrip("/"))
            if 'rel="next"' in following
            else ""
        )
    return seen


def _cells(body: bytes, extension: str) -> list[str]:
    """Returns every cell of a slice that is text."""
    if extension == "jsonstat":
        dimensions = json.loads(body)["dimension"].values()
        return [code for one in dimensions for code in one["category"]["index"]]
    if extension == "xlsx":
        sheet = load_workbook(BytesIO(body)).worksheets[0]
        return [str(cell) for row in sheet.values for cell in row]
    if extension == "parquet":
        with NamedTemporaryFile() as file:
            file.write(body)
            file.flush()
            rows = duckdb.read_parquet(file.name).fetchall()
        return [str(cell) for row in rows for cell in row]
    return [cell for row in csv.reader(StringIO(body.decode())) for cell in row]


def test_metadata(client: Client) -> None:
    """A CSV links to its description, which names it."""
    answer = client.get(f"{HERE}.csv?{ONE}")
    described = client.get(f"{HERE}.csv-metadata.json?{ONE}")

    assert (
        f"<{BASE}tables/migr-imm8/data.csv-metadata.json?agedef=COMPLET&age=TOTAL&sex=T"
        '&geo=BG&time_period=2022>; rel="describedby"; type="application/csvm+json"'
    ) in answer.headers["link"]
    assert described.headers["content-type"] == "application/csvm+json"
    assert described.json()["url"] == f"{BASE}tables/migr-imm8/data.csv?{ONE}"


@pytest.fixture
def narrow(with_tables: Sample) -> Iterator[Client]:
    """The same tables under low limits."""
    settings = Settings(
        data=with_tables.settings.data,
        site=SiteSettings(base=BASE),
        tables=TableSettings(cells=100, document_cells=10),
    )
    made = replace(with_tables, settings=settings)
    with Client(application(made, close=lambda: None)) as client:
        yield client


def test_too_large(narrow: Client) -> None:
    """A slice that is too big says how big it is, and how to ask for less."""
    refused = narrow.get(f"{HERE}.csv?geo=BG")
    document = narrow.get(f"{HERE}.jsonstat?geo=RO")
    fits = narrow.get(f"{HERE}.csv?geo=RO")
    page = narrow.get(f"{HERE}.csv?geo=BG&limit=50")

    assert refused.status_code == 422
    problem = refused.json()
    assert (problem["count"], problem["limit"]) == (6489, 100)
    assert problem["dimensions"] == ["freq", "agedef", "age", "sex", "time_period"]
    assert (document.status_code, document.json()["count"]) == (422, 90)
    assert (fits.status_code, page.status_code) == (200, 200)


def test_large_answers_are_streamed(client: Client) -> None:
    """A large answer is sent while it is read, and is whole in the end."""
    answer = client.get(f"{HERE}.json")

    assert "content-length" not in answer.headers
    assert len(answer.json()["rows"]) == len(tables.rows(AGE_AND_SEX))


def test_excel_reads_cyrillic(client: Client) -> None:
    """With `bom=1` a CSV starts with the mark by which spreadsheets know UTF-8."""
    answer = client.get(f"{HERE}.csv?{ONE}&bom=1&labels=bg&download=1")

    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"] == (
        'attachment; filename="migr-imm8.csv"'
    )


def test_browser_is_sent_to_the_page(client: Client) -> None:
    """A browser gets the page of the slice, in its language, however it asks."""
    wanted = f"{BASE}bg/table/migr-imm8?geo=BG"
    asked = [
        client.get(f"{HERE}?geo=BG", accept="text/html", accept_language="bg"),
        client.get(f"{HERE}?geo=BG&format=html&lang=bg"),
        client.get(f"{HERE}.html?geo=BG&lang=bg"),
    ]

    assert [answer.status_code for answer in asked] == [303] * 3
    assert [answer.headers["location"] for answer in asked] == [wanted] * 3


def test_deadline(with_tables: Sample) -> None:
    """A slice that takes too long is stopped, and the problem names the limit."""
    settings = Settings(
        data=with_tables.settings.data,
        site=SiteSettings(base=BASE),
        tables=TableSettings(deadline=1e-9),
    )
    made = replace(with_tables, settings=settings)

    with Client(application(made, close=lambda: None)) as client:
        answer = client.get(f"{HERE}?geo=BG&lang=bg")

    assert answer.status_code == 503
    problem = answer.json()
    assert (problem["type"], problem["rule"], problem["limit"]) == (
        f"{BASE}problems/query-timeout",
        "deadline",
        1e-9,
    )
    assert problem["detail"].startswith("Извадката отне 1e-09 секунди")


def test_limits_are_published(client: Client) -> None:
    """The limits of slices stand among all limits."""
    limits = client.get("/limits").json()

    assert limits["tables.page"]["value"] == 10_000
    assert {"tables.cells", "tables.document", "tables.deadline"} <= limits.keys()
