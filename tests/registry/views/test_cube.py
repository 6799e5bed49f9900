import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse

from registry import graphs
from registry.errors import Invalid
from registry.iris import RecordId
from registry.namespaces import (
    DCT,
    INTG,
    PROV,
    QB,
    RDF,
    SDMX_ATTRIBUTE,
    SDMX_DIMENSION,
    XSD,
)
from registry.ports import TableRow
from registry.statistics.structure import Dimension, Period, Role, Structure
from registry.views import cube
from tests import tables
from tests.versions import BASE, IRIS


def structure(
    *, integer: bool = True, period: Period = Period.YEAR, flags: bool = True
) -> Structure:
    """A table of people by citizenship, area and period."""
    return Structure(
        key="residents",
        dimensions=(
            Dimension("citizen", f"{INTG}citizenship", Role.CODED, "citizenship", {}),
            Dimension("geo", f"{SDMX_DIMENSION}refArea", Role.AREA, None, {}),
            Dimension("time", f"{SDMX_DIMENSION}refPeriod", Role.TIME, None, {}),
        ),
        measure=f"{INTG}personCount",
        integer=integer,
        unit="NR",
        period=period,
        flags=flags,
        threshold=None,
        default={},
    )


ROW: TableRow = ("UA", "EU27_2020", "2022", "120", "bp")
THING = f"<{BASE}id/table/residents/UA.EU27_2020.2022>"


def test_an_observation_has_its_codes_its_measure_and_its_flag() -> None:
    """Codes are concepts and places, the period and the value are literals."""
    assert cube.observation(ROW, structure(), IRIS) == "".join(
        f"{THING} <{predicate}> {value} .\n"
        for predicate, value in (
            (f"{QB}dataSet", f"<{BASE}id/table/residents>"),
            (f"{SDMX_ATTRIBUTE}obsStatus", f"<{BASE}id/scheme/obs-flag#bp>"),
            (f"{SDMX_DIMENSION}refArea", f"<{BASE}id/place/eu27-2020>"),
            (f"{SDMX_DIMENSION}refPeriod", f'"2022"^^<{XSD}gYear>'),
            (f"{RDF}type", f"<{QB}Observation>"),
            (f"{INTG}citizenship", f"<{BASE}id/scheme/citizenship#UA>"),
            (f"{INTG}personCount", f'"120"^^<{XSD}integer>'),
        )
    )


def test_a_withheld_figure_is_a_gap_and_not_a_zero() -> None:
    """It has its codes and both flags, and is no observation."""
    row = ("UA", "BG", "2022", None, "c")
    thing = f"<{BASE}id/table/residents/UA.BG.2022>"

    assert cube.observation(row, structure(), IRIS) == "".join(
        f"{thing} <{predicate}> {value} .\n"
        for predicate, value in (
            (f"{DCT}isPartOf", f"<{BASE}id/table/residents>"),
            (f"{SDMX_ATTRIBUTE}confStatus", f"<{BASE}id/scheme/obs-flag#c>"),
            (f"{SDMX_ATTRIBUTE}obsStatus", f"<{BASE}id/scheme/obs-flag#c>"),
            (f"{SDMX_DIMENSION}refArea", f"<{BASE}id/place/bg>"),
            (f"{SDMX_DIMENSION}refPeriod", f'"2022"^^<{XSD}gYear>'),
            (f"{RDF}type", f"<{INTG}Gap>"),
            (f"{INTG}citizenship", f"<{BASE}id/scheme/citizenship#UA>"),
        )
    )


@pytest.mark.parametrize(
    ("period", "code", "literal"),
    [
        (Period.YEAR, "2022", f'"2022"^^<{XSD}gYear>'),
        (Period.MONTH, "2022-09", f'"2022-09"^^<{XSD}gYearMonth>'),
        (Period.QUARTER, "2022-Q3", '"2022-Q3"'),
    ],
)
def test_periods_are_literals(period: Period, code: str, literal: str) -> None:
    """Years and months have a type of XML Schema; quarters are strings."""
    text = cube.observation(
        ("UA", "BG", code, "1", None), structure(period=period), IRIS
    )

    assert f"<{SDMX_DIMENSION}refPeriod> {literal} .\n" in text


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("0", "0"),
        ("-0.0", "0"),
        ("007", "7"),
        ("47.0", "47"),
        ("47.60", "47.6"),
        ("-3.5", "-3.5"),
        ("0.05", "0.05"),
        ("100", "100"),
    ],
)
def test_numbers_are_written_as_engines_keep_them(value: str, literal: str) -> None:
    """What comes out of the store is the very text that went in."""
    written = cube.number(value, integer=False)
    graph = NamedNode("http://a.example/")
    store = Store()
    store.load(
        f"{graph} {graph} {written} .\n", format=RdfFormat.N_TRIPLES, to_graph=graph
    )

    assert written == f'"{literal}"^^<{XSD}decimal>'
    [quad] = store
    assert str(quad.object) == written


@pytest.mark.parametrize(
    ("row", "period"),
    [
        (("U A", "BG", "2022", "1", None), Period.YEAR),
        (("UA>", "BG", "2022", "1", None), Period.YEAR),
        ((None, "BG", "2022", "1", None), Period.YEAR),
        (("UA", "B.G", "2022", "1", None), Period.YEAR),
        (("UA", "BG", "2022-01", "1", None), Period.YEAR),
        (("UA", "BG", "2022-13", "1", None), Period.MONTH),
        (("UA", "BG", "2022-Q5", "1", None), Period.QUARTER),
        (("UA", "BG", "2022", "1.5", None), Period.YEAR),
        (("UA", "BG", "2022", "1e3", None), Period.YEAR),
        (("UA", "BG", "2022", "", None), Period.YEAR),
        (("UA", "BG", "2022", "٣", None), Period.YEAR),
        (("UA", "BG", "2022", "1", 'b" .'), Period.YEAR),
    ],
)
def test_what_was_not_checked_is_refused(row: TableRow, period: Period) -> None:
    """No text that is not a code, a period or a number becomes a triple."""
    with pytest.raises(Invalid):
        cube.observation(row, structure(period=period), IRIS)


@pytest.mark.parametrize("key", tables.KEYS)
def test_triples_of_real_tables_are_canonical(key: str) -> None:
    """An RDF library reads what was written, and writes the same text again."""
    wanted = tables.structure(key)
    rows = tables.rows(key)
    pieces = list(cube.observations([rows[:50], rows[50:90]], wanted, IRIS))

    assert len(pieces) == 2
    text = "".join(pieces)
    triples = graphs.triples(text)
    assert sorted(graphs.lines(text)) == graphs.lines(graphs.canonical(triples))
    seen = {t.subject for t in triples}
    assert seen == {
        NamedNode(
            cube.observation_iri(
                RecordId("table", key),
                wanted.observation_key(list(map(str, row[: len(wanted.dimensions)]))),
                IRIS,
            )
        )
        for row in rows[:90]
    }


def test_a_value_that_was_read_is_the_value_that_is_written() -> None:
    """The immigrants of 2022 are 40,619 in the triples too."""
    wanted = tables.structure("migr-imm8")
    codes = ("A", "COMPLET", "TOTAL", "T", "BG", "2022")
    [row] = [r for r in tables.rows("migr-imm8") if tuple(r[:6]) == codes]

    text = cube.observation(row, wanted, IRIS)

    measures = [
        quad.object
        for quad in parse(text, RdfFormat.N_TRIPLES)
        if quad.predicate.value == wanted.measure
    ]
    assert measures == [Literal("40619", datatype=NamedNode(f"{XSD}integer"))]


def test_a_derived_observation_names_the_cells_that_it_follows_from() -> None:
    """Both are observations of other tables, with its codes and those fixed for it."""
    wanted = tables.structure(tables.DERIVED)
    applicants = f"{BASE}id/table/migr-asyappctza-totals"
    residents = f"{BASE}id/table/migr-pop1ctz"
    cells = [
        f"{applicants}/A.TOTAL.T.TOTAL.ASY_APP.BG.2015",
        f"{residents}/A.FOR_STLS.TOTAL.T.BG.2015",
    ]

    text = cube.observation(("A", "BG", "2015", "319.20"), wanted, IRIS)

    assert [
        quad.object.value
        for quad in parse(text, RdfFormat.N_TRIPLES)
        if quad.predicate.value == f"{PROV}wasDerivedFrom"
        and isinstance(quad.object, NamedNode)
    ] == cells
    assert cube.cells(["A", "BG", "2015"], wanted, IRIS) == cells
    assert cube.cells(["UA", "BG", "2015"], structure(), IRIS) == ()
