from io import BytesIO
from zipfile import ZipFile

from openpyxl import load_workbook

from registry.statistics.formats import xlsx
from registry.statistics.formats.columns import columns
from registry.statistics.labels import Shown
from tests.registry.statistics.cubes import caption, small

STRUCTURE, ROWS = small()
CAPTION = caption(STRUCTURE)


def _document(shown: Shown, language: str = "en") -> bytes:
    chosen = columns(STRUCTURE, CAPTION, shown)
    return xlsx.document([ROWS], chosen, STRUCTURE, CAPTION, language=language)


def test_figures() -> None:
    """Values are numbers, codes are text, and what is missing is an empty cell."""
    sheet = load_workbook(BytesIO(_document(Shown.CODES))).worksheets[0]

    found = list(sheet.iter_rows(values_only=True))
    assert found[0] == STRUCTURE.columns
    assert found[2] == ("A", "COMPLET", "TOTAL", "M", "BG", "2022", 0, "p")
    assert found[4] == ("A", "COMPLET", "TOTAL", "T", "RO", "2021", None, "c")


def test_formula_is_text() -> None:
    """A name that looks like a formula is not one."""
    sheet = load_workbook(BytesIO(_document(Shown.ENGLISH))).worksheets[0]

    cell = sheet["D2"]
    assert (cell.value, cell.data_type) == ("=women", "s")


def test_notes() -> None:
    """The second sheet says all that the figures need, in the reader's language."""
    book = load_workbook(BytesIO(_document(Shown.BULGARIAN, "bg")))

    assert book.sheetnames == ["Данни", "Бележки"]
    notes = list(book["Бележки"].iter_rows(values_only=True))
    assert notes[:10] == [
        ("Заглавие", "Заглавие"),
        ("Описание", "Описание"),
        ("Издател", "Издател"),
        ("Източник", "https://source.example/a"),
        ("Източник", "https://source.example/b"),
        ("Условия за ползване", "Лиценз"),
        ("Бележка", "Note"),
        ("Мерна единица", "брой (NR)"),
        ("Постоянен адрес", "http://registry.example/id/table/migr-imm8"),
        ("Версия", "3"),
    ]
    assert notes[-1] == ("Знак p", "предварителна")


def test_same_bytes() -> None:
    """The same slice is the same bytes, whenever it is written."""
    first, second = _document(Shown.CODES), _document(Shown.CODES)

    assert first == second
    with ZipFile(BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {
            (1980, 1, 1, 0, 0, 0)
        }
        assert b"2026-03-01T12:00:00" in archive.read("docProps/core.xml")


def test_long_numbers_keep_their_digits() -> None:
    """A number with more digits than a sheet can hold stays text."""
    chosen = columns(STRUCTURE, CAPTION, Shown.CODES)
    row = (*ROWS[0][:-2], "12345678901234567", None)

    body = xlsx.document([[row]], chosen, STRUCTURE, CAPTION, language="en")

    assert load_workbook(BytesIO(body)).worksheets[0]["G2"].value == "12345678901234567"
