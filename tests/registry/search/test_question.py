"""What people type, and what it has to find in the data that is published."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from registry.iris import Iris
from registry.lifecycle import Status
from registry.ports import Listed, ListQuery, Row
from registry.record import Content, Head, Version
from registry.search.index import Index
from registry.settings import Settings
from registry.sources.dataset import datasets

IRIS = Iris("http://registry.example/")
AT = datetime(2026, 3, 1, tzinfo=UTC)
NEAR = 10
"""How many of a list are read before somebody gives up."""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index of every record of the dataset files, tables apart."""
    made = Index(tmp_path_factory.mktemp("search") / "lists.sqlite", IRIS)
    rows = (row for file in datasets(Settings().datasets, IRIS) for row in file.rows())
    made.replace((_version(row) for row in rows if isinstance(row, Row)), 1)
    yield made
    made.close()


def _version(row: Row) -> Version:
    head = Head(
        row.record, 1, 1, Status.STABLE, "0", row.provenance, None, AT, AT, None
    )
    return Version(head, Content(json.dumps(row.document, ensure_ascii=False), ""))


PAIRS = [
    ("Haskovo", "place/bg422"),
    ("haskovo", "institution/municipality-haskovo"),
    ("хасково", "place/bg422"),
    ("ХАСКОВО", "institution/labour-office-haskovo"),
    ("Khaskovo", "place/bg422"),
    ("Hasokvo", "place/bg422"),
    ("хаскво", "place/bg422"),
    ("Хасковска област", "place/bg422"),
    ("хасковската област", "place/bg422"),
    ("haskovska oblast", "place/bg422"),
    ("област Хасково", "place/bg422"),
    ("Haskovo province", "place/bg422"),
    ("община Хасково", "institution/municipality-haskovo"),
    ("Dimitrovgrad", "place/hkv09"),
    ("Димитровград", "place/hkv09"),
    ("Свиленград", "institution/transit-centre-pastrogor"),
    ("Svilengrad", "institution/municipality-svilengrad"),
    ("Harmanli", "institution/rrc-harmanli"),
    ("harmanly", "institution/rrc-harmanli"),
    ("харманлии", "institution/rrc-harmanli"),
    ("София", "place/bg412"),
    ("Sofiya", "place/bg411"),
    ("Стара Загора", "institution/migration-stara-zagora"),
    ("stara zagora", "training-centre/youth-centre-stara-zagora"),
    ("старозагорска област", "place/bg344"),
    ("Търговище", "place/bg334"),
    ("Turgovishte", "place/bg334"),
    ("Targovishte", "place/bg334"),
    ("пловдивска област", "place/bg421"),
    ("kurs bulgarski", "course/bridge-to-peace-1"),
    ("курс български", "course/bridge-to-peace-1"),
    ("български език", "course/sar-integration-centre-1"),
    ("балгарски", "course/sar-integration-centre-1"),
    ("balgarski", "course/sar-integration-centre-1"),
    ("български в Хасково", "course/caritas-language-project-1"),
    ("курс по български в Хасково", "course/sar-language-programme-1"),
    ("kurs po bulgarski haskovo", "course/sar-language-programme-1"),
    ("безплатен курс", "training-centre/iom-courses-sofia"),
    ("курсове", "training-centre/compass-courses"),
    ("kursove", "training-centre/compass-courses"),
    ("център за обучение Бургас", "training-centre/iom-courses-burgas"),
    ("бюро по труда", "institution/labour-office-haskovo"),
    ("бюра по труда", "institution/labour-office-haskovo"),
    ("labour office", "institution/labour-office-haskovo"),
    ("labor office", "institution/labour-office-haskovo"),
    ("byuro po truda", "institution/labour-office-haskovo"),
    ("каритас", "institution/caritas-bulgaria"),
    ("karitas", "institution/caritas-bulgaria"),
    ("Caritas", "institution/caritas-bulgaria"),
    ("Червен кръст", "institution/brc"),
    ("cherven krast", "institution/brc"),
    ("Red Cross", "institution/brc"),
    ("бежанци", "publication/manifesto-2022"),
    ("бежанец", "publication/manifesto-2022"),
    ("bezhantsi", "publication/manifesto-2022"),
    ("bejanci", "publication/manifesto-2022"),
    ("refugee", "institution/national-assembly-of-refugees"),
    ("refugees", "institution/national-assembly-of-refugees"),
    ("refugeees", "institution/national-assembly-of-refugees"),
    ("правна помощ", "institution/nlab"),
    ("legal aid", "institution/nlab"),
    ("правна помощ София", "institution/far"),
    ("арабски", "institution/crwb"),
    ("arabski", "institution/crwb"),
    ("помощ на арабски в София", "institution/far"),
    ("психологическа помощ", "institution/acet"),
    ("психолигическа подкрепа", "institution/acet"),
    ("университет", "training-centre/mu-plovdiv-languages"),
    ("universitet", "training-centre/mu-plovdiv-languages"),
    ("наръчник", "publication/far-guide"),
    ("naruchnik", "publication/far-guide"),
    ("handbook", "publication/rma-handbook-2014"),
    ("миграция", "institution/migration-directorate"),
    ("migracia", "institution/migration-directorate"),
    ("migration directorate", "institution/migration-directorate"),
    ("имигрант", "institution/iom-info-centre-sofia"),
    ("imigranti", "institution/iom-info-centre-sofia"),
    ("настаняване", "institution/rrc-voenna-rampa"),
    ("Марица", "institution/rma-maritza"),
    ("Maritza", "institution/rma-maritza"),
    ("maritsa", "institution/rma-maritza"),
]


@pytest.mark.parametrize(("typed", "meant"), PAIRS)
def test_people_find_what_they_mean(index: Index, typed: str, meant: str) -> None:
    """Script, case, form, place, service, language and slips do not matter."""
    found = index.search(ListQuery(text=typed, limit=NEAR))

    assert meant in [str(item.record) for item in found.items]


@pytest.mark.parametrize(
    "typed",
    ["", "…", '"', '" OR zqx', "{name} : x", "NEAR(zq qz)", "*", "-", "zqx" * 2000],
)
def test_signs_are_never_operators(index: Index, typed: str) -> None:
    """Whatever is typed is words, or it finds nothing."""
    assert index.search(ListQuery(text=typed)).total == 0


def test_all_words_have_to_be_met(index: Index) -> None:
    """Another word narrows what is found, whichever way each of them is met."""
    some = index.search(ListQuery(text="български"))
    fewer = index.search(ListQuery(text="български Бургас"))

    assert 0 < fewer.total < some.total


def test_pages_by_nearness_have_no_gaps(index: Index) -> None:
    """Cursors walk through everything that was found, once."""
    whole = index.search(ListQuery(text="Хасково", limit=200))
    walked: list[Listed] = []
    after = None
    while True:
        page = index.search(ListQuery(text="Хасково", limit=7, after=after))
        walked += page.items
        if page.next is None:
            break
        after = page.next

    assert walked[: len(whole.items)] == list(whole.items)
    assert len(walked) == whole.total


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Хас", "place/77195"),
        ("общ", "institution/municipality-harmanli"),
        ("Община Хас", "institution/municipality-haskovo"),
        ("lab of", "institution/labour-office-haskovo"),
    ],
)
def test_names_are_suggested_as_one_types(index: Index, typed: str, first: str) -> None:
    """Beginnings of words suggest names; the nearest comes first."""
    found = [str(item.record) for item in index.suggest(typed, 8)]

    assert first in found
    assert len(found) <= 8


def test_nothing_is_suggested_for_nothing(index: Index) -> None:
    """Without words there are no suggestions."""
    assert index.suggest(" … ", 8) == []
