import csv
from collections.abc import Iterator
from io import StringIO

import pytest
from fastapi import FastAPI

from api.application import application
from registry import projection, review, submissions
from registry.iris import RecordId
from registry.record import Content, Provenance, Source
from registry.settings import Settings, SiteSettings, TableSettings
from registry.statistics import parquet
from tests import tables
from tests.api.client import Client
from tests.api.conftest import Sample, build
from tests.registry.statistics.cubes import AGE_AND_SEX, write
from tests.versions import BASE, concept, content, place

ASYLUM = "asylum-applicants-bulgaria"
DIGESTS = {(AGE_AND_SEX, 1): "a1" * 32, (ASYLUM, 1): "b1" * 32, (ASYLUM, 2): "b2" * 32}
HERE = "/tables/migr-imm8/data"
ONE = "agedef=COMPLET&age=TOTAL&sex=T&geo=BG&time_period=2022"


def _scheme(key: str, *concepts: tuple[str, str, str]) -> dict[str, object]:
    return {
        "type": "ConceptScheme",
        "title": {"bg": key, "en": key},
        "concepts": [
            {
                "id": concept(key, code),
                "type": "Concept",
                "notation": code,
                "name": {"bg": bg, "en": en},
            }
            for code, bg, en in concepts
        ],
    }


RECORDS: dict[str, dict[str, object]] = {
    "scheme/sex": _scheme("sex", ("T", "общо", "total"), ("F", "жени", "women")),
    "scheme/unit": _scheme("unit", ("NR", "брой", "number"), ("PER", "лице", "person")),
    "scheme/obs-flag": _scheme("obs-flag", ("p", "предварителна", "provisional")),
    "place/eu27-2020": {"type": "Location", "name": {"bg": "ЕС", "en": "EU"}},
    "place/bg": {
        "type": "Location",
        "name": {"bg": "България", "en": "Bulgaria"},
        "broader": place("eu27-2020"),
    },
    "place/ro": {
        "type": "Location",
        "name": {"bg": "Румъния", "en": "Romania"},
        "broader": place("eu27-2020"),
    },
}


def _publish(sample: Sample, record: RecordId, made: Content) -> None:
    with sample.journal.write() as writer:
        entry = submissions.submit(
            writer,
            record,
            made,
            provenance=Provenance(sources=(Source("https://source.example/table"),)),
            actor="a-1",
        )
        assert entry is not None
        review.accept(writer, entry, actor="a-2")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    folder = tmp_path_factory.mktemp("with-tables")
    sample = build(folder)
    for name, document in RECORDS.items():
        record = RecordId(*name.split("/"))
        _publish(sample, record, content(record, document))
    for (key, edition), digest in DIGESTS.items():
        rows = tables.rows(key, edition - 1)
        file = parquet.path(folder / "tables", key, digest)
        write(file, tables.structure(key), rows)
        _publish(
            sample, RecordId("table", key), tables.table_content(key, rows, digest)
        )
    projection.catch_up(
        sample.journal,
        sample.queries,
        sample.lists,
        sample.iris,
        tables=sample.tables,
        ontology="",
    )
    yield sample
    sample.lists.close()
    sample.journal.close()


@pytest.fixture(scope="module")
def app(registry: Sample) -> FastAPI:
    return application(registry, close=lambda: None)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[Client]:
    with Client(app) as made:
        yield made


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text, newline="")))


def test_list(client: Client) -> None:
    """Every table is listed with its titles and addresses."""
    answer = client.get("/tables").json()

    assert [table["id"] for table in answer["tables"]] == [
        f"{BASE}id/table/asylum-applicants-bulgaria",
        f"{BASE}id/table/migr-imm8",
    ]
    assert answer["tables"][1] == {
        "id": f"{BASE}id/table/migr-imm8",
        "title": {
            "bg": "Имиграция по възраст и пол",
            "en": "Immigration by age and sex",
        },
        "structure": f"{BASE}tables/migr-imm8/structure",
        "data": f"{BASE}tables/migr-imm8/data",
    }


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

    assert "A,COMPLET,TOTAL,общо,България,2022,40619,\r\n" in bulgarian
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
    path, seen = f"{HERE}?geo=RO&sort=-obs_value&limit=40&totals=1", []
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
    answer = client.get(f"{HERE}.json?geo=RO&limit=1&totals=1").json()

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
    assert dict(head.headers) == dict(named.headers)
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
        ("totals=yes", "totals"),
        ("format=pdf", "format"),
        ("sort=geo&sort=sex", "sort"),
        ("version=1&asOf=2026-01-01", "asOf"),
        ("updatedAfter=soon", "updatedAfter"),
        ("updatedAfter=2026-01-01&limit=5", "limit"),
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
        "/tables/migr-imm8/dimensions/color",
        "/tables/none/structure",
        "/tables/none/revisions",
        "/tables/asylum-applicants-bulgaria/revisions?from=9",
        "/tables/Migr_Imm8/data",
    ],
)
def test_not_found(client: Client, path: str) -> None:
    """What is not there is not found."""
    assert client.get(path).status_code == 404


def test_structure(client: Client) -> None:
    """The structure lists dimensions, a first view and the formats."""
    answer = client.get("/tables/migr-imm8/structure").json()

    assert [d["id"] for d in answer["dimensions"]] == [
        "freq",
        "agedef",
        "age",
        "sex",
        "geo",
        "time_period",
    ]
    assert answer["dimensions"][3] == {
        "id": "sex",
        "property": "http://purl.org/linked-data/sdmx/2009/dimension#sex",
        "role": "coded",
        "scheme": f"{BASE}id/scheme/sex",
        "label": answer["dimensions"][3]["label"],
        "count": 3,
        "values": f"{BASE}tables/migr-imm8/dimensions/sex",
    }
    assert (answer["observations"], answer["first"], answer["last"]) == (
        6763,
        "1991",
        "2022",
    )
    default = answer["default"]["data"].removeprefix(BASE.rstrip("/"))
    assert 0 < len(_rows(client.get(default).text)) < 100


def test_dimension(client: Client) -> None:
    """The codes of a dimension come with IRIs, names and counts."""
    answer = client.get("/tables/migr-imm8/dimensions/geo").json()

    assert answer["values"][0] == {
        "code": "BG",
        "id": f"{BASE}id/place/bg",
        "name": {"bg": "България", "en": "Bulgaria"},
        "broader": "EU27_2020",
        "observations": 6489,
    }


REVISED = "/tables/asylum-applicants-bulgaria"


def test_revisions(client: Client) -> None:
    """The versions of a table are listed, and what two of them do not share."""
    versions = client.get(f"{REVISED}/revisions").json()["versions"]
    answer = client.get(f"{REVISED}/revisions?from=1&to=2").json()

    assert [version["version"] for version in versions] == [1, 2]
    assert answer["complete"] is True
    changed = [
        (d["old"]["obs_value"], d["new"]["obs_value"])
        for d in answer["differences"]
        if d["kind"] == "changed"
    ]
    assert ("20365", "20390") in changed
    assert answer["counts"]["changed"] == len(changed)


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
    """Only what was added or changed after a moment is answered."""
    versions = client.get(f"{REVISED}/revisions").json()["versions"]
    changes = client.get(f"{REVISED}/revisions?from=1").json()["counts"]

    after_first = client.get(
        f"{REVISED}/data.csv?updatedAfter={versions[0]['modified']}"
    )
    after_last = client.get(
        f"{REVISED}/data.csv?updatedAfter={versions[1]['modified']}"
    )
    before_all = client.get(f"{REVISED}/data.csv?updatedAfter=2001-01-01")
    whole = client.get(f"{REVISED}/data.csv")

    assert len(_rows(after_first.text)) == changes["added"] + changes["changed"]
    assert _rows(after_last.text) == []
    assert before_all.text == whole.text
    assert after_first.headers["etag"] != after_last.headers["etag"]


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
def narrow(registry: Sample) -> Iterator[Client]:
    """The same tables under low limits."""
    settings = Settings(
        data=registry.settings.data,
        site=SiteSettings(base=BASE),
        tables=TableSettings(cells=100, document_cells=10),
    )
    made = Sample(
        settings=settings,
        iris=registry.iris,
        journal=registry.journal,
        lists=registry.lists,
        queries=registry.queries,
        tables=registry.tables,
        shapes=registry.shapes,
        vocabulary=registry.vocabulary,
    )
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


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["Immigration by age and sex", "<td>total</td>", "<td>Bulgaria</td>"]),
        ("bg", ["Имиграция по възраст и пол", "<td>общо</td>", "<td>България</td>"]),
    ],
)
def test_page(client: Client, language: str, texts: list[str]) -> None:
    """A browser gets a first view of the table, with names, source and formats."""
    answer = client.get(f"{HERE}?lang={language}", accept="text/html")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-language"] == language
    for text in (*texts, "<td>40619</td>", "https://source.example/table"):
        assert text in answer.text
    assert f'href="{BASE}tables/migr-imm8/data.csv?' in answer.text


def test_pages_of_a_page(client: Client) -> None:
    """A page for people goes on, in its language and with its filters."""
    answer = client.get(f"{HERE}.html?geo=BG&lang=en")

    assert answer.text.count("<tr>") == 101
    following = answer.text.partition('rel="next" href="')[2].partition('"')[0]
    path = following.removeprefix(BASE.rstrip("/")).replace("&amp;", "&")
    assert client.get(path).text.count("<tr>") == 101
    assert "geo=BG" in path


def test_limits_are_published(client: Client) -> None:
    """The limits of slices stand among all limits."""
    limits = client.get("/limits").json()

    assert limits["tables.page"]["value"] == 10_000
    assert {"tables.cells", "tables.document"} <= limits.keys()
