"""The data that a new registry starts from."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from registry.iris import Iris
from registry.jsonld import Context
from registry.ports import Row, RowError
from registry.sources.dataset import datasets
from registry.sources.mapping import mappings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "datasets"
IRIS = Iris("http://registry.example/")
LOOKALIKE = re.compile(r"[А-яЀ-ӿ][A-Za-z]|[A-Za-z][А-яЀ-ӿ]")
MOBILE = re.compile(r"(\+359|\b0)[\s(]*(8[789]|98)\d?[\s\d]{6,}")


@cache
def rows() -> Mapping[str, tuple[Row, ...]]:
    """Returns every row of every file, which must be without errors."""
    found: dict[str, tuple[Row, ...]] = {}
    for dataset in datasets(FOLDER, IRIS):
        read = list(dataset.rows())
        assert [row for row in read if isinstance(row, RowError)] == []
        found[dataset.name] = tuple(row for row in read if isinstance(row, Row))
    return found


@cache
def every() -> tuple[Row, ...]:
    """Returns the rows of all files."""
    return tuple(row for found in rows().values() for row in found)


def document(name: str) -> Mapping[str, Any]:
    """Returns the document of the record `kind/key`."""
    (found,) = (row for row in every() if str(row.record) == name)
    return found.document


def links(value: object) -> Iterator[str]:
    """Yields every text in a document that is an IRI of the registry."""
    if isinstance(value, str):
        if value.startswith(IRIS.base):
            yield value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name != "id":
                yield from links(member)
    elif isinstance(value, list):
        for item in value:
            yield from links(item)


def test_every_file_is_read_whole() -> None:
    """Nothing of the facts is lost on the way."""
    kinds = Counter(row.record.kind for row in every())
    levels = Counter(row.cells["level"] for row in every() if "level" in row.cells)

    assert kinds == {
        "scheme": 45,
        "place": 37 + 3 + 265 + 261,
        "institution": 119,
        "training-centre": 63,
        "course": 99,
        "publication": 56,
    }
    assert levels == {
        "country-group": 1,
        "country": 3,
        "nuts1": 2,
        "nuts2": 6,
        "province": 28,
        "municipality": 265,
        "settlement": 261,
    }


def test_every_file_announces_as_many_records_as_it_has() -> None:
    """The progress of a load ends at its end."""
    assert {d.name: len(d) for d in datasets(FOLDER, IRIS)} == {
        name: len(found) for name, found in rows().items()
    }


def test_every_csv_file_is_declared() -> None:
    """No file lies about that is not loaded."""
    files = {
        path.relative_to(FOLDER).as_posix()
        for path in FOLDER.rglob("*.csv")
        # A table is declared by its own description: see test_tables.py.
        if path.parent.name != "tables"
    }

    assert files == {mapping.file for mapping in mappings(FOLDER)}


def test_every_record_has_a_source() -> None:
    """A record without a page that it rests on cannot be checked."""
    without = [str(row.record) for row in every() if not row.provenance.sources]

    assert without == []


def test_every_record_is_named() -> None:
    """A record has a name or title in some language."""
    nameless = [
        str(row.record)
        for row in every()
        if not (row.document.get("name") or row.document.get("title"))
    ]

    assert nameless == []


def test_every_link_leads_to_a_record_or_a_concept() -> None:
    """Whatever a record points to is in the datasets."""
    concepts = {
        concept["id"]
        for row in every()
        if row.record.kind == "scheme"
        for concept in document(str(row.record))["concepts"]
    }
    known = concepts | {IRIS.thing(row.record) for row in every()}

    broken = {
        (str(row.record), link)
        for row in every()
        for link in links(row.document)
        if link not in known
    }

    assert broken == set()


def test_a_record_comes_after_what_it_points_to() -> None:
    """Files are loaded in an order in which every file finds what it needs."""
    seen: set[str] = set()
    early = []
    for name, found in rows().items():
        seen |= {IRIS.thing(row.record) for row in found}
        early += [
            (name, link)
            for row in found
            for link in links(row.document)
            if link.partition("#")[0] not in seen
        ]

    assert early == []


def test_a_document_keeps_every_value_in_the_context() -> None:
    """No member of a document is unknown to the context, so none gets lost."""
    context = Context.load(ROOT / "ontology", IRIS.context)

    losses = [loss for row in every() for loss in context.losses(row.document)]

    assert losses == []


def test_no_word_mixes_latin_and_cyrillic_letters() -> None:
    """A Latin letter that looks like a Cyrillic one would hide the word."""
    mixed = [
        (path.name, line)
        for path in [*FOLDER.rglob("*.csv"), *FOLDER.rglob("*.json")]
        for line in path.read_text(encoding="utf-8").splitlines()
        if LOOKALIKE.search(line)
    ]

    assert mixed == []


def test_no_row_holds_a_mobile_number() -> None:
    """Contacts are those of organisations, never of persons."""
    mobiles = [
        (str(row.record), cell)
        for row in every()
        for column, cell in row.cells.items()
        if not column.endswith(("url", "urls", "website")) and MOBILE.search(cell)
    ]

    assert mobiles == []


def test_codes_have_labels_except_where_their_publisher_gives_none() -> None:
    """Only four codes of UNHCR, which it does not explain, are without a label."""
    unlabelled = [
        concept["id"].removeprefix(f"{IRIS.base}id/scheme/")
        for row in every()
        if row.record.kind == "scheme"
        for concept in document(str(row.record))["concepts"]
        if set(concept.get("name", {})) != {"bg", "en"}
    ]

    assert unlabelled == ["app-type#NR", "app-type#V", "dec-level#FA", "dec-level#FI"]


def test_labels_say_where_they_come_from() -> None:
    """A label is official, this registry's translation, or its own list's."""
    concepts = {
        concept["id"].rpartition("/")[2]: concept
        for name in ("countries", "frequency", "operating-state")
        for concept in document(f"scheme/{name}")["concepts"]
    }

    assert concepts["countries#DE"]["name"]["bg"] == "Германия"
    assert concepts["countries#DE"]["note"]["en"] == (
        "Source of the Bulgarian label: CLDR (PyPI babel 2.18.0)"
    )
    assert concepts["frequency#A"]["note"]["en"] == (
        "The Bulgarian label is a translation by this registry, not official."
    )
    assert "note" not in concepts["operating-state#active"]


def test_a_code_list_declares_the_dimension_that_tables_share() -> None:
    """Where no vocabulary has the dimension, the code list's record is its home."""
    thing = f"{IRIS.base}id/scheme/wstatus"

    assert document("scheme/wstatus")["dimensions"] == [
        {
            "id": f"{thing}#dimension",
            "type": ["DimensionProperty", "CodedProperty"],
            "label": {"bg": "статус на заетост", "en": "labour status"},
            "range": "http://www.w3.org/2004/02/skos/core#Concept",
        }
    ]
    assert "dimensions" not in document("scheme/sex")


def test_places_are_nested_in_places() -> None:
    """From the town of Haskovo one comes to the country."""
    chain = [f"{IRIS.base}id/place/77195"]
    while broader := document(chain[-1].removeprefix(f"{IRIS.base}id/")).get("broader"):
        chain.append(broader)

    assert [iri.rpartition("/")[2] for iri in chain] == [
        *("77195", "hkv34", "bg422", "bg42", "bg4", "bg")
    ]
    assert document("place/77195")["ekatte"] == "77195"
    assert document("place/hkv34")["notation"] == "HKV34"


def test_an_institution_keeps_what_its_source_says() -> None:
    """Names, place, kinds, contacts and doubts of a row reach the record."""
    thing = f"{IRIS.base}id/institution/migration-sofia-province"
    (row,) = (r for r in every() if IRIS.thing(r.record) == thing)

    assert row.document == {
        "id": thing,
        "type": ["Organization", "PublicOrganisation"],
        "name": {
            "bg": "Група „Миграция“ – ОДМВР София",
            "en": "Migration Group, Regional Directorate of the Ministry of Interior "
            "– Sofia (province)",
        },
        "description": {
            "bg": row.cells["description_bg"],
            "en": "Serves Sofia province (the region around the capital); takes "
            "applications for protection and address registrations.",
        },
        "classification": [f"{IRIS.base}id/scheme/institution-kind#territorial-unit"],
        "state": f"{IRIS.base}id/scheme/operating-state#active",
        "parent": {
            "id": f"{thing}#parent",
            "type": ["Organization"],
            "name": {
                "bg": "Областна дирекция на МВР – София",
                "en": "Regional Directorate of the Ministry of Interior – Sofia",
            },
        },
        "serviceKind": [
            f"{IRIS.base}id/scheme/service-kind#{code}"
            for code in row.cells["services"].split(";")
        ],
        "targetGroup": [
            f"{IRIS.base}id/scheme/target-group#{code}"
            for code in row.cells["target_groups"].split(";")
        ],
        "location": f"{IRIS.base}id/place/sof46",
        "areaServed": [f"{IRIS.base}id/place/bg412"],
        "address": {
            "id": f"{thing}#address",
            "type": ["Address"],
            "fullAddress": {
                "bg": "ул. „Гео Милев“ 71, София",
                "en": "71 Geo Milev Str., Sofia",
            },
            "postName": {"bg": "София", "en": "Sofia"},
            "adminUnit": {"bg": "София (столица)", "en": "Sofia (capital)"},
        },
        "contact": {
            "id": f"{thing}#contact",
            "type": ["ContactPoint"],
            "telephone": "02 9825271",
        },
        "homepage": ["https://mvr.bg/sofia"],
    }
    assert row.provenance.name_seen_in == ("bg",)
    assert row.provenance.note == {"en": row.cells["notes"]}


@pytest.mark.parametrize(
    ("name", "member", "value"),
    [
        ("institution/iom-info-centre-sofia", "parent", "institution/iom-bulgaria"),
        ("training-centre/sar-integration-centre", "parent", "institution/sar"),
        ("training-centre/bgcpo-smolyan", "parent", "training-centre/bgcpo"),
        ("course/su-deopk-2", "providedBy", "training-centre/su-deopk"),
        ("course/rma-maritza-training-1", "state", "scheme/operating-state#planned"),
        ("institution/rrc-harmanli", "location", "place/77181"),
        ("institution/blue-dot-durankulak", "location", "place/bg332"),
    ],
)
def test_records_are_linked(name: str, member: str, value: str) -> None:
    """A link stands wherever the facts name a record."""
    assert document(name)[member] == f"{IRIS.base}id/{value}"


def test_dates_licences_and_numbers_are_as_exact_as_the_source() -> None:
    """A number with a date is a licence; words about one are a description."""
    numbered = document("training-centre/fnts-cvt")["identifier"]
    described = document("training-centre/bgcpo")["identifier"]
    book = document("publication/manifesto-2022")

    assert [numbered[0]["napoo"], numbered[0]["issuedDate"]] == [
        "200312074",
        "2003-10-15",
    ]
    assert "napoo" not in described[0]
    assert described[0]["description"]["en"] == (
        "NAVET licence for 86 professions (number not seen)"
    )
    assert (book["isbn"], book["issuedYear"]) == ("9786197700015", "2022")
    assert len(book["publisher"]) == 2


def test_levels_stand_on_a_course_only_if_its_centre_has_no_other() -> None:
    """Which of several courses a level belongs to is not known."""
    single = document("course/vtu-language-department-1")["languageLevel"]

    assert single == [f"{IRIS.base}id/scheme/language-level#B2"]
    assert "languageLevel" not in document("training-centre/vtu-language-department")
    assert len(document("training-centre/su-deopk")["languageLevel"]) == 6
    assert "languageLevel" not in document("course/su-deopk-1")


def test_each_folder_tells_publisher_terms_and_retrieval() -> None:
    """Whoever takes a file learns where it comes from."""
    listed = json.loads((FOLDER / "datasets.json").read_text(encoding="utf-8"))

    for name in listed:
        text = (FOLDER / name).parent.joinpath("README.md").read_text(encoding="utf-8")
        assert len(text) > 200
