from dataclasses import replace

import pytest

from api.pages.cells import Cell, meaning, number, rows
from api.pages.translations import languages
from registry.language import Chosen
from registry.statistics.selection import Slice
from tests.api.pages.slices import OCCURRING, ROWS, STRUCTURE, names

WANTED = Slice({"age": ("TOTAL",), "sex": ("F", "M")})
FLAGS = {"b": {"en": "break"}, "p": {"bg": "предварителна"}, "c": {"en": "secret"}}


def test_rows_as_people_read_them() -> None:
    """Codes that tell rows apart are columns; the others are said once."""
    english = names("en")
    named = replace(english, caption=replace(english.caption, flags=FLAGS))

    found = rows(ROWS, STRUCTURE, WANTED, OCCURRING, named)

    assert [name for name, _ in found.columns] == ["sex", "time"]
    assert found.fixed == [(Chosen("Age en", "en"), Chosen("TOTAL", ""))]
    assert found.cells[1] == Cell(
        codes=[Chosen("women", "en"), Chosen("2022", "en")],
        value="1,234.5",
        flag="bp",
        meaning=Chosen("break, предварителна", "en"),
        key="F.TOTAL.2022",
    )
    assert found.cells[2].value is None
    assert found.gaps
    assert found.flagged
    assert found.flags == [
        ("bp", Chosen("break, предварителна", "en")),
        ("c", Chosen("secret", "en")),
    ]


def test_sums_have_no_page() -> None:
    """A sum is no observation, and its dimension is said to be a total."""
    wanted = Slice({"sex": ("F", "M"), "age": ("TOTAL",)}, summed=("sex",))
    summed = [("_T", "TOTAL", "2020", "7", None)]

    found = rows(summed, STRUCTURE, wanted, OCCURRING, names())

    assert [name for name, _ in found.columns] == ["time"]
    assert [code.text for _, code in found.fixed] == ["_T", "TOTAL"]
    assert [cell.key for cell in found.cells] == [None]


@pytest.mark.parametrize(
    ("value", "english", "bulgarian"),
    [
        ("0", "0", "0"),
        ("12345678901234567890", "12,345,678,901,234,567,890", None),
        ("1234567.125125", "1,234,567.125125", "1 234 567,125125"),
        ("-3.5", "-3.5", "-3,5"),
    ],
)
def test_numbers_keep_their_digits(
    value: str, english: str, bulgarian: str | None
) -> None:
    """A number has the separators of the language and every digit of the source."""
    assert number(value, languages()["en"]) == english
    if bulgarian:
        assert number(value, languages()["bg"]).replace("\u00a0", " ") == bulgarian


def test_flags_without_meaning() -> None:
    """A flag that nobody explained means nothing rather than something made up."""
    assert meaning("x", FLAGS, "en") is None
    assert meaning("xy", FLAGS, "en") is None
    assert meaning("", FLAGS, "en") is None
