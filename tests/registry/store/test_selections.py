from pathlib import Path

import duckdb
import pytest

from registry.namespaces import XSD
from registry.store.columns import INTEGER, TYPE, Columns, Table
from registry.store.selections import MOST, Condition, Doubt, plan
from registry.store.stars import Pattern

AREA, COUNT = "<http://area>", "<http://count>"
STAR = [Pattern(AREA, "area", ""), Pattern(COUNT, "n", "")]


@pytest.fixture
def columns(tmp_path: Path) -> Columns:
    """A table of three observations, two of which are about one area."""
    file = str(tmp_path / "t.parquet")
    with duckdb.connect() as engine:
        engine.execute(
            "COPY (SELECT * FROM (VALUES (0, 3::DECIMAL(18,0)), (0, -1), (1, 7), "
            "(NULL, 100)) t(c0, c1)) TO ? (FORMAT parquet)",
            [file],
        )
    return Columns(
        frozenset({TYPE}), [Table(file, {AREA: ["<a>", "<b>"], COUNT: INTEGER})]
    )


def integer(value: int) -> str:
    return f'"{value}"^^<{XSD}integer>'


def test_rows_stand_for_several_observations(columns: Columns) -> None:
    """Each has the term of its key, their number, sum, least and greatest value."""
    found = sorted(plan(STAR, columns).rows(["area"], ["n"], []))

    assert found == [
        f"(<a> 2 {integer(2)} {integer(-1)} {integer(3)})",
        f"(<b> 1 {integer(7)} {integer(7)} {integer(7)})",
    ]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        (Condition("area", frozenset({"<b>", "<c>"})), 1),
        (Condition("n", comparison=(">", "2.5")), 2),
        (Condition("n", comparison=("!=", "3")), 2),
        (Condition("area"), None),
    ],
)
def test_conditions_leave_observations_out(
    columns: Columns, condition: Condition, count: int | None
) -> None:
    """Terms are those that pass; where nothing passes there is no row."""
    found = list(plan(STAR, columns).rows([], [], [condition]))

    assert found == ([] if count is None else [f"({count})"])


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        (Pattern(AREA, "", "<a>"), 2),
        (Pattern(COUNT, "", integer(7)), 1),
        (Pattern(COUNT, "", '"7"'), None),
    ],
)
def test_constants_match_by_term(
    columns: Columns, pattern: Pattern, count: int | None
) -> None:
    """A number of another datatype is another term."""
    found = list(plan([*STAR, pattern], columns).rows([], [], []))

    assert found == ([] if count is None else [f"({count})"])


def test_table_without_a_predicate_has_no_rows(columns: Columns) -> None:
    """Nothing can match in it."""
    assert plan([Pattern("<http://other>", "x", "")], columns).tables == []


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(Pattern("<http://open>", "x", ""), id="said of others too"),
        pytest.param(Pattern(TYPE, "class", ""), id="any class"),
        pytest.param(Pattern(TYPE, "", "<http://c>"), id="a class that others have"),
    ],
)
def test_open_predicates_are_left_to_the_engine(pattern: Pattern) -> None:
    """What also stands elsewhere cannot be answered from tables alone."""
    outside = frozenset({"<http://open>", f"{TYPE} <http://c>"})

    with pytest.raises(Doubt):
        plan([pattern], Columns(outside, []))


@pytest.mark.parametrize(
    "select",
    [
        pytest.param("0 AS c0, 10::DECIMAL(18,0) ** 17 AS c1 FROM range(20)", id="sum"),
        pytest.param(f"range AS c0, range AS c1 FROM range({MOST + 1})", id="rows"),
    ],
)
def test_what_is_too_much_is_left_to_the_engine(tmp_path: Path, select: str) -> None:
    """Sums that may overflow, and more rows than it can read as text."""
    file = str(tmp_path / "t.parquet")
    with duckdb.connect() as engine:
        engine.execute(
            f"COPY (SELECT c0, c1::DECIMAL(18,0) AS c1 FROM (SELECT {select})) "  # noqa: S608 - of the test
            "TO ? (FORMAT parquet)",
            [file],
        )
    terms = [f"<a{number}>" for number in range(MOST + 1)]
    held = Columns(frozenset(), [Table(file, {AREA: terms, COUNT: INTEGER})])

    with pytest.raises(Doubt):
        list(plan(STAR, held).rows(["area"], ["n"], []))
