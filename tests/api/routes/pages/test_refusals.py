import pytest

from api.problems import kinds
from tests.api.client import Client
from tests.versions import BASE


@pytest.mark.parametrize("language", ["bg", "en"])
def test_limits(client: Client, language: str) -> None:
    """The page has every published limit under its name, in words."""
    page = client.get(f"/{language}/limits").text

    published = client.get("/limits").json()
    assert len(published) > 20
    for name, limit in published.items():
        assert f'<tr id="{name}"><td>{limit["description"][language]}</td>' in page


def test_quantities(client: Client) -> None:
    """Values are written in the language of the page, bytes in larger units."""
    page = client.get("/bg/limits").text

    assert '<td class="number">32 KiB</td>' in page
    assert '<td class="number">10 s</td>' in page
    assert '<td class="number">1\u00a0000\u00a0000</td>' in page


@pytest.mark.parametrize("language", ["bg", "en"])
def test_problems(client: Client, language: str) -> None:
    """Every kind of problem has its page, with its status and what can be done."""
    overview = client.get(f"/{language}/problems").text

    for slug, kind in kinds().items():
        address = f"{language}/problems/{slug}"
        assert f'<a href="{BASE}{address}">{kind.title[language]}</a>' in overview
        page = client.get(f"/{address}").text
        assert f"<h1>{kind.title[language]}</h1>" in page
        assert kind.help[language] in page
        assert f"<dd>{kind.status}</dd>" in page
        assert f"<code>{BASE}problems/{slug}</code>" in page


def test_unknown_problem(client: Client) -> None:
    """A problem that there is not has no page."""
    assert client.get("/en/problems/nothing").status_code == 404
