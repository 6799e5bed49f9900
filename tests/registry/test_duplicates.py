from typing import Any

import pytest

from registry.duplicates import MESSAGES, Duplicate
from registry.iris import RecordId
from tests.desk import Office
from tests.versions import BASE, content, place

NEW = RecordId("institution", "new")
OLD = RecordId("institution", "old")


def institution(name: str, **more: Any) -> dict[str, Any]:
    """Returns the document of an institution."""
    return {"type": "Organization", "name": {"bg": name}, **more}


def contact(record: RecordId, **more: str) -> dict[str, Any]:
    """Returns a nested contact."""
    iri = f"{BASE}id/{record}#contact"
    return {"contact": {"id": iri, "type": "ContactPoint", **more}}


def reasons(office: Office, **own: Any) -> list[tuple[str, ...]]:
    """Returns why records are like a new institution with these facts."""
    name = own.pop("name", "Съвсем друго")
    made = content(NEW, institution(name, **own))
    return [found.reasons for found in office.intake._duplicates.of(NEW, made)]


def test_the_same_name_in_another_spelling_is_found(office: Office) -> None:
    """In either alphabet, with the reasons in order."""
    office.publish(str(OLD), institution("Фондация „Мария“", location=place("bg")))

    found = office.intake._duplicates.of(
        NEW, content(NEW, institution("Fondatsia MARIA", location=place("bg")))
    )

    assert found == [
        Duplicate(OLD, {"bg": "Фондация „Мария“"}, ("same-name", "same-place"))
    ]


@pytest.mark.parametrize(
    ("theirs", "own", "reason"),
    [
        (
            contact(OLD, email="Office@A.example"),
            contact(NEW, email="office@a.example"),
            "same-email",
        ),
        (
            contact(OLD, telephone="+359 38 123456"),
            contact(NEW, telephone="038 123 456"),
            "same-telephone",
        ),
        (
            {"homepage": ["https://www.a.example/"]},
            {"homepage": ["http://a.example"]},
            "same-homepage",
        ),
    ],
)
def test_a_shared_address_or_number_is_a_reason(
    office: Office, theirs: dict[str, Any], own: dict[str, Any], reason: str
) -> None:
    """However it is written, and whatever the names."""
    office.publish(str(OLD), institution("Старо", **theirs))

    (found,) = reasons(office, **own)

    assert reason in found


def test_numbers_in_names_count(office: Office) -> None:
    """School No 11 is not school No 1."""
    office.publish(str(OLD), institution("Училище № 1"))

    assert reasons(office, name="Училище № 11") == []
    assert reasons(office, name="Uchilishte 1") == [("same-name",)]


def test_another_kind_is_another_thing(office: Office) -> None:
    """A course may be called like its school."""
    office.publish("practice/old", institution("Дом"))

    assert reasons(office, name="Дом") == []


def test_the_place_alone_is_no_reason(office: Office) -> None:
    """Many institutions sit in one town, and a record is not like itself."""
    office.publish(str(OLD), institution("Старо", location=place("bg")))
    office.publish(str(NEW), institution("Съвсем друго", location=place("bg")))

    assert reasons(office, location=place("bg")) == []


def test_the_likest_come_first_and_few_of_them(office: Office) -> None:
    """A list that nobody reads helps nobody."""
    for number in range(7):
        record = RecordId("institution", f"o{number}")
        more = {"location": place("bg")} if number == 6 else {}
        office.publish(str(record), institution("Дом", **more))

    found = reasons(office, name="Дом", location=place("bg"))

    assert found == [("same-name", "same-place"), *[("same-name",)] * 4]


def test_every_reason_is_explained() -> None:
    """In both languages."""
    assert all(set(text) == {"bg", "en"} for text in MESSAGES.values())
