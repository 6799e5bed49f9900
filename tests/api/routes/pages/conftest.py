from collections.abc import Iterator
from pathlib import Path

import pytest

from api.application import application
from registry import review
from registry.iris import RecordId
from registry.journal.sql import SqlJournal
from tests.api.client import Client
from tests.api.conftest import Sample, build, concepts, publish
from tests.api.deskwork import Desk
from tests.api.visitor import Visitor
from tests.versions import BASE, concept, place

MARKUP = "<script>alert(1)</script>"
TURNED = "Център\u202eбг"
"""A name with a mark that turns around all that follows it."""

LONG = "Д" * 10_000


def _thing(record: str) -> str:
    return f"{BASE}id/{record}"


def _organisation(**facts: object) -> dict[str, object]:
    return {
        "type": "Organization",
        "state": concept("operating-state", "active"),
        "location": place("bg422"),
        **facts,
    }


def _place(level: str, bg: str, en: str, **facts: object) -> dict[str, object]:
    return {
        "type": "Location",
        "name": {"bg": bg, "en": en},
        "genre": concept("place-level", level),
        **facts,
    }


COURSE: dict[str, object] = {
    "type": "LearningOpportunity",
    "title": {"bg": "Български език", "en": "Bulgarian"},
    "providedBy": _thing("training-centre/school"),
    "state": concept("operating-state", "active"),
    "taughtLanguage": [concept("language", "bg")],
    "genre": [concept("course-type", "language-course")],
    "location": place("hkv34"),
}

RECORDS: dict[str, dict[str, object]] = {
    "scheme/operating-state": concepts(
        "operating-state",
        ("active", "работи", "active"),
        ("temporary", "временно", "temporary"),
        ("historic", "историческо", "historic"),
    ),
    "scheme/service-kind": concepts(
        "service-kind", ("legal-aid", "правна помощ", "legal aid")
    ),
    "scheme/course-type": concepts(
        "course-type", ("language-course", "езиков курс", "language course")
    ),
    "scheme/language": concepts(
        "language", ("bg", "български", "Bulgarian"), ("ar", "арабски", "Arabic")
    ),
    "scheme/target-group": concepts(
        "target-group", ("refugees", "бежанци", "refugees")
    ),
    "scheme/place-level": concepts(
        "place-level",
        ("country", "държава", "country"),
        ("province", "област", "province"),
    ),
    "scheme/publication-kind": concepts(
        "publication-kind",
        ("handbook", "наръчник", "handbook"),
        ("poem", "поема", "poem"),
    ),
    "place/bg": _place("country", "България", "Bulgaria", notation=["BG"]),
    "place/bg422": _place(
        "province", "Хасково", "Haskovo", notation=["BG422"], broader=place("bg")
    ),
    "place/bg343": _place(
        "province", "Ямбол", "Yambol", notation=["BG343"], broader=place("bg")
    ),
    "place/bg411": _place(
        "province", "София", "Sofia", notation=["BG411"], broader=place("bg")
    ),
    "place/hkv34": _place(
        "municipality", "Харманли", "Harmanli", broader=place("bg422")
    ),
    "institution/hostile": _organisation(
        name={"bg": MARKUP, "en": MARKUP},
        description={"en": "<b>bold</b>"},
        homepage=["javascript:alert(1)", "https://good.example/%D0%B0"],
        serviceKind=[concept("service-kind", "legal-aid")],
        servesIn=[concept("language", "ar"), concept("language", "bg")],
        targetGroup=[concept("target-group", "refugees")],
        contact={
            "id": _thing("institution/hostile#contact"),
            "type": "ContactPoint",
            "email": "office@good.example",
            "telephone": "+359 38 000000",
        },
    ),
    "institution/turned": _organisation(name={"bg": TURNED}),
    "institution/long": _organisation(name={"bg": LONG, "en": LONG}),
    "institution/historic": _organisation(
        name={"bg": "Бивше", "en": "Former"},
        state=concept("operating-state", "historic"),
    ),
    "institution/closed": _organisation(name={"bg": "Затворено"}),
    "institution/replaced": _organisation(name={"bg": "Старо"}),
    "training-centre/school": _organisation(
        name={"bg": "Школа", "en": "School"},
        state=concept("operating-state", "temporary"),
        serviceKind=[concept("course-type", "language-course")],
        linkedTo=_thing("institution/hostile"),
        location=place("bg411"),
    ),
    "course/bulgarian": COURSE,
    "publication/handbook": {
        "type": "Manual",
        "title": {"bg": "Наръчник", "en": "Handbook"},
        "genre": [concept("publication-kind", "handbook")],
        "language": [concept("language", "bg")],
        "issuedYear": "2014",
        "publisher": _thing("institution/hostile"),
        "page": ["https://good.example/handbook"],
        "rights": {
            "id": _thing("publication/handbook#rights"),
            "type": "RightsStatement",
            "description": {"en": "free to use"},
        },
    },
    "publication/poem": {
        "type": "Document",
        "title": {"bg": "Поема"},
        "genre": [concept("publication-kind", "poem")],
    },
}


def _fill(journal: SqlJournal) -> None:
    for name, document in RECORDS.items():
        publish(journal, name, document)
    changed = {
        **COURSE,
        "title": {"bg": "Български език А1", "en": "Bulgarian"},
        "taughtLanguage": [concept("language", "bg"), concept("language", "ar")],
    }
    publish(journal, "course/bulgarian", changed)
    with journal.write() as writer:
        school = RecordId("training-centre", "school")
        replaced = RecordId("institution", "replaced")
        review.supersede(writer, replaced, school, actor="a-2", reason="merged")
        closed = RecordId("institution", "closed")
        review.retire(writer, closed, actor="a-2", reason=MARKUP)
        review.verify(writer, school, actor="a-1")


@pytest.fixture(scope="session")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """A registry of a few records of every kind, some of them hostile."""
    made = build(tmp_path_factory.mktemp("registers"), _fill)
    yield made
    made.lists.close()
    made.journal.close()


@pytest.fixture(scope="session")
def reader(registers: Sample) -> Iterator[Client]:
    """A reader of the pages of that registry."""
    with Client(application(registers, close=lambda: None)) as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The sample registry, for one test alone, with people who may change it."""
    sample = build(tmp_path)
    with Client(application(sample, close=lambda: None)) as client:
        yield Desk(sample, client)
    sample.lists.close()
    sample.catalogue.close()
    sample.journal.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """A registry in which people work; the tests of a module share it."""
    made = build(tmp_path_factory.mktemp("office"))
    yield made
    made.lists.close()
    made.catalogue.close()
    made.journal.close()


@pytest.fixture(scope="module")
def desk_client(office: Sample) -> Iterator[Client]:
    """What calls the application over it."""
    with Client(application(office, close=lambda: None)) as made:
        yield made


@pytest.fixture
def visitor(desk_client: Client) -> Visitor:
    """Somebody's browser, without a cookie yet."""
    return Visitor(desk_client)
