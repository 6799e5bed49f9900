import json
from pathlib import Path
from typing import Any

import pytest
from csvw import Table
from pyoxigraph import RdfFormat, parse

from registry.iris import RecordId
from registry.statistics import csvw
from registry.statistics.formats import csv
from registry.statistics.formats.columns import columns
from registry.statistics.labels import Shown
from registry.views import cube
from tests import tables
from tests.registry.statistics.cubes import AGE_AND_SEX, SHARES, caption, small
from tests.versions import IRIS

ADDRESS = "http://registry.example/tables/migr-imm8/data.csv"
STRUCTURE, ROWS = small()


def _metadata(shown: Shown) -> dict[str, Any]:
    chosen = columns(STRUCTURE, caption(STRUCTURE), shown)
    return csvw.metadata(
        STRUCTURE, caption(STRUCTURE), chosen, shown, iris=IRIS, address=ADDRESS
    )


@pytest.mark.parametrize("key", [AGE_AND_SEX, SHARES, tables.DERIVED])
def test_independent_reader(key: str, tmp_path: Path) -> None:
    """A reader of CSVW makes the observations' IRIs and dimension values again."""
    structure, rows = tables.structure(key), list(tables.rows(key))[:300]
    said = caption(structure)
    occurring = {
        dimension.id: sorted({str(row[position]) for row in rows})
        for position, dimension in enumerate(structure.dimensions)
    }
    chosen = columns(structure, said, Shown.CODES, occurring=occurring)
    body = b"".join(csv.write([rows], chosen, bom=False))
    (tmp_path / "data.csv").write_bytes(body)
    document = csvw.metadata(
        structure, said, chosen, Shown.CODES, iris=IRIS, address="data.csv"
    )
    path = tmp_path / "data.csv-metadata.json"
    path.write_text(json.dumps(document))

    found: set[tuple[str, str, str]] = set()
    table = Table.from_file(path)
    assert table.check_primary_key()
    for row in table:
        subject = table.tableSchema.aboutUrl.expand(**row)
        for column in table.tableSchema.columns:
            value = row.get(column.name)
            if column.valueUrl and (column.virtual or value is not None):
                made = column.valueUrl.expand(**row)
                found.add((subject, str(column.propertyUrl.uri), made))

    expected = {
        (triple.subject.value, triple.predicate.value, triple.object.value)
        for triple in parse(
            "".join(cube.observations([rows], structure, IRIS)).encode(),
            format=RdfFormat.N_TRIPLES,
        )
        if str(triple.object).startswith("<")
    }
    assert found == expected


def test_plain_csv() -> None:
    """Without the keys of places, no wrong IRI of a place can be made."""
    geo = _metadata(Shown.CODES)["tableSchema"]["columns"][4]

    assert geo == {
        "name": "geo",
        "titles": "geo",
        "required": True,
        "datatype": "string",
        "suppressOutput": True,
    }


def test_schema() -> None:
    """Keys, datatypes and templates follow the structure."""
    schema = _metadata(Shown.CODES)["tableSchema"]

    assert schema["aboutUrl"] == (
        f"{IRIS.thing(RecordId('table', AGE_AND_SEX))}/"
        "{freq}.{agedef}.{age}.{sex}.{geo}.{time_period}"
    )
    assert schema["primaryKey"] == [
        "freq",
        "agedef",
        "age",
        "sex",
        "geo",
        "time_period",
    ]
    assert schema["columns"][5]["datatype"] == "gYear"
    assert schema["columns"][6]["datatype"] == "integer"
    assert schema["columns"][7]["valueUrl"] == (
        "http://registry.example/id/scheme/obs-flag#{obs_flag}"
    )


def test_names_are_no_keys() -> None:
    """A CSV with names instead of codes describes its columns and makes nothing."""
    schema = _metadata(Shown.BULGARIAN)["tableSchema"]

    assert "aboutUrl" not in schema
    assert all(column["suppressOutput"] for column in schema["columns"])
    assert schema["columns"][4]["lang"] == "bg"


def test_names_beside_codes() -> None:
    """With codes and names, the codes still make the observations."""
    schema = _metadata(Shown.BOTH)["tableSchema"]
    columns_ = {column["name"]: column for column in schema["columns"]}

    assert "aboutUrl" in schema
    assert columns_["sex"]["valueUrl"].endswith("id/scheme/sex#{sex}")
    assert columns_["sex_bg"]["suppressOutput"] is True
