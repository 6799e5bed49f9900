import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.language import LANGUAGES, Chosen, Text, choose

BOTH = {"bg": "Хасково", "en": "Haskovo"}


@pytest.mark.parametrize(
    ("text", "wanted", "chosen"),
    [
        (BOTH, "bg", Chosen("Хасково", "bg")),
        (BOTH, "en", Chosen("Haskovo", "en")),
        (BOTH, "uk", Chosen("Хасково", "bg")),
        ({"en": "Haskovo"}, "bg", Chosen("Haskovo", "en")),
        ({"uk": "Хасково", "tr": "Hasköy"}, "en", Chosen("Hasköy", "tr")),
        ({"bg": "", "en": "Haskovo"}, "bg", Chosen("Haskovo", "en")),
        ({"bg": ""}, "bg", None),
        ({}, "bg", None),
    ],
)
def test_the_best_text_there_is(text: Text, wanted: str, chosen: Chosen | None) -> None:
    """The wanted language, then the registry's own, then the first by alphabet."""
    assert choose(text, wanted) == chosen


@given(
    text=st.dictionaries(st.sampled_from(["ar", "bg", "en", "uk"]), st.text()),
    wanted=st.sampled_from(["bg", "en", "fr"]),
)
def test_a_text_is_found_if_there_is_one(text: Text, wanted: str) -> None:
    """The answer is one of the texts, and says its language truly."""
    chosen = choose(text, wanted)

    assert (chosen is None) == (not any(text.values()))
    if chosen is not None:
        assert text[chosen.language] == chosen.text
        assert chosen.language == wanted or not text.get(wanted)


def test_bulgarian_comes_first() -> None:
    """The language of the country is the default."""
    assert list(LANGUAGES) == ["bg", "en"]
