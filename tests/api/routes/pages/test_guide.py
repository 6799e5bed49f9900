import re
import shlex
from html import unescape

import pytest

from api.routes.pages.guide import CALLS
from tests.api.client import Client
from tests.versions import BASE

CALL = re.compile(
    r'<pre dir="ltr" tabindex="0"><code>(.*?)</code></pre>\n<p><a href="([^"]*)"'
)


@pytest.mark.parametrize(
    ("language", "title"),
    [("bg", "Ръководство за разработчици"), ("en", "Guide for developers")],
)
def test_guide(client: Client, language: str, title: str) -> None:
    """The guide is there in each language, with the description for programs."""
    page = client.get(f"/{language}/api").text

    assert f"<h1>{title}</h1>" in page
    assert f'href="{BASE}openapi.json" type="application/json"' in page


def test_calls(client: Client) -> None:
    """Each call goes where its link goes, and is answered or refused as it says."""
    found = CALL.findall(client.get("/en/api").text)

    # The sample has no table.
    assert len(found) > sum(map(len, CALLS.values())) - 5
    for command, link in found:
        name, *words = shlex.split(unescape(command))
        assert (name, words[-1]) == ("curl", unescape(link))
        given = [words[n + 1] for n, word in enumerate(words) if word == "--header"]
        headers = dict(header.split(": ", 1) for header in given)
        headers.pop("If-None-Match", None)
        sent = {key.lower().replace("-", "_"): one for key, one in headers.items()}
        answer = client.get(unescape(link).removeprefix(BASE), **sent)
        expected = {404} if "nobody" in link else {200, 303}
        assert answer.status_code in expected, link


def test_examples_are_of_this_registry(client: Client) -> None:
    """The calls name a record that there is, and no table where there is none."""
    page = client.get("/en/api").text

    assert f"{BASE}doc/institution/centre.jsonld?version=1" in page
    assert "/structure" not in page
