import pytest

from api import members
from registry.errors import BadParameter


def test_numbers_are_read_strictly() -> None:
    """No sign, no zeros in front, no other digits, and none that is endless."""
    for value in ("-1", "01", "1.0", "١", "", "1\n", "9" * 17):
        with pytest.raises(BadParameter):
            members.matched(members.COUNTED, value, "after", "a number", "число")

    assert members.matched(members.COUNTED, "42", "after", "a number", "число") == 42
    assert members.matched(members.NUMBER, "0", "after", "a number", "число") == 0


def test_a_refusal_says_what_a_value_can_be() -> None:
    """In both languages, with its name for programs."""
    refusal = members.bad("limit", "a number", "число")

    assert refusal.detail == {
        "en": "“limit” can be: a number.",
        "bg": "„limit“ може да бъде: число.",
    }
    assert refusal.extra == {"parameter": "limit"}


def test_answers_are_kept_by_nobody() -> None:
    """With an address and a link where there are any."""
    answer = members.answer({"a": "я"}, 201, location="/x", link="</y>")

    assert answer.status_code == 201
    assert bytes(answer.body) == '{"a": "я"}'.encode()
    assert answer.headers["cache-control"] == "no-store"
    assert (answer.headers["location"], answer.headers["link"]) == ("/x", "</y>")
