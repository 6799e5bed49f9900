from registry.forms.merging import Clash, clashes, rebased

BASE = [
    ("name.bg", "а"),
    ("name.en", "a"),
    ("page", "1"),
    ("x.0.id", ""),
    ("x.0.y", ""),
]
THEIRS = [("name.bg", "б"), ("name.en", "a"), ("page", "1"), ("page", "2")]
MINE = [
    ("name.bg", "в"),
    ("name.en", "c"),
    ("page", "1"),
    ("x.0.id", ""),
    ("x.0.y", "z"),
]


def test_only_what_changed_meanwhile_clashes() -> None:
    """What was changed here alone is no clash; whether both changed it is told."""
    assert clashes(BASE, THEIRS, MINE) == [
        Clash(
            "name.bg",
            (("name.bg", "а"),),
            (("name.bg", "б"),),
            (("name.bg", "в"),),
            both=True,
        ),
        Clash(
            "page",
            (("page", "1"),),
            (("page", "1"), ("page", "2")),
            (("page", "1"),),
            both=False,
        ),
    ]


def test_the_same_change_twice_is_not_told_as_two() -> None:
    """Order, spaces, and rows left empty make no difference."""
    theirs = [("page", "2"), ("page", " 1 "), ("page", "")]

    (clash,) = clashes(BASE[2:3], theirs, [("page", "1"), ("page", "2")])

    assert not clash.both
    assert clashes(BASE, [*BASE, ("x.search", "w")], MINE) == []


def test_what_is_taken_over_takes_the_place_of_what_was_typed() -> None:
    """Everything else stays as it was typed."""
    found = clashes(BASE, THEIRS, MINE)

    assert sorted(rebased(MINE, found, frozenset({"page"}))) == sorted(
        [*(one for one in MINE if one[0] != "page"), ("page", "1"), ("page", "2")]
    )
    assert rebased(MINE, found, frozenset()) == MINE
