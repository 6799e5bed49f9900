from collections.abc import Mapping
from typing import Any

import pytest

from registry import review, submissions
from registry.iris import Iris, RecordId
from registry.journal.sql import SqlJournal
from registry.ports import Journal
from registry.record import Provenance, Source, Version
from registry.statistics.labels import (
    EMPTY,
    CodeList,
    Known,
    Names,
    place_code,
    place_key,
)
from tests import tables
from tests.conftest import BASE
from tests.registry.statistics.cubes import AGE_AND_SEX
from tests.versions import content

IRIS = Iris(BASE)
STRUCTURE = tables.structure(AGE_AND_SEX, IRIS)
GEO, SEX = (STRUCTURE.dimension(name) for name in ("geo", "sex"))


def _publish(journal: SqlJournal, name: str, document: Mapping[str, Any]) -> None:
    record = RecordId(*name.split("/"))
    with journal.write() as writer:
        entry = submissions.submit(
            writer,
            record,
            content(record, document, IRIS),
            provenance=Provenance(
                sources=(Source("https://source.example/"),), note={"en": "Note"}
            ),
            actor="a-1",
        )
        assert entry is not None
        review.accept(writer, entry, actor="a-2")


def _sexes(total: str) -> Mapping[str, Any]:
    scheme = f"{BASE}id/scheme/sex"
    return {
        "type": "ConceptScheme",
        "title": {"en": "Sex"},
        "concepts": [
            {
                "id": f"{scheme}#T",
                "type": "Concept",
                "name": {"en": total},
            },
            {
                "id": f"{scheme}#F",
                "type": "Concept",
                "name": {"en": "women", "bg": "жени"},
                "broader": f"{scheme}#T",
            },
        ],
    }


def _place(name: str, above: str | None = None) -> Mapping[str, Any]:
    document: dict[str, Any] = {"type": "Location", "name": {"en": name}}
    return document | ({"broader": f"{BASE}id/place/{above}"} if above else {})


@pytest.fixture
def filled(journal: SqlJournal) -> SqlJournal:
    _publish(journal, "scheme/sex", _sexes("total"))
    _publish(journal, "place/eu27-2020", _place("EU"))
    _publish(journal, "place/bg", _place("Bulgaria", "eu27-2020"))
    return journal


def test_codes_of_a_scheme(filled: SqlJournal) -> None:
    """The names of codes and what is above them come from the scheme's record."""
    assert SEX
    found = Names(filled, IRIS).codes(SEX, ["T"])

    assert found.names == {
        "T": {"en": "total"},
        "F": {"en": "women", "bg": "жени"},
    }
    assert found.broader == {"F": "T"}
    assert found.own == {"en": "Sex"}


def test_places(filled: SqlJournal) -> None:
    """Areas are places; those above are known though the table has none of them."""
    assert GEO
    found = Names(filled, IRIS).codes(GEO, ["BG", "XX"])

    assert found.names == {
        "BG": {"en": "Bulgaria"},
        "EU27_2020": {"en": "EU"},
        "XX": {},
    }
    assert found.under("EU27_2020", ["BG", "XX"]) == ["BG"]


def test_a_new_version_is_seen(filled: SqlJournal) -> None:
    """A name that changes in its record changes here, and the digest with it."""
    names = Names(filled, IRIS)
    before = names.scheme("sex")

    _publish(filled, "scheme/sex", _sexes("both"))

    after = names.scheme("sex")
    assert after.names["T"] == {"en": "both"}
    assert after.digest != before.digest


def test_no_scheme(journal: Journal) -> None:
    """Codes without a record have no names, and stand for themselves."""
    assert Names(journal, IRIS).scheme("nothing") == EMPTY


def test_circle() -> None:
    """Codes that are above one another do no harm."""
    codes = CodeList({}, {"A": "B", "B": "A"}, "")

    assert codes.under("A", ["A", "B", "C"]) == ["A", "B"]


def test_known() -> None:
    """A dimension knows the codes of its list, also those without observations."""
    known = Known(("F",), CodeList({"T": {}, "F": {}}, {"F": "T"}, ""))

    assert set(known.listed) == {"F", "T"}
    assert known.below("T") == ["F"]


def _version(journal: Journal) -> Version:
    found = journal.current(RecordId("table", AGE_AND_SEX))
    assert found
    return found


def test_caption(filled: SqlJournal) -> None:
    """What is said around the figures comes from the record and the lists."""
    record = RecordId("table", AGE_AND_SEX)
    rows = tables.rows(AGE_AND_SEX)[:3]
    with filled.write() as writer:
        entry = submissions.submit(
            writer,
            record,
            tables.table_content(AGE_AND_SEX, rows, iris=IRIS),
            provenance=Provenance(
                sources=(Source("https://source.example/"),), note={"en": "Note"}
            ),
            actor="a-1",
        )
        assert entry is not None
        review.accept(writer, entry, actor="a-2")
    names = Names(filled, IRIS)
    occurring = {dimension.id: ["T"] for dimension in STRUCTURE.dimensions}

    caption = names.caption(_version(filled), STRUCTURE, occurring)

    assert caption.iri == f"{BASE}id/table/migr-imm8"
    assert caption.title["en"] == "Immigration by age and sex"
    assert caption.publisher == {"bg": "Евростат", "en": "Eurostat"}
    assert caption.licence["en"].startswith("Eurostat re-use policy")
    assert caption.sources == ["https://source.example/"]
    assert caption.note == {"en": "Note"}
    assert caption.columns["obs_value"] == {
        "bg": "брой лица",
        "en": "number of persons",
    }
    assert caption.codes["sex"].names["T"] == {"en": "total"}
    assert caption.unit == ("NR", {})
    assert names.caption(_version(filled), STRUCTURE, occurring) is caption

    _publish(filled, "scheme/sex", _sexes("both"))

    renewed = names.caption(_version(filled), STRUCTURE, occurring)
    assert renewed.digest != caption.digest


def test_keys_and_codes_of_places() -> None:
    """The code of a place and the key of its record lead to one another."""
    assert (place_key("EU27_2020"), place_code("eu27-2020")) == (
        "eu27-2020",
        "EU27_2020",
    )
