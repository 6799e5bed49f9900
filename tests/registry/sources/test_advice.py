import pytest

from registry.language import LANGUAGES
from registry.sources.advice import ADVICE, SHOWN, FetchError, finding


@pytest.mark.parametrize("rule", ADVICE)
def test_a_rule_has_a_sentence_in_each_language(rule: str) -> None:
    """Each of them ends with a full stop."""
    assert set(ADVICE[rule]) == set(LANGUAGES)
    assert all(sentence.endswith(".") for sentence in ADVICE[rule].values())


def test_a_finding_shows_a_long_value_in_part() -> None:
    """What a stranger sends does not fill the report."""
    found = finding("bad-iri", "https://a.example/1", "dct:license", "x" * 1000)

    assert found.value == "x" * SHOWN
    assert found.message == ADVICE["bad-iri"]


def test_a_fetch_error_carries_its_rule() -> None:
    """And what stands in the way."""
    error = FetchError("status", "503")

    assert (str(error), error.rule, error.value) == ("status", "status", "503")
