from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.pages.translations import languages
from registry.errors import Misconfigured

NBSP, THIN = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


def _catalogue(folder: Path, locale: str, *messages: str) -> None:
    path = folder / locale / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    path.write_text("\n".join([header, *messages]), encoding="utf-8")


def test_languages() -> None:
    """The languages of the data come first, each with what its speakers call it."""
    found = languages()

    assert list(found)[:2] == ["bg", "en"]
    assert [found[tag].name for tag in ("bg", "en")] == ["Български", "English"]
    assert {found[tag].direction for tag in ("bg", "en")} == {"ltr"}


def test_sentences() -> None:
    """A message is translated; one that no catalogue has stands for itself."""
    bulgarian, english = languages()["bg"], languages()["en"]

    assert bulgarian.say("Contacts") == "Контакти"
    assert english.say("Contacts") == "Contacts"
    assert bulgarian.say("No such message") == "No such message"


def test_a_language_is_one_file(tmp_path: Path) -> None:
    """A catalogue makes a language, with its direction and its name in itself."""
    _catalogue(tmp_path, "ar", 'msgid "Contacts"\nmsgstr "اتصال"')
    _catalogue(tmp_path, "pt_BR")

    found = languages(tmp_path)

    assert list(found) == ["en", "ar", "pt-br"]
    arabic = found["ar"]
    assert (arabic.direction, arabic.name) == ("rtl", "العربية")
    assert arabic.say("Contacts") == "اتصال"
    assert arabic.language("bg") == "البلغارية"


def test_doubtful_translations_are_not_shown(tmp_path: Path) -> None:
    """What is marked as fuzzy, or left empty, is said in English."""
    _catalogue(
        tmp_path,
        "uk",
        '#, fuzzy\nmsgid "Contacts"\nmsgstr "Здогад"',
        'msgid "Find"\nmsgstr ""',
    )

    ukrainian = languages(tmp_path)["uk"]

    assert [ukrainian.say(m) for m in ("Contacts", "Find")] == ["Contacts", "Find"]


@pytest.mark.parametrize("broken", ["xx", "bg"])
def test_broken_catalogue(tmp_path: Path, broken: str) -> None:
    """A catalogue of no language, or that is not one, stops the start."""
    _catalogue(tmp_path, broken, "nonsense" if broken == "bg" else "")

    with pytest.raises(Misconfigured, match=r"messages\.po"):
        languages(tmp_path)


def test_dates_and_numbers() -> None:
    """They are written as each language writes them."""
    bulgarian, english = languages()["bg"], languages()["en"]
    day = date(2026, 11, 22)

    assert bulgarian.date(day) == f"22 ноември 2026{THIN}г."
    assert english.date(day) == "22 November 2026"
    assert bulgarian.number(1234567.5) == f"1{NBSP}234{NBSP}567,5"
    assert english.number(1234567.5) == "1,234,567.5"
    noon = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
    assert english.moment(noon) == "22 November 2026, 12:05 UTC"


def test_names_of_languages() -> None:
    """A language is named in that of the page; an unknown one by its tag."""
    assert languages()["bg"].language("ar") == "арабски"
    assert languages()["en"].language("klingon") == "klingon"
