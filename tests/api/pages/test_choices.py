from api.pages.choices import choices
from registry.statistics.selection import Slice
from tests.api.pages.slices import OCCURRING, STRUCTURE, names

COUNTS = {name: dict.fromkeys(codes, 3) for name, codes in OCCURRING.items()}


def test_what_can_be_chosen() -> None:
    """Each dimension has its codes by name, with those of the slice chosen."""
    wanted = Slice({"sex": ("T",), "time": ("2021", "2022")})
    sex, age, time = choices(STRUCTURE, COUNTS, wanted, names())

    assert [code.code for code in sex.codes] == ["T", "F", "M"]
    assert [code.code for code in sex.chosen] == ["T"]
    assert [code.figures for code in age.codes] == [3, 3, 3, 3]
    assert age.chosen == []
    assert age.ends == ("", "")
    assert time.over_time
    assert time.ends == ("2021", "2022")


def test_all_codes_are_no_choice() -> None:
    """A filter that leaves everything is shown like none."""
    wanted = Slice({"sex": tuple(OCCURRING["sex"])})
    sex, *_ = choices(STRUCTURE, COUNTS, wanted, names())

    assert sex.chosen == []


def test_single_codes_are_no_choice() -> None:
    """A dimension with one code cannot be chosen in."""
    counts = COUNTS | {"age": {"TOTAL": 9}}

    found = choices(STRUCTURE, counts, Slice(), names())

    assert [choice.id for choice in found] == ["sex", "time"]
