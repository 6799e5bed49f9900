import json
import re

import pytest

from api.pages.terms import ITEM_TERMS, STATUSES, TERMS, TYPES
from registry.language import LANGUAGES, Text
from registry.lifecycle import Event, Status
from tests.api.conftest import ROOT

CYRILLIC = re.compile("[А-Яа-я]")


@pytest.mark.parametrize("table", [TERMS, TYPES, ITEM_TERMS, STATUSES])
def test_both_languages(table: dict[str, Text]) -> None:
    """Every name is there in both languages, each in its own letters."""
    for key, text in table.items():
        assert set(text) == set(LANGUAGES), key
        assert all(text.values()), key
        assert not CYRILLIC.search(text["en"]), key


def test_statuses_have_words() -> None:
    """Every status and event of a record has a word."""
    assert {*Status, *Event} == set(STATUSES)


def test_terms_are_of_the_context() -> None:
    """Every term that a page names is one of the context."""
    context = json.loads((ROOT / "ontology" / "context-v1.jsonld").read_bytes())

    assert set(TERMS) | set(TYPES) <= set(context["@context"])
