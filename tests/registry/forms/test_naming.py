import pytest

from registry.forms.naming import Given, anchor, removed, slot


def test_given_knows_values_and_rows() -> None:
    """Rows are told in the order in which they were sent, at every depth."""
    given = Given(
        [
            ("page", "a"),
            ("page", ""),
            ("x.3.id", ""),
            ("x.0.y.1.id", ""),
            ("x.3.z", "b"),
        ]
    )

    assert given.values("page") == ["a", ""]
    assert given.values("none") == []
    assert given.rows("x") == [3, 0]
    assert given.rows("x.0.y") == [1]
    assert given.rows("page") == []
    assert given.where("b") == ("x.3.z", 0)
    assert given.where("c") is None


@pytest.mark.parametrize("name", ["x.²", "x.12345", "7", "x.-1"])
def test_a_strange_number_is_no_row(name: str) -> None:
    """Names are anybody's to send."""
    assert Given([(name, "a")]).rows("x") == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("name.bg", "name.bg"),
        ("homepage", "homepage"),
        ("identifier.0.description.bg", "identifier"),
    ],
)
def test_slot(name: str, expected: str) -> None:
    """A language of a text is a part of its own, a nested node is not."""
    assert slot(name) == expected


def test_anchor_numbers_all_but_the_first() -> None:
    """The first of several inputs is where a link to the field leads."""
    assert (anchor("page"), anchor("page", 2)) == ("page", "page~2")


def test_removed_takes_a_node_with_all_that_is_in_it() -> None:
    """A row with a longer number is another row."""
    pairs = [("x.1.id", ""), ("x.1.y.0.z", "a"), ("x.10.id", "b"), ("x1", "c")]

    assert removed(pairs, "x.1") == [("x.10.id", "b"), ("x1", "c")]
