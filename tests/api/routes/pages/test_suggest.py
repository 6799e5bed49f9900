import re
from urllib.parse import quote

import pytest

from tests.api.client import Client
from tests.versions import BASE


def _ask(client: Client, text: str, language: str = "en") -> str:
    answer = client.get(f"/{language}/suggest?q={quote(text)}")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("text", ["cent", "Centre", "центъ", "tsentar"])
def test_suggestions(client: Client, text: str) -> None:
    """An unfinished word, in either script, finds records by their names."""
    fragment = _ask(client, text)

    assert re.findall('<a href="([^"]+)"', fragment) == [
        f"{BASE}en/institution/centre",
        f"{BASE}en/find?q={quote(text)}",
    ]
    assert "Centre &lt;b&gt;A &amp; B&lt;/b&gt;" in fragment
    assert "Institution · Bulgaria" in fragment
    assert 'data-summary="1 suggestion below the search box"' in fragment


def test_fragment(client: Client) -> None:
    """It is a fragment for a script to place, and no page for search engines."""
    answer = client.get("/en/suggest?q=cent")

    assert "<html" not in answer.text
    assert answer.headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize("text", ["", "c", "  ", "zzzzzz", "x" * 201, '"*', "NEAR("])
def test_nothing_to_suggest(client: Client, text: str) -> None:
    """Too little, too much, or what nothing is called, gives an empty fragment."""
    assert _ask(client, text).strip() == ""


def test_question_is_shown_as_text(client: Client) -> None:
    """What the reader typed is never markup."""
    fragment = _ask(client, "centre <script>")

    assert "<script" not in fragment


def test_code_lists_are_not_suggested(client: Client) -> None:
    """Nobody looks for a code list in the box for centres."""
    assert "scheme" not in _ask(client, "service-kind")


def test_language_of_what_is_suggested(client: Client) -> None:
    """A name in another language than the page is marked."""
    assert '<bdi lang="bg" dir="ltr">Старо</bdi>' in _ask(client, "България") or (
        "България" in _ask(client, "България", "bg")
    )
