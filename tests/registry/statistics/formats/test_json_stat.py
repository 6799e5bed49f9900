import json
from itertools import product
from typing import Any

import pytest
from jsonstat_validator import validate_jsonstat

from registry.ports import TableRow
from registry.statistics.formats import json_stat
from registry.statistics.structure import Structure
from tests import tables
from tests.registry.statistics.cubes import caption, small

STRUCTURE, ROWS = small()
ADDRESS = "http://registry.example/tables/migr-imm8/data.jsonstat"


def _document(structure: Structure, rows: list[TableRow], language: str = "en") -> Any:
    text = json_stat.document(
        [rows], structure, caption(structure), language=language, href=ADDRESS
    )
    return json.loads(text)


def test_cube() -> None:
    """Values stand by their position; a gap is null with its status, never zero."""
    document = _document(STRUCTURE, ROWS)

    assert document["id"] == [
        "freq",
        "agedef",
        "age",
        "sex",
        "geo",
        "time_period",
        "obs_value",
    ]
    assert document["size"] == [1, 1, 1, 3, 2, 2, 1]
    assert document["role"] == {
        "time": ["time_period"],
        "geo": ["geo"],
        "metric": ["obs_value"],
    }
    assert document["value"] == {"1": 18014, "5": 0, "9": 40619, "10": None}
    assert document["status"] == {"5": "p", "10": "c"}


def test_texts() -> None:
    """Names, source, notes and the meaning of flags are in the asked language."""
    document = _document(STRUCTURE, ROWS, "bg")

    assert document["label"] == "Заглавие"
    assert document["source"] == (
        "Издател; https://source.example/a; https://source.example/b"
    )
    assert document["updated"] == "2026-03-01T12:00:00Z"
    assert document["note"] == ["Описание", "Лиценз", "Note"]
    assert document["dimension"]["geo"] == {
        "label": "geo бг",
        "category": {
            "index": ["BG", "RO"],
            "label": {"BG": "България", "RO": "Румъния"},
        },
    }
    assert document["dimension"]["obs_value"]["category"]["unit"] == {
        "obs_value": {"label": "брой", "decimals": 0}
    }
    assert document["extension"]["status"] == {"p": "предварителна"}


@pytest.mark.parametrize("key", tables.KEYS)
def test_independent_reader(key: str) -> None:
    """An independent validator accepts a real table, and all of it is there."""
    structure, rows = tables.structure(key), tables.rows(key)

    document = _document(structure, list(rows))

    assert validate_jsonstat(document) is True
    codes = [
        document["dimension"][name]["category"]["index"] for name in document["id"]
    ]
    position = structure.columns.index("obs_value")
    found = {
        cell[:-1]: document["value"][str(place)]
        for place, cell in enumerate(product(*codes))
        if str(place) in document["value"]
    }
    assert found == {tuple(row[:position]): float(str(row[position])) for row in rows}


def test_empty() -> None:
    """A slice without observations is a whole document."""
    document = _document(STRUCTURE, [])

    assert document["value"] == {}
    assert document["size"] == [0, 0, 0, 0, 0, 0, 1]
