import pytest

from registry.namespaces import INTG, SDMX_DIMENSION
from registry.statistics.structure import CODE, Operand, Role, role_of
from tests.tables import KEYS, structure


@pytest.mark.parametrize("code", ["BG", "EU27_2020", "Y15-29", "77195", "a" * 64])
def test_a_code_can_stand_in_an_address(code: str) -> None:
    """Codes are plain tokens, without the dot that joins them."""
    assert CODE.match(code)


@pytest.mark.parametrize("code", ["", "_T", "a.b", "a b", "ж", "a\n", "a" * 65])
def test_what_could_not_stand_in_an_address_is_no_code(code: str) -> None:
    """Blanks, dots, other scripts and line ends never get into a key."""
    assert not CODE.match(code)


def test_an_observation_is_named_by_its_codes() -> None:
    """The key is the codes in the order of the dimensions, joined by dots."""
    key = structure("migr-imm8").observation_key(["A", "COMPLET", "TOTAL", "F"])

    assert key == "A.COMPLET.TOTAL.F"


def test_the_property_tells_what_a_dimension_is_about() -> None:
    """Areas and periods are each one property in all tables."""
    assert role_of(f"{SDMX_DIMENSION}refArea") is Role.AREA
    assert role_of(f"{SDMX_DIMENSION}refPeriod") is Role.TIME
    assert role_of(f"{INTG}citizenship") is Role.CODED


@pytest.mark.parametrize("key", KEYS)
def test_columns_are_the_dimensions_then_value_and_flag(key: str) -> None:
    """A table has a flag column only if it has flags; dimensions go by name."""
    found = structure(key)
    names = [dimension.id for dimension in found.dimensions]

    assert list(found.columns[: len(names)]) == names
    assert found.columns[len(names)] == "obs_value"
    assert (found.columns[-1] == "obs_flag") == found.flags
    assert [found.dimension(name) for name in names] == list(found.dimensions)
    assert found.dimension("nothing") is None


def test_the_cell_behind_an_observation_has_its_codes() -> None:
    """Codes in braces are those of the observation, the others are fixed."""
    operand = Operand("people", ("{freq}", "TOTAL", "{geo}"))

    assert operand.cell({"geo": "BG", "freq": "A"}) == ("A", "TOTAL", "BG")
    assert [operand.matched(part) for part in operand.key] == ["freq", None, "geo"]
