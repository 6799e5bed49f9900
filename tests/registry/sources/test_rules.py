"""The advice that comes with every rule."""

import re

import pytest

from registry.language import LANGUAGES
from registry.ports import RowError
from registry.sources.rules import RULES, broken


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_is_explained_in_both_languages(rule: str) -> None:
    """A rule has a sentence in each language, each in its own alphabet."""
    sentences = RULES[rule]

    assert set(sentences) == set(LANGUAGES)
    assert re.search("[а-я]", sentences["bg"])
    assert not re.search("[а-я]", sentences["en"])


def test_a_report_names_the_column_and_shows_the_value() -> None:
    """Bytes that are no text are shown as replacement characters."""
    report = broken("places/nuts.csv", 7, "missing-column", "code", "a\udce0")

    assert report == RowError(
        file="places/nuts.csv",
        line=7,
        column="code",
        value="a\ufffd",
        rule="missing-column",
        message={
            "en": "The column code is missing; add it to the header, even if all its "
            "cells stay empty.",
            "bg": "Липсва колоната code; добавете я в заглавния ред, дори клетките ѝ "
            "да останат празни.",
        },
    )


def test_braces_in_a_column_name_are_text() -> None:
    """The name of a column is never read as a format."""
    report = broken("x.csv", 1, "missing-column", "{line}")

    assert report.message["en"].startswith("The column {line} is missing")
