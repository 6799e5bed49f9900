import csv
from io import StringIO

import pytest

from tests.api.client import Client
from tests.versions import BASE


@pytest.fixture(scope="module")
def client(tables_client: Client) -> Client:
    return tables_client


def test_list(client: Client) -> None:
    """Every table is listed with its titles and addresses."""
    answer = client.get("/tables").json()

    assert [table["id"] for table in answer["tables"]] == [
        f"{BASE}id/table/asylum-applicants-bulgaria",
        f"{BASE}id/table/migr-imm8",
        f"{BASE}id/table/migr-resvalid-reason",
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


@pytest.mark.parametrize(
    "path",
    [
        "/tables/migr-imm8/dimensions/color",
        "/tables/none/structure",
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
    assert 0 < len(list(csv.DictReader(StringIO(client.get(default).text)))) < 100


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
