"""The derived table as its readers get it, worked out again from what it cites."""

import csv
from collections.abc import Callable, Mapping
from fractions import Fraction

import httpx
import pytest
from rdflib import CSVW, DCTERMS, PROV, QB, RDFS, Graph, URIRef

from registry.namespaces import INTG, SDMX_MEASURE
from tests.serving import Operator
from tests.tables import DERIVED

PERSONS = URIRef(f"{INTG}personCount")
VALUE = URIRef(f"{SDMX_MEASURE}obsValue")

Read = Callable[[str], Graph]


@pytest.fixture(scope="module")
def read() -> Read:
    """Returns a function that follows an IRI to the RDF document about it."""

    def document(iri: str) -> Graph:
        accept = {"Accept": "text/turtle"}
        answer = httpx.get(iri, headers=accept, follow_redirects=True)
        assert answer.status_code == 200
        return Graph().parse(data=answer.text, format="turtle")

    return document


@pytest.fixture(scope="module")
def published(served: Operator) -> Mapping[str, str]:
    """The values by year, as the table is given out as CSV."""
    answer = httpx.get(f"{served.base}tables/{DERIVED}/data.csv?geo=BG")
    assert answer.status_code == 200
    rows = csv.DictReader(answer.text.splitlines())
    return {row["time_period"]: row["obs_value"] for row in rows}


def test_every_value_follows_from_the_cells_that_its_document_cites(
    served: Operator, read: Read, published: Mapping[str, str]
) -> None:
    """The template of the numerator's cells tells which of the two that is."""
    table = f"{served.base}id/table/{DERIVED}"
    about = read(table)
    above, below = (
        str(about.value(URIRef(f"{table}#{role}"), CSVW.aboutUrl))
        for role in ("numerator", "denominator")
    )

    assert sorted(published) == [str(year) for year in range(2015, 2025)]
    for year, value in published.items():
        thing = URIRef(f"{table}/A.BG.{year}")
        document = read(str(thing))
        codes = {"freq": "A", "geo": "BG", "time_period": year}
        cells = [above.format(**codes), below.format(**codes)]
        applicants, residents = (
            Fraction(str(read(cell).value(URIRef(cell), PERSONS))) for cell in cells
        )
        assert set(map(str, document.objects(thing, PROV.wasDerivedFrom))) == set(cells)
        assert Fraction(str(document.value(thing, VALUE))) == Fraction(value)
        assert abs(Fraction(value) - 1000 * applicants / residents) <= Fraction(1, 200)


def test_the_table_says_how_it_was_derived(served: Operator, read: Read) -> None:
    """From which tables, by which formula in both languages, from which cells."""
    table = URIRef(f"{served.base}id/table/{DERIVED}")
    about = read(str(table))
    start = f"{served.base}id/table/"
    operands = [f"{start}migr-asyappctza-totals", f"{start}migr-pop1ctz"]
    statement = URIRef(f"{table}#derivation")

    assert sorted(map(str, about.objects(table, PROV.wasDerivedFrom))) == operands
    groups = about.objects(statement, QB.observationGroup)
    assert sorted(map(str, groups)) == [f"{table}#denominator", f"{table}#numerator"]
    labels = about.objects(URIRef(f"{table}#numerator"), RDFS.label)
    assert sorted(map(str, labels)) == ["numerator", "числител"]
    said = sorted(map(str, about.objects(statement, DCTERMS.description)))
    assert [text.partition("/")[0] for text in said] == [
        "Each value is 1000 × migr-asyappctza-totals",
        "Всяка стойност е 1000 × migr-asyappctza-totals",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "data.json",
        "data.xlsx",
        "data.parquet",
        "data.csv-metadata.json",
        "data.jsonstat",
        "structure",
        "dimensions/time_period",
    ],
)
def test_a_derived_table_is_given_out_like_any_other(
    served: Operator, address: str
) -> None:
    """Its slices, structure and codes are where those of every table are."""
    answer = httpx.get(f"{served.base}tables/{DERIVED}/{address}")

    assert answer.status_code == 200
    assert answer.content
