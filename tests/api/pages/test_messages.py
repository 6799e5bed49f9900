import json
import re

import pytest

from api.pages.messages import MESSAGES, SEVERITIES, STATUSES, TERMS, TYPES
from api.pages.rendering import FOLDER
from api.problem_texts import HELP
from registry.language import LANGUAGES, Text
from registry.lifecycle import Event, Status
from tests.api.conftest import ROOT

TEMPLATES = {
    path.name: path.read_text(encoding="utf-8")
    for path in (FOLDER / "templates").glob("*.html")
}
CYRILLIC = re.compile("[А-Яа-я]")


@pytest.mark.parametrize("table", [MESSAGES, TERMS, TYPES, STATUSES, SEVERITIES, HELP])
def test_both_languages(table: dict[str, Text]) -> None:
    """Every text is there in both languages, each in its own letters."""
    for key, text in table.items():
        assert set(text) == set(LANGUAGES), key
        assert all(text.values()), key
        if key != "other_language":  # it names the language that is not shown
            assert not CYRILLIC.search(text["en"]), key


def test_every_message_is_used() -> None:
    """Templates say every message, and no message that is not there."""
    said = {
        key
        for source in TEMPLATES.values()
        for key in re.findall(r'say\("(\w+)"\)', source)
    }

    assert said == set(MESSAGES)


def test_statuses_have_words() -> None:
    """Every status and event of a record has a word."""
    assert {*Status, *Event} == set(STATUSES)


def test_terms_are_of_the_context() -> None:
    """Every term that a page names is one of the context."""
    context = json.loads((ROOT / "ontology" / "context-v1.jsonld").read_bytes())

    assert set(TERMS) | set(TYPES) <= set(context["@context"])


def test_nothing_escapes_escaping() -> None:
    """No template marks anything as safe, or switches escaping off."""
    for name, source in TEMPLATES.items():
        assert not re.search(r"\|\s*safe|autoescape", source), name
