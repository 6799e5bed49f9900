import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.search.transliteration import cyrillic, key, latin

PLACES = Path(__file__).parents[3] / "datasets" / "places"


@pytest.mark.parametrize(
    ("bulgarian", "written"),
    [
        ("Щъркелово гнездо", "shtarkelovo gnezdo"),
        ("България", "bulgaria"),
        ("София", "sofia"),
        ("софийски", "sofiyski"),
        ("Йовковци", "yovkovtsi"),
        ("Жълтуша, Ямбол, Юндола", "zhaltusha, yambol, yundola"),
        ("Синьо", "sinyo"),
    ],
)
def test_bulgarian_is_written_as_the_act_has_it(bulgarian: str, written: str) -> None:
    """Letters, the ending „ия“ and the name of the country follow the Act."""
    assert latin(bulgarian) == written


def test_names_of_places_agree_with_their_official_spelling() -> None:
    """Our Latin names of settlements are what the rules make of the Bulgarian ones."""
    with (PLACES / "settlements-haskovo.csv").open(encoding="utf-8") as file:
        pairs = [
            (row["name_bg"], row["name_en"])
            for row in csv.DictReader(file)
            if row["name_en"] and "en" in row["names_seen"]
        ]

    wrong = [pair for pair in pairs if latin(pair[0]) != pair[1].lower()]

    assert len(pairs) > 200
    assert wrong == []


@pytest.mark.parametrize(
    ("written", "bulgarian"),
    [
        ("bezhantsi", "бежанци"),
        ("kursove", "курсове"),
        ("sofia", "софия"),
        ("shtastie", "щастие"),
    ],
)
def test_latin_letters_are_read_as_cyrillic(written: str, bulgarian: str) -> None:
    """The way back gives words that a Bulgarian dictionary can know."""
    assert cyrillic(written) == bulgarian


@pytest.mark.parametrize(
    "spellings",
    [
        ("Хасково", "Haskovo", "Khaskovo", "HASKOVO"),
        ("български", "balgarski", "bulgarski"),
        ("Търговище", "Targovishte", "Turgovishte", "Tourgovishte"),
        ("център", "tsentar", "centar", "tzentar"),
        ("езици", "ezici", "ezitsi"),
        ("Йордан", "Yordan", "Iordan"),
        ("бежанци", "bezhantsi", "bejanci"),
        ("Sofía", "Sofia"),
    ],
)
def test_spellings_of_a_word_have_one_key(spellings: tuple[str, ...]) -> None:
    """Whichever way people spell a word, it is the same to the search."""
    assert len({key(spelling) for spelling in spellings}) == 1


@given(st.text())
def test_key_of_a_key_is_itself(text: str) -> None:
    """What was folded once stays as it is."""
    once = key(text)
    assert key(once) == key(key(once))
