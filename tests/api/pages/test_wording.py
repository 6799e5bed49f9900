import pytest

from api.pages.wording import MOST_WORDS, Piece, compared, whole


def test_words_that_differ_are_marked() -> None:
    """Each wording says which of its words the other lacks, and keeps its spaces."""
    before, after = compared(
        "Open on Mondays from nine to five", "Open on  Fridays from nine"
    )

    assert before == [
        Piece("Open on "),
        Piece("Mondays ", marked=True),
        Piece("from nine "),
        Piece("to five", marked=True),
    ]
    assert after == [
        Piece("Open on  "),
        Piece("Fridays ", marked=True),
        Piece("from nine"),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("Haskovo", "Sofia", id="one word"),
        pytest.param("Old one", "Entirely other words", id="little in common"),
        pytest.param("a " * (MOST_WORDS + 1), "a b", id="very long"),
        pytest.param("", "Something new", id="nothing before"),
    ],
)
def test_what_is_marked_whole(before: str, after: str) -> None:
    """Texts that marks would not make easier to compare stand whole."""
    assert compared(before, after) == (whole(before), whole(after))


def test_nothing_is_lost() -> None:
    """The pieces of a wording are its text, to the letter."""
    texts = ("  Два  реда\nтекст, и още ", "Два реда текст, и\tоще нещо  ")

    assert (
        tuple("".join(piece.text for piece in wording) for wording in compared(*texts))
        == texts
    )
