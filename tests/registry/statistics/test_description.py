import json
from pathlib import Path
from typing import Any

import pytest

from registry import graphs
from registry.iris import Iris
from registry.jsonld import Context
from registry.statistics import definition, description
from registry.statistics.definition import Definition
from registry.statistics.description import Data
from registry.statistics.structure import (
    Derivation,
    Dimension,
    Operand,
    Period,
    Role,
    Structure,
)
from tests import tables

ROOT = Path(__file__).parents[3]
IRIS = Iris("https://registry.example/")
CONTEXT = Context.load(ROOT / "ontology", IRIS.context)
COMPONENTS = json.loads((ROOT / "datasets/tables/components.json").read_bytes())
DATA = Data("ab" * 32, 1234, "text/csv", 12, "2022", "2024")


def given(**members: object) -> dict[str, Any]:
    """A description of a table of people by citizenship, area and year."""
    return {
        "key": "residents",
        "notation": "RES_1",
        "title": {"bg": "Жители", "en": "Residents"},
        "description": {"bg": "Жители по гражданство.", "en": "By citizenship."},
        "publisher": "eurostat",
        "licence": "eurostat",
        "page": "https://publisher.example/residents",
        "frequency": "A",
        "unit": "NR",
        "measure": "persons",
        "integer": True,
        "flags": True,
        "dimensions": ["citizen", "geo", "time_period"],
        "default": {"geo": ["BG"], "citizen": ["UA", "SY"]},
        "editions": [{"file": "residents.csv", "sources": []}],
        **members,
    }


def defined(**members: object) -> Definition:
    """The definition that such a description makes."""
    return definition.parse(given(**members), COMPONENTS, "residents.json")


def through(document: dict[str, Any]) -> dict[str, Any]:
    """The document as it is kept: read as triples and written from them."""
    triples = graphs.read_document(document, CONTEXT, document["id"])
    return CONTEXT.document(graphs.triples(triples), document["id"])


def test_a_structure_comes_back_from_the_document_that_is_kept() -> None:
    """The record's document is all that is needed to read the structure."""
    table = defined()
    document = through(description.document_of(table, DATA, IRIS))

    assert description.structure_of(document) == Structure(
        key="residents",
        dimensions=(
            Dimension(
                "citizen",
                "https://w3id.org/migrant-integration/def#citizenship",
                Role.CODED,
                "citizenship",
                COMPONENTS["dimensions"]["citizen"]["label"],
            ),
            Dimension(
                "geo",
                "http://purl.org/linked-data/sdmx/2009/dimension#refArea",
                Role.AREA,
                None,
                COMPONENTS["dimensions"]["geo"]["label"],
            ),
            Dimension(
                "time_period",
                "http://purl.org/linked-data/sdmx/2009/dimension#refPeriod",
                Role.TIME,
                None,
                COMPONENTS["dimensions"]["time_period"]["label"],
            ),
        ),
        measure="https://w3id.org/migrant-integration/def#personCount",
        integer=True,
        unit="NR",
        period=Period.YEAR,
        flags=True,
        threshold=None,
        default={"citizen": ("SY", "UA"), "geo": ("BG",)},
    )


@pytest.mark.parametrize(
    "members",
    [
        {"frequency": "Q"},
        {"frequency": "M", "integer": False, "measure": "value", "unit": "PC"},
        {"flags": False, "threshold": 5, "default": {}},
        {"dimensions": ["time_period"], "default": {}},
    ],
)
def test_what_a_definition_says_is_what_the_document_says(
    members: dict[str, object],
) -> None:
    """Definition and document give the same structure."""
    table = defined(**members)
    document = through(description.document_of(table, DATA, IRIS))

    assert description.structure_of(document) == description.structure(table, IRIS)


@pytest.mark.parametrize(
    ("frequency", "first", "last", "start", "end"),
    [
        ("A", "2022", "2024", "2022-01-01", "2024-12-31"),
        ("A5", "1990", "2020", "1990-01-01", "2020-12-31"),
        ("Q", "2023-Q4", "2024-Q1", "2023-10-01", "2024-03-31"),
        ("M", "2023-11", "2024-02", "2023-11-01", "2024-02-29"),
    ],
)
def test_the_figures_come_back_from_the_document(
    frequency: str, first: str, last: str, start: str, end: str
) -> None:
    """Checksum, size and number are kept, and periods as the days they span."""
    data = Data("cd" * 32, 99, "text/csv", 7, first, last)
    document = through(
        description.document_of(defined(frequency=frequency), data, IRIS)
    )

    assert description.data_of(document) == data
    temporal = document["data"]["temporal"]
    assert (temporal["startDate"], temporal["endDate"]) == (start, end)


def test_a_table_without_rows_has_no_periods() -> None:
    """An empty table says that it has no observation, and nothing of time."""
    data = Data("cd" * 32, 99, "text/csv", 0, None, None)
    document = through(description.document_of(defined(), data, IRIS))

    assert description.data_of(document) == data
    assert "temporal" not in document["data"]


def test_nothing_of_the_document_is_lost() -> None:
    """Every member is a term of the context, and no node is blank."""
    document = description.document_of(defined(threshold=10), DATA, IRIS)
    triples = graphs.read_document(document, CONTEXT, document["id"])

    assert CONTEXT.losses(document) == []
    assert "@included" not in through(document)
    assert "c14n" not in triples


def test_a_derivation_comes_back_from_the_document_that_is_kept() -> None:
    """The document says which cells of which tables stand in the formula."""
    definition_ = tables.defined(tables.DERIVED).definition
    operands = tables.operands(tables.DERIVED, IRIS)
    document = through(description.document_of(definition_, DATA, IRIS, operands))
    thing = f"{IRIS.base}id/table/{tables.DERIVED}"
    applicants = f"{IRIS.base}id/table/migr-asyappctza-totals"
    residents = f"{IRIS.base}id/table/migr-pop1ctz"
    schemes = f"{IRIS.base}id/scheme/"

    assert description.structure_of(document).derivation == Derivation(
        Operand(
            "migr-asyappctza-totals",
            ("{freq}", "TOTAL", "T", "TOTAL", "ASY_APP", "{geo}", "{time_period}"),
        ),
        Operand(
            "migr-pop1ctz",
            ("{freq}", "FOR_STLS", "TOTAL", "T", "{geo}", "{time_period}"),
        ),
        times=1000,
        decimals=2,
    )
    assert description.structure_of(document) == tables.structure(tables.DERIVED, IRIS)
    assert document["derivedFrom"] == [applicants, residents]
    assert document["derivation"]["type"] == "ProvenanceStatement"
    assert document["derivation"]["description"].keys() == {"bg", "en"}
    below, above = document["derivation"]["operand"]
    assert above == {
        "id": f"{thing}#numerator",
        "type": "ObservationGroup",
        "label": {"bg": "числител", "en": "numerator"},
        "isPartOf": applicants,
        "citizenship": f"{schemes}citizenship#TOTAL",
        "sex": f"{schemes}sex#T",
        "ageGroup": f"{schemes}age#TOTAL",
        f"{schemes}asyl-app#dimension": {"id": f"{schemes}asyl-app#ASY_APP"},
        "aboutUrl": f"{applicants}/"
        "{freq}.TOTAL.T.TOTAL.ASY_APP.{geo}.{time_period}",
    }
    assert below["id"] == f"{thing}#denominator"
    assert below["aboutUrl"] == (
        f"{residents}/{{freq}}.FOR_STLS.TOTAL.T.{{geo}}.{{time_period}}"
    )


def test_an_area_that_is_fixed_is_a_place() -> None:
    """An operand may be about one area, whatever the derived table has."""
    ratio = {
        "numerator": {
            "table": "here",
            "where": {"citizen": "TOTAL", "geo": "EU27_2020"},
        },
        "denominator": {"table": "here", "where": {"citizen": "UA", "geo": "BG"}},
        "decimals": 1,
    }
    own: dict[str, object] = {
        "dimensions": ["time_period"],
        "default": {},
        "flags": False,
        "integer": False,
        "editions": [],
    }
    table = defined(derivation=ratio, **own)
    here = {"here": description.structure(defined(key="here"), IRIS)}
    document = through(description.document_of(table, DATA, IRIS, here))

    places = [node["refArea"] for node in document["derivation"]["operand"]]
    assert places == [f"{IRIS.base}id/place/bg", f"{IRIS.base}id/place/eu27-2020"]
    assert document["derivedFrom"] == [f"{IRIS.base}id/table/here"]
    assert document["derivation"]["times"] == 1
