import json
from decimal import Decimal

from registry.statistics.formats import json_rows
from registry.statistics.formats.columns import columns
from registry.statistics.labels import Shown
from tests import tables
from tests.registry.statistics.cubes import SHARES, caption, small

STRUCTURE, ROWS = small()
CAPTION = caption(STRUCTURE)


def test_document() -> None:
    """Each observation is an object; a gap is null and a zero is zero."""
    chosen = columns(STRUCTURE, CAPTION, Shown.CODES)
    members = json_rows.about(CAPTION, STRUCTURE)

    text = b"".join(json_rows.write([ROWS[:2], ROWS[2:]], chosen, members))

    document = json.loads(text)
    assert document["rows"][0] == {
        "freq": "A",
        "agedef": "COMPLET",
        "age": "TOTAL",
        "sex": "F",
        "geo": "BG",
        "time_period": "2022",
        "obs_value": 18014,
        "obs_flag": None,
    }
    assert [row["obs_value"] for row in document["rows"]] == [18014, 0, 40619, None]
    assert [row["obs_flag"] for row in document["rows"]] == [None, "p", None, "c"]


def test_what_it_is_about() -> None:
    """Title, source, licence, notes, unit and flags come with the rows."""
    assert json_rows.about(CAPTION, STRUCTURE) == {
        "table": "http://registry.example/id/table/migr-imm8",
        "version": 3,
        "modified": "2026-03-01T12:00:00Z",
        "title": {"bg": "Заглавие", "en": "Title"},
        "description": {"bg": "Описание", "en": "Description"},
        "publisher": {"bg": "Издател", "en": "Publisher"},
        "source": ["https://source.example/a", "https://source.example/b"],
        "licence": {"bg": "Лиценз", "en": "Licence"},
        "note": {"en": "Note"},
        "unit": {"code": "NR", "name": {"bg": "брой", "en": "number"}},
        "columns": {
            name: {"bg": f"{name} бг", "en": f"{name} en"} for name in STRUCTURE.columns
        },
        "flags": {"p": {"bg": "предварителна", "en": "provisional"}},
    }


def test_empty() -> None:
    """A slice without observations is a whole document."""
    text = b"".join(json_rows.write([], (), {}))

    assert json.loads(text) == {"rows": []}


def test_digits_stay() -> None:
    """Decimals keep all their digits."""
    structure, rows = tables.structure(SHARES), tables.rows(SHARES)
    chosen = columns(structure, caption(structure), Shown.CODES)

    text = b"".join(json_rows.write([rows], chosen, {}))

    found = json.loads(text, parse_float=Decimal, parse_int=Decimal)["rows"]
    position = structure.columns.index("obs_value")
    assert [row["obs_value"] for row in found] == [
        Decimal(str(row[position])) for row in rows
    ]
