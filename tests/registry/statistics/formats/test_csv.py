import csv
from io import StringIO

from registry.statistics.formats import csv as format_
from registry.statistics.formats.columns import columns
from registry.statistics.labels import Shown
from tests import tables
from tests.registry.statistics.cubes import AGE_AND_SEX, caption, small

STRUCTURE, ROWS = small()
CAPTION = caption(STRUCTURE)


def _written(shown: Shown, *, bom: bool = False) -> bytes:
    chosen = columns(STRUCTURE, CAPTION, shown)
    return b"".join(format_.write([ROWS[:1], ROWS[1:]], chosen, bom=bom))


def test_codes() -> None:
    """Codes come as they are; a missing value is an empty field and a zero a zero."""
    assert _written(Shown.CODES).decode() == (
        "freq,agedef,age,sex,geo,time_period,obs_value,obs_flag\r\n"
        "A,COMPLET,TOTAL,F,BG,2022,18014,\r\n"
        "A,COMPLET,TOTAL,M,BG,2022,0,p\r\n"
        "A,COMPLET,TOTAL,T,BG,2022,40619,\r\n"
        "A,COMPLET,TOTAL,T,RO,2021,,c\r\n"
    )


def test_names() -> None:
    """Names replace codes; a comma in one is quoted, and a code without name stays."""
    lines = _written(Shown.ENGLISH).decode().split("\r\n")

    assert lines[0].startswith("freq en,agedef en,")
    assert lines[2] == "A,COMPLET,TOTAL,men,Bulgaria,2022,0,provisional"
    assert lines[4] == 'A,COMPLET,TOTAL,total,"Romania, the country",2021,,c'


def test_other_language_stands_in() -> None:
    """A name that a language lacks comes in the other one."""
    assert ",men,България," in _written(Shown.BULGARIAN).decode()


def test_both() -> None:
    """Codes with names in both languages beside them lose nothing."""
    rows = list(csv.DictReader(StringIO(_written(Shown.BOTH).decode(), newline="")))

    assert [tuple(row[name] or None for name in STRUCTURE.columns) for row in rows] == [
        tuple(row) for row in ROWS
    ]
    assert (rows[0]["geo_bg"], rows[0]["geo_en"]) == ("България", "Bulgaria")
    assert "time_period_bg" not in rows[0]


def test_mark() -> None:
    """The byte order mark comes first, when asked for, and once."""
    assert _written(Shown.CODES, bom=True) == b"\xef\xbb\xbf" + _written(Shown.CODES)


def test_real_table_comes_back() -> None:
    """Nothing of a real table is lost."""
    rows, structure = tables.rows(AGE_AND_SEX), tables.structure(AGE_AND_SEX)
    chosen = columns(structure, caption(structure), Shown.CODES)

    text = b"".join(format_.write([rows], chosen, bom=False)).decode()

    header, *found = csv.reader(StringIO(text, newline=""))
    assert tuple(header) == structure.columns
    assert [tuple(cell or None for cell in row) for row in found] == list(rows)


def test_a_spreadsheet_takes_no_name_for_a_formula() -> None:
    """Nor a code; numbers stay numbers, and other programs get texts as they are."""
    row = ("A", "COMPLET", "TOTAL", "F", "=1+1", "2022", "-18014", "")
    chosen = columns(STRUCTURE, CAPTION, Shown.CODES)

    sheet = b"".join(format_.write([[row]], chosen, bom=True)).decode("utf-8-sig")
    data = b"".join(format_.write([[row]], chosen, bom=False)).decode()

    assert sheet.splitlines()[1] == "A,COMPLET,TOTAL,F,'=1+1,2022,-18014,"
    assert data.splitlines()[1] == "A,COMPLET,TOTAL,F,=1+1,2022,-18014,"
