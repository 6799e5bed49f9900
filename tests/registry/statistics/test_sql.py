from dataclasses import replace

import duckdb

from registry.statistics import sql
from registry.statistics.selection import Sort
from tests import tables
from tests.registry.statistics.cubes import AGE_AND_SEX

STRUCTURE = tables.structure(AGE_AND_SEX)


def test_names_are_quoted() -> None:
    """A name stays a name, whatever is in it."""
    assert sql.quoted('a"; DROP TABLE t; --') == '"a""; DROP TABLE t; --"'
    assert sql.column("t0", "geo") == '"t0"."geo"'


def test_values_are_plain_decimals() -> None:
    """A value comes as it was written, without digits that nobody wrote."""
    structure = replace(STRUCTURE, dimensions=(), flags=False)

    with duckdb.connect() as engine:
        found = [
            engine.execute(
                f"SELECT {sql.texts(structure)} "  # noqa: S608
                f"FROM (SELECT {value} AS obs_value)"
            ).fetchall()[0][0]
            for value in ("1.500::DECIMAL(9,3)", "100::BIGINT", "20.0::DOUBLE", "NULL")
        ]

    assert found == ["1.5", "100", "20", None]


def test_sums_are_kept_as_numbers_of_files() -> None:
    """A sum, which is wider than what files have, is stored like its parts."""
    structure = replace(STRUCTURE, dimensions=(), flags=False)

    with duckdb.connect() as engine:
        found = engine.execute(
            f"SELECT typeof(obs_value) FROM (SELECT {sql.typed(structure)} "  # noqa: S608
            "FROM (SELECT sum(range) AS obs_value FROM range(5)))"
        ).fetchall()

    assert found == [("BIGINT",)]


def test_conditions() -> None:
    """Every filter is a condition with bound values; no code leaves nothing."""
    found = sql.conditions("t", {"geo": ("BG", "RO"), "sex": ()})

    assert found == ('"t"."geo" IN (?, ?) AND false', ["BG", "RO"])


def test_order_is_total() -> None:
    """The codes decide in the end, each once."""
    order = sql.sorted_by(STRUCTURE, [Sort("geo", descending=True)])

    assert [one.column for one in order] == [
        "geo",
        "freq",
        "agedef",
        "age",
        "sex",
        "time_period",
    ]
    assert sql.order("t", STRUCTURE, []).startswith('"t"."freq" ASC NULLS LAST, ')
