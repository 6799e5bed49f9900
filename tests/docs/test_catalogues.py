import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message

from tests.docs import catalogues

LOCALES = catalogues.locales()
ASIDE = re.compile(r"%\(\w+\)[sd]|</?[a-z][^>]*>")
"""What a translation has to take over: placeholders, and marks of HTML."""


@pytest.fixture(scope="module")
def said() -> Catalog:
    """Every message that the pages say."""
    return catalogues.template()


def _messages(catalog: Catalog) -> dict[str, Message]:
    return {_forms(message.id)[0]: message for message in catalog if message.id}


def _forms(text: Any) -> list[str]:
    """Returns the plural forms of a message, or its only one."""
    return [text] if isinstance(text, str) else list(text)


@pytest.mark.parametrize("locale", LOCALES)
def test_catalogue_has_the_messages_of_the_pages(locale: str, said: Catalog) -> None:
    """A catalogue has every message that the pages say, and no other."""
    assert set(_messages(catalogues.read(locale))) == set(_messages(said)), (
        "run `make messages`"
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_everything_is_translated(locale: str) -> None:
    """No message is left untranslated, in any of its plural forms, or in doubt."""
    left = {
        name
        for name, message in _messages(catalogues.read(locale)).items()
        if message.fuzzy or not all(_forms(message.string))
    }

    assert left == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_keep_what_is_no_text(locale: str) -> None:
    """Placeholders and marks of HTML are in a translation as in the message."""
    for name, message in _messages(catalogues.read(locale)).items():
        wanted = {frozenset(ASIDE.findall(form)) for form in _forms(message.id)}
        for form in _forms(message.string):
            assert frozenset(ASIDE.findall(form)) in wanted, name


def test_no_catalogue_of_the_language_of_the_messages() -> None:
    """English is what messages are written in, so it has no catalogue to go stale."""
    assert "en" not in LOCALES


def test_nothing_escapes_escaping() -> None:
    """No template marks anything as safe, or switches escaping off."""
    for path in Path(catalogues.ROOT, "api").glob("pages/templates/site/**/*.html"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe|autoescape", source), path.name
        assert not re.search(r"\bstyle=|<style|\bon[a-z]+=", source), path.name
