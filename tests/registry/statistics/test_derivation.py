from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import DatasetRefused
from registry.namespaces import INTG, SDMX_DIMENSION
from registry.ports import TableRow
from registry.statistics import derivation
from registry.statistics.definition import DerivationPart
from registry.statistics.derivation import Source
from registry.statistics.structure import (
    Derivation,
    Dimension,
    Operand,
    Period,
    Role,
    Structure,
)
from tests.registry.statistics.cubes import write

GEO = Dimension("geo", f"{SDMX_DIMENSION}refArea", Role.AREA, None, {})
TIME = Dimension("time", f"{SDMX_DIMENSION}refPeriod", Role.TIME, None, {})
SEX = Dimension("sex", f"{SDMX_DIMENSION}sex", Role.CODED, "sex", {})
AGE = Dimension("age", f"{INTG}ageGroup", Role.CODED, "age", {})


def table(key: str, *dimensions: Dimension, **members: Any) -> Structure:
    """A table of whole numbers with these dimensions."""
    made = Structure(
        key=key,
        dimensions=dimensions,
        measure=f"{INTG}personCount",
        integer=True,
        unit="NR",
        period=Period.YEAR,
        flags=False,
        threshold=None,
        default={},
    )
    return replace(made, **members)


OWN = table("birth-rate", GEO, TIME, integer=False)
BIRTHS = table("births", TIME, SEX, GEO)
PEOPLE = table("people", AGE, SEX, GEO, TIME, flags=True)
OPERANDS = {"births": BIRTHS, "people": PEOPLE}
BELOW = {"age": "TOTAL", "sex": "F"}


def part(
    above: Mapping[str, str], below: Mapping[str, str], **members: object
) -> DerivationPart:
    """What a description says of births to a thousand people."""
    return DerivationPart.model_validate(
        {
            "numerator": {"table": "births", "where": dict(above)},
            "denominator": {"table": "people", "where": dict(below)},
            "times": 1000,
            "decimals": 2,
            **members,
        }
    )


RATE = derivation.resolve(part({"sex": "T"}, BELOW), OWN, OPERANDS)


def test_every_part_of_a_cells_key_is_fixed_or_shared() -> None:
    """The key is in the order of the operand, whatever that of the table."""
    resolved = derivation.resolve(part({"sex": "T"}, BELOW), OWN, OPERANDS)

    assert resolved == Derivation(
        Operand("births", ("{time}", "T", "{geo}")),
        Operand("people", ("TOTAL", "F", "{geo}", "{time}")),
        times=1000,
        decimals=2,
    )


@pytest.mark.parametrize(
    ("above", "below", "operands", "said"),
    [
        ({}, BELOW, {}, "fix just the others: sex"),
        ({"sex": "T", "age": "Y5"}, BELOW, {}, "fix just the others: sex"),
        ({"sex": "T", "geo": "BG"}, BELOW, {}, "dimensions geo, time"),
        ({"sex": "T"}, BELOW, {"births": table("births", TIME, SEX)}, "geo, time"),
        (
            {"sex": "T"},
            BELOW,
            {"births": table("births", TIME, SEX, replace(AGE, id="geo"))},
            "something else there: geo",
        ),
        (
            {"sex": "T"},
            BELOW,
            {"births": replace(BIRTHS, period=Period.MONTH)},
            "something else there: period",
        ),
        (
            {"sex": "T"},
            BELOW,
            {"births": replace(BIRTHS, derivation=RATE)},
            "derived itself",
        ),
    ],
)
def test_an_operand_that_does_not_fit_is_refused(
    above: Mapping[str, str],
    below: Mapping[str, str],
    operands: Mapping[str, Structure],
    said: str,
) -> None:
    """Dimensions are shared and mean the same, or fixed; not neither, not both."""
    with pytest.raises(DatasetRefused, match=said) as refused:
        derivation.resolve(part(above, below), OWN, {**OPERANDS, **operands})

    assert refused.value.extra == {"table": "births"}
    assert refused.value.detail["bg"].startswith("От таблицата births не може")


def worked_out(
    folder: Path, births: Sequence[TableRow], people: Sequence[TableRow]
) -> list[str]:
    """The lines of the file that is worked out of these cells."""
    sources = {
        "births": Source(BIRTHS, write(folder / "births.parquet", BIRTHS, births)),
        "people": Source(PEOPLE, write(folder / "people.parquet", PEOPLE, people)),
    }
    target = folder / "rate.csv"
    derivation.write(target, replace(OWN, derivation=RATE), sources)
    return target.read_text().splitlines()


def test_there_is_a_row_only_where_both_cells_have_a_value(tmp_path: Path) -> None:
    """Missing, withheld and zero divisors give no row; a zero above gives a zero."""
    found = worked_out(
        tmp_path,
        births=[
            *(("2020", "T", "BG", "1"), ("2020", "F", "BG", "77")),
            *(("2021", "T", "BG", "0"), ("2022", "T", "BG", "5")),
            *(("2023", "T", "BG", "5"), ("2024", "T", "BG", "5")),
            ("2020", "T", "RO", "5"),
        ],
        people=[
            ("TOTAL", "F", "BG", "2020", "3", "p"),
            ("TOTAL", "T", "BG", "2020", "9", None),
            ("TOTAL", "F", "BG", "2021", "7", None),
            ("TOTAL", "F", "BG", "2022", "0", None),
            ("TOTAL", "F", "BG", "2023", None, "c"),
            ("TOTAL", "F", "RO", "2021", "7", None),
        ],
    )

    assert found == ["geo,time,obs_value", "BG,2020,333.33", "BG,2021,0.00"]


def test_a_derivation_that_finds_nothing_is_refused(tmp_path: Path) -> None:
    """A code that does not occur is told, and not published as an empty table."""
    with pytest.raises(DatasetRefused, match="birth-rate"):
        worked_out(
            tmp_path,
            births=[("2020", "M", "BG", "1")],
            people=[("TOTAL", "F", "BG", "2020", "3", None)],
        )


def test_a_table_that_is_not_derived_cannot_be_worked_out(tmp_path: Path) -> None:
    """There is no formula to follow."""
    with pytest.raises(TypeError, match="births"):
        derivation.write(tmp_path / "x.csv", BIRTHS, {})


@pytest.mark.parametrize(
    ("above", "below", "times", "decimals", "value"),
    [
        (20390, 63879, 1000, 2, "319.20"),
        (1, 8, 1, 2, "0.13"),
        (-1, 8, 1, 2, "-0.13"),
        (1, -8, 1, 2, "-0.13"),
        (1, 1000, 1, 2, "0.00"),
        (-1, 1000, 1, 2, "0.00"),
        (5, 2, 1, 0, "3"),
        (0, 2, 1, 0, "0"),
        (10, 1, 10, 0, "100"),
        (2, 3, 100, 4, "66.6667"),
    ],
)
def test_values_are_rounded_once(
    above: int, below: int, times: int, decimals: int, value: str
) -> None:
    """Halves go away from zero, and every value has all its decimals."""
    how = replace(RATE, times=times, decimals=decimals)

    assert derivation.ratio(Fraction(above), Fraction(below), how) == value


@given(
    above=st.decimals(-(10**9), 10**9, places=3),
    below=st.decimals(-(10**9), 10**9, places=3).filter(bool),
    times=st.integers(1, 10**6),
    decimals=st.integers(0, 12),
)
def test_a_value_is_the_nearest_with_its_decimals(
    above: Decimal, below: Decimal, times: int, decimals: int
) -> None:
    """It is off by half a step at most, and then it is the farther from zero."""
    how = replace(RATE, times=times, decimals=decimals)
    exact = times * Fraction(above) / Fraction(below)

    value = Decimal(derivation.ratio(Fraction(above), Fraction(below), how))

    step = Fraction(1, 10**decimals)
    off = Fraction(value) - exact
    assert value.as_tuple().exponent == -decimals
    assert abs(off) <= step / 2
    assert abs(off) < step / 2 or abs(Fraction(value)) > abs(exact)
    assert not (value.is_zero() and value.is_signed())


def test_the_formula_is_said_in_both_languages() -> None:
    """It names both tables, what is fixed, what is shared, and how it is rounded."""
    said = derivation.statement(RATE, OWN)

    assert said["en"].startswith(
        "Each value is 1000 × births/{time}.T.{geo} ÷ people/TOTAL.F.{geo}.{time}, "
        "with the same codes of geo, time."
    )
    assert said["bg"].startswith(
        "Всяка стойност е 1000 × births/{time}.T.{geo} ÷ people/TOTAL.F.{geo}.{time}, "
        "при еднакви кодове за geo, time."
    )
