import re
from typing import Any

import pytest

from registry.language import LANGUAGES
from registry.statistics.findings import RULES, SHOWN, BadCell, TableReport, finding

WORDS: dict[str, Any] = {
    "most": 200,
    "cell": "B2",
    "tables": "people",
    "code": "BG",
    "columns": "a, b",
    "reason": "broken",
    "width": 3,
    "list": "sex",
    "codes": "F, M",
    "example": "2024",
    "whole": 18,
    "decimals": 12,
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_to_do_in_both_languages(rule: str) -> None:
    """Every message is whole sentences, each in its own letters."""
    found = finding(rule, column="sex", count=1, cells=(), **WORDS)

    assert set(found.message) == set(LANGUAGES)
    for language, text in found.message.items():
        assert text.endswith(".")
        assert not re.search("[{}]", text)
        assert bool(re.search("[а-я]", text)) == (language == "bg")


def test_a_finding_shows_the_first_rows_and_counts_the_others() -> None:
    """A report stays short, whatever the file holds."""
    cells = [BadCell(n, "x" * 1000) for n in range(2, 500)]
    found = finding("duplicate-key", count=498, cells=cells)

    assert found.count == 498
    assert [(c.line, c.value) for c in found.cells] == [
        (n, "x" * 100) for n in range(2, 2 + SHOWN)
    ]


def test_a_report_is_sound_when_nothing_was_found() -> None:
    """A report is a value that programs can read."""
    cells = [BadCell(7, "X")]
    report = TableReport((finding("empty-code", column="sex", cells=cells),))
    (member,) = report.members()

    assert TableReport().sound
    assert not report.sound
    assert {**member, "message": None} == {
        "column": "sex",
        "rule": "empty-code",
        "count": 1,
        "rows": [{"line": 7, "value": "X"}],
        "message": None,
    }
