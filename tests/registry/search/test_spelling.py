from hypothesis import given
from hypothesis import strategies as st

from registry.search.spelling import apart_by_one_slip, remains

LETTERS = st.text("abcd", min_size=1, max_size=8)


def slips(word: str) -> set[str]:
    """Returns everything that one slip makes of a word, the plain way."""
    made = set()
    for n in range(len(word) + 1):
        made |= {word[:n] + letter + word[n:] for letter in "abcd"}
        if n < len(word):
            made.add(word[:n] + word[n + 1 :])
            made |= {word[:n] + letter + word[n + 1 :] for letter in "abcd"}
        if n + 1 < len(word):
            made.add(word[:n] + word[n + 1] + word[n] + word[n + 2 :])
    return made - {word}


@given(LETTERS, LETTERS)
def test_slips_are_told_from_other_differences(one: str, other: str) -> None:
    """One missing, added, wrong or swapped letter is a slip; more is not."""
    assert apart_by_one_slip(one, other) == (other in slips(one))


@given(LETTERS)
def test_slips_have_remains_in_common(word: str) -> None:
    """Equality of what is left finds every word that is one slip away."""
    for slip in slips(word) - {""}:
        assert set(remains(word)) & set(remains(slip))
