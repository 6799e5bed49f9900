import pytest

from registry.sheets.wording import Wording, harmless, spoken

NAMES = {
    "F": {"bg": "жени", "en": "females"},
    "M": {"bg": "мъже", "en": "males"},
    "UNK": {"bg": "неизвестно", "en": "unknown"},
    "OTHER": {"bg": "Неизвестно", "en": "other"},
    "M-1": {},
}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("F", "F"),
        ("f", "F"),
        ("F – жени", "F"),
        ("F - females", "F"),
        ("F — Females", "F"),
        ("  жени ", "F"),
        ("MALES", "M"),
        ("M-1", "M-1"),
        ("F – както беше преди", "F"),
        ("F – мъже", None),
        ("неизвестно", None),
        ("UNK – неизвестно", "UNK"),
        ("деца", None),
        ("X – деца", None),
        ("", None),
    ],
)
def test_a_cell_means_one_code_or_none(cell: str, code: str | None) -> None:
    """By the code, its name in either language, or both, but never by a guess."""
    assert Wording(NAMES).code(cell) == code


def test_a_code_is_said_with_its_name() -> None:
    """In the language asked for, or the best there is, on one line."""
    assert spoken("F", {"bg": "жени"}, "en") == "F – жени"
    assert spoken("F", {"en": "two\nlines"}, "en") == "F – two lines"
    assert spoken("F", {}, "bg") == "F"


def test_a_remark_is_no_formula() -> None:
    """Whatever it begins with."""
    assert harmless("=1+1") == "'=1+1"
    assert harmless("дума") == "дума"
