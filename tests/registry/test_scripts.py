import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.scripts import INVISIBLE, MESSAGES, MIXED, Finding, lint, within

DATASETS = Path(__file__).parents[2] / "datasets"

E = "LATIN SMALL LETTER E (U+0065)"
P = "LATIN SMALL LETTER P (U+0070)"
A = "LATIN SMALL LETTER A (U+0061)"
CAPITAL_O = "LATIN CAPITAL LETTER O (U+004F)"


@pytest.mark.parametrize(
    ("text", "word", "characters"),
    [
        pytest.param("Бeлгия", "Бeлгия", (E,), id="one letter"),
        pytest.param("Гepмaния", "Гepмaния", (E, P, A), id="several letters"),
        pytest.param("Oстров Норфолк", "Oстров", (CAPITAL_O,), id="one of two words"),
        pytest.param(
            "Romаnia",
            "Romаnia",
            ("CYRILLIC SMALL LETTER A (U+0430)",),
            id="Cyrillic in a Latin word",
        ),
        pytest.param("Ελλaδα", "Ελλaδα", (A,), id="Latin in a Greek word"),
        pytest.param(
            "19-гoдишен",
            "гoдишен",
            ("LATIN SMALL LETTER O (U+006F)",),
            id="after a hyphen",
        ),
    ],
)
def test_a_word_of_two_alphabets_is_found(
    text: str, word: str, characters: tuple[str, ...]
) -> None:
    """The letters of the alphabet that the word has fewer of are named, once each."""
    assert lint(text) == [Finding(MIXED, word, characters)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Център за чужденци",
        "COVID-19 и SIM-карти",
        "на 20ти, в 3-то РПУ, ул. 6ти септември",
        "от XIX век, на XXти конгрес",
        "ЕС (EU27_2020)",
        "Ελλάδα, ελληνικά",
        "می‌خواهم",
        "първи ред\nвтори ред\tклетка",
        "неразделен\u00a0интервал",
    ],
)
def test_what_is_written_as_it_should_be_is_left_alone(text: str) -> None:
    """Parts of compounds may differ in their alphabet, and numerals have endings."""
    assert lint(text) == []


@pytest.mark.parametrize(
    ("text", "around", "characters"),
    [
        pytest.param(
            "\ufeffкод", "\ufeffкод", ("ZERO WIDTH NO-BREAK SPACE (U+FEFF)",), id="mark"
        ),
        pytest.param(
            "ул. \u202e\u202d5",
            "ул. \u202e\u202d5",
            ("RIGHT-TO-LEFT OVERRIDE (U+202E)", "LEFT-TO-RIGHT OVERRIDE (U+202D)"),
            id="marks of direction",
        ),
        pytest.param("a\x00b", "a\x00b", ("unnamed (U+0000)",), id="control"),
        pytest.param(
            "Бъл\u00adгария", "Бъл\u00adгария", ("SOFT HYPHEN (U+00AD)",), id="hyphen"
        ),
    ],
)
def test_what_cannot_be_seen_is_found(
    text: str, around: str, characters: tuple[str, ...]
) -> None:
    """Characters without a form of their own are named where they stand."""
    assert lint(text) == [Finding(INVISIBLE, around, characters)]


def test_every_code_says_what_to_do_in_both_languages() -> None:
    """Advice is given to people, so in their language."""
    assert {code: set(text) for code, text in MESSAGES.items()} == {
        MIXED: {"bg", "en"},
        INVISIBLE: {"bg", "en"},
    }


def cells(path: Path) -> Iterator[str]:
    """Yields the cells of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            yield from row


def test_no_text_of_the_datasets_is_mixed() -> None:
    """Every cell of every dataset and every description passes."""
    texts = {cell for path in DATASETS.rglob("*.csv") for cell in cells(path)} | {
        line
        for path in DATASETS.rglob("*.json")
        for line in path.read_text(encoding="utf-8").splitlines()
    }

    assert [found for text in sorted(texts) for found in lint(text)] == []


def test_every_text_of_a_document_is_looked_at_once() -> None:
    """Nested texts count, and the same finding is told once."""
    document = {"name": {"bg": "Хaсково"}, "parts": [{"name": "Хaсково"}, {"n": 1}]}

    assert [found.code for found in within(document)] == ["mixed-script"]
