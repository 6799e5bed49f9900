from registry.statistics.formats.columns import Column, columns, said
from registry.statistics.labels import Shown
from tests.registry.statistics.cubes import caption, small

STRUCTURE, _ = small()


def test_codes_are_the_columns_of_the_table() -> None:
    """Published with codes, a slice has the columns of the table."""
    found = columns(STRUCTURE, caption(STRUCTURE), Shown.CODES)

    assert [column.name for column in found] == list(STRUCTURE.columns)
    assert [column.number for column in found].index(True) == 6


def test_keys_of_places() -> None:
    """The key of a place follows its code where it was asked for."""
    found = columns(
        STRUCTURE,
        caption(STRUCTURE),
        Shown.CODES,
        occurring={name: ["EU27_2020"] for name in STRUCTURE.columns},
    )

    assert found[5] == Column("geo_place", "geo_place", 4, {"EU27_2020": "eu27-2020"})


def test_said() -> None:
    """A text comes in the best language that there is."""
    assert said({"en": "one"}, "bg", "x") == "one"
    assert said({}, "bg", "x") == "x"
