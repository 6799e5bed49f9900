import pytest

from api.pages.excerpt import LONGEST, Line, excerpt

TEXT = "one\ntwo\nthree\nfour\nfive\nsix"


def test_lines_around_a_place() -> None:
    """The line is shown with two before and two after it, its place marked."""
    assert excerpt(TEXT, 4, 2) == [
        Line(2, "two"),
        Line(3, "three"),
        Line(4, "f", "o", "ur"),
        Line(5, "five"),
        Line(6, "six"),
    ]


@pytest.mark.parametrize(
    ("line", "column", "marked"),
    [
        (6, 4, Line(6, "six", " ")),
        (6, 40, Line(6, "six", " ")),
        (9, 1, Line(6, "", "s", "ix")),
        (0, 0, Line(1, "", "o", "ne")),
    ],
)
def test_a_place_past_the_end(line: int, column: int, marked: Line) -> None:
    """A place that is not there is marked where the text ends, or begins."""
    assert marked in excerpt(TEXT, line, column)


def test_long_lines_are_cut() -> None:
    """Only what stands near the place is shown of a long line."""
    (line,) = excerpt("a" * 5000, 1, 3000)

    assert line == Line(1, "a" * LONGEST, "a", "a" * LONGEST)
