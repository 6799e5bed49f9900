from dataclasses import dataclass, field

import pytest

from registry.errors import BadParameter
from registry.statistics import selection
from registry.statistics.labels import CodeList, Known
from registry.statistics.selection import NAMED, Codes, Sort
from tests import tables
from tests.registry.statistics.cubes import AGE_AND_SEX

STRUCTURE = tables.structure(AGE_AND_SEX)


@dataclass(frozen=True)
class _Months:
    """Codes of a table of months; periods have no list."""

    occurring: tuple[str, ...] = ("2019-12", "2020-01", "2020-02", "2021-01")
    listed: tuple[str, ...] = field(default=())

    def below(self, code: str) -> tuple[str, ...]:
        raise NotImplementedError(code)


PLACES = CodeList(
    {code: {} for code in ("BG", "BG4", "BG42", "BG3", "RO", "FR")},
    {"BG42": "BG4", "BG4": "BG", "BG3": "BG"},
    "digest",
)
KNOWN: dict[str, Codes] = {
    "geo": Known(("BG", "BG3", "BG42", "RO"), PLACES),
    "time_period": _Months(),
}


def _codes(dimension: str, text: str) -> list[str]:
    return list(selection.filters({dimension: text}, STRUCTURE, KNOWN)[dimension])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("BG", ["BG"]),
        ("RO,BG,RO", ["RO", "BG"]),
        (" RO , BG ", ["RO", "BG"]),
        ("FR", ["FR"]),  # listed, without observations
        ("under:BG", ["BG", "BG3", "BG42"]),
        ("under:BG4", ["BG42"]),  # a code between that has none itself
        ("under:FR", []),
        ("under:BG4,RO", ["BG42", "RO"]),
    ],
)
def test_codes(text: str, codes: list[str]) -> None:
    """Codes and hierarchies become the codes that they stand for, each once."""
    assert _codes("geo", text) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("2020-01", ["2020-01"]),
        ("2020", ["2020-01", "2020-02"]),
        ("2020..2021", ["2020-01", "2020-02", "2021-01"]),
        ("2020-02..", ["2020-02", "2021-01"]),
        ("..2020-01", ["2019-12", "2020-01"]),
        ("..", ["2019-12", "2020-01", "2020-02", "2021-01"]),
        ("2019,2021", ["2019-12", "2021-01"]),
        ("1999", []),
        ("2021..2019", []),
    ],
)
def test_periods(text: str, codes: list[str]) -> None:
    """A range takes both of its ends, and a year all that is in it."""
    assert _codes("time_period", text) == codes


@pytest.mark.parametrize(
    "text", ["", "soon", "20", "2020-13", "2020-Q5", "2020..soon", "٢٠٢٠", "2020-1"]
)
def test_no_period(text: str) -> None:
    """What is no period is refused, with the periods that there are."""
    with pytest.raises(BadParameter) as refused:
        _codes("time_period", text)

    assert refused.value.extra["allowed"] == list(_Months().occurring)


def test_unknown_dimension() -> None:
    """An unknown dimension is refused, with those that there are."""
    with pytest.raises(BadParameter) as refused:
        selection.filters({"color": "red"}, STRUCTURE, KNOWN)

    assert refused.value.detail["en"] == (
        "The table migr-imm8 has no dimension “color”; it has: freq, agedef, age, sex, "
        "geo, time_period."
    )


@pytest.mark.parametrize("text", ["XX", "under:XX", "bg", "under:", "BG;RO"])
def test_unknown_code(text: str) -> None:
    """An unknown code is refused, with the codes that the table has."""
    with pytest.raises(BadParameter) as refused:
        _codes("geo", text)

    assert refused.value.extra["allowed"] == ["BG", "BG3", "BG42", "RO"]
    assert refused.value.detail["bg"].endswith("има 4: BG, BG3, BG42, RO.")


def test_many_codes_are_not_all_listed() -> None:
    """A refusal stays readable where a dimension has many codes."""
    many = Known([f"C{number:03}" for number in range(200)], PLACES)

    with pytest.raises(BadParameter) as refused:
        selection.filters({"geo": "XX"}, STRUCTURE, {"geo": many})

    assert refused.value.extra["count"] == 200
    assert refused.value.extra["allowed"] == [f"C{n:03}" for n in range(NAMED)]
    assert refused.value.detail["en"].endswith("C049, …")


def test_sorting() -> None:
    """Columns are sorted by in turn; a hyphen makes one descend."""
    assert selection.sorting("-obs_value, geo", STRUCTURE) == (
        Sort("obs_value", descending=True),
        Sort("geo"),
    )


@pytest.mark.parametrize("text", ["", "color", "geo,-geo", "--geo", "geo desc"])
def test_no_column(text: str) -> None:
    """What is no column, or one twice, is refused."""
    with pytest.raises(BadParameter):
        selection.sorting(text, STRUCTURE)
