import json
from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.views.oai.tokens import Remainder, remainder, token

LEFT = Remainder("ListRecords", "oai_dc", "place", "2026-01-01", None, 42, 100)


@pytest.mark.parametrize(
    "left",
    [
        LEFT,
        Remainder("ListIdentifiers", "dcat_ap", None, None, 0, None, 0),
        Remainder("ListRecords", "oai_dc", None, "2026-01-01T00:00:00Z", 7, 0, 1),
    ],
)
def test_token_says_what_is_left(left: Remainder) -> None:
    """A token can be read without anything that was kept, and fits an address."""
    assert remainder(token(left)) == left
    assert token(left).replace("-", "").replace("_", "").isalnum()


def forged(fields: object) -> str:
    """Returns a token of our form with anything in it."""
    body = json.dumps(fields).encode()
    return urlsafe_b64encode(sha256(body).digest()[:6] + body).decode().rstrip("=")


WHOLE = ["ListRecords", "oai_dc", None, None, 0, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "not a token",
        token(LEFT)[:-1],
        token(LEFT)[1:],
        token(LEFT) + "A",
        "A" * 20,
        "A" * 1000,
        forged({}),
        forged(None),
        forged("abcdefg"),
        forged([]),
        forged([*WHOLE, 0]),
        forged(WHOLE[:6]),
        forged([1, *WHOLE[1:]]),
        forged(["ListRecords", None, None, None, 0, 0, 0]),
        forged(["ListRecords", "oai_dc", "nothing", None, 0, 0, 0]),
        forged(["ListRecords", "oai_dc", [], None, 0, 0, 0]),
        forged(["ListRecords", "oai_dc", None, "today", 0, 0, 0]),
        forged(["ListRecords", "oai_dc", None, 5, 0, 0, 0]),
        forged(["ListRecords", "oai_dc", None, None, None, None, 0]),
        forged(["ListRecords", "oai_dc", None, None, -1, None, 0]),
        forged(["ListRecords", "oai_dc", None, None, True, None, 0]),
        forged(["ListRecords", "oai_dc", None, None, 1.5, None, 0]),
        forged(["ListRecords", "oai_dc", None, None, 2**63, None, 0]),
        forged(["ListRecords", "oai_dc", None, None, 0, 0, None]),
    ],
)
def test_broken_tokens(text: str) -> None:
    """What we did not write, or not like that, says nothing."""
    assert remainder(text) is None


def test_whole_token() -> None:
    """What the forged ones deviate from is a token."""
    assert remainder(forged(WHOLE)) is not None


@given(st.text())
def test_any_text(text: str) -> None:
    """No text makes reading fail."""
    assert remainder(text) is None
