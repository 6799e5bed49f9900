from dataclasses import replace

from registry.statistics.selection import Changes, Slice
from registry.statistics.shape import captioned, shaped
from registry.statistics.structure import CODE
from tests.registry.statistics.cubes import caption, small

STRUCTURE, _ = small()
SUMS = Slice({"sex": ("F", "M")}, summed=("sex",))
CHANGES = Slice(changes=Changes(None))


def test_cells() -> None:
    """Cells have the columns and the names of their table."""
    whole = caption(STRUCTURE)

    assert shaped(STRUCTURE, Slice()) is STRUCTURE
    assert captioned(whole, Slice()) is whole


def test_sums() -> None:
    """Sums have flags even in a table without, and names for what was computed."""
    plain = replace(STRUCTURE, flags=False)
    named = captioned(caption(plain), SUMS)

    assert shaped(plain, SUMS).columns == STRUCTURE.columns
    assert named.codes["sex"].names["_T"]["bg"] == "Общо (изчислено)"
    assert "_T" not in named.codes["geo"].names
    assert list(named.flags) == ["O", "p"]
    assert named.columns["obs_flag"] == {"bg": "бележка", "en": "flag"}


def test_changes() -> None:
    """What happened to an observation is one column more, with names."""
    named = captioned(caption(STRUCTURE), CHANGES)

    assert shaped(STRUCTURE, CHANGES).columns[5:] == (
        "time_period",
        "obs_change",
        "obs_value",
        "obs_flag",
    )
    assert named.columns["obs_change"] == {"bg": "промяна", "en": "change"}
    assert named.codes["obs_change"].names["removed"]["bg"] == "премахнато"


def test_no_table_can_have_the_code_of_a_sum() -> None:
    """The code of computed totals is none that a table may use."""
    assert CODE.match("_T") is None
