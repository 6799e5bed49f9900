import dataclasses
from io import BytesIO

import openpyxl

from registry.statistics.templates import Blank, as_csv, as_workbook
from tests import tables

STRUCTURE = dataclasses.replace(
    tables.structure("foreign-residents-by-municipality"), flags=False
)
BLANK = Blank(
    STRUCTURE,
    {"bg": "Чужденци", "en": "Foreigners"},
    {"geo": {"bg": "място", "en": "place"}},
    {"sex": {"T": {"bg": "общо", "en": "total"}, "F": {"bg": "жени; момичета"}}},
    {"bg": "https://r.example/bg/x", "en": "https://r.example/en/x"},
)
ROWS = [("2024", "BG", "SY", "F", "TOTAL", "12"), ("2024", "BG", "SY", "X", "", None)]


def test_a_text_is_for_the_spreadsheets_of_its_language() -> None:
    """With semicolons in Bulgarian; codes have their names, gaps are empty."""
    body = as_csv(BLANK, ROWS, "bg")

    assert body.decode("utf-8-sig").splitlines() == [
        "time_period;geo – място;citizen;sex;age;obs_value",
        '2024;BG;SY;"F – жени; момичета";TOTAL;12',
        "2024;BG;SY;X;;",
    ]
    assert body.startswith(b"\xef\xbb\xbf")
    assert as_csv(BLANK, (), "en").count(b",") == 5


def test_a_workbook_says_what_to_do() -> None:
    """Small values too, which are withheld afterwards, and where to hand it in."""
    book = openpyxl.load_workbook(BytesIO(as_workbook(BLANK, ROWS, "bg")))

    assert book.properties.category == "table/foreign-residents-by-municipality"
    text = " ".join(str(row[0]) for row in book.worksheets[1].values)
    assert "от 1 до 4 не се публикуват" in text
    assert "https://r.example/en/x" in text
    assert book.worksheets[0]["F2"].value == 12


def test_a_table_with_flags_takes_rows_without_a_value() -> None:
    """Only then that is said."""
    flagged = dataclasses.replace(BLANK, structure=tables.structure("lfsa-egan"))

    with_flags, without = (
        " ".join(
            str(row[0])
            for row in openpyxl.load_workbook(BytesIO(as_workbook(blank, (), "en")))
            .worksheets[1]
            .values
        )
        for blank in (flagged, BLANK)
    )

    assert ("only with a flag" in with_flags, "only with a flag" in without) == (
        flagged.structure.flags,
        False,
    )
