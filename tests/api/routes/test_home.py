import pytest

from tests.api.client import Client
from tests.versions import BASE


def test_home(client: Client) -> None:
    """Programs find every register from the entry point, with its count."""
    entry = client.get("/").json()

    counts = {member["id"]: member["totalItems"] for member in entry["member"]}
    assert counts[f"{BASE}records?kind=institution"] == 1
    assert counts[f"{BASE}records?kind=scheme"] == 2


@pytest.mark.parametrize(
    ("query", "header", "home"),
    [
        ("", "", "bg/"),
        ("", "en-GB,en;q=0.9,bg;q=0.5", "en/"),
        ("", "de,fr;q=0.5", "bg/"),
        ("?lang=en", "bg", "en/"),
        ("?lang=klingon", "en", "en/"),
    ],
)
def test_people_are_sent_to_their_language(
    client: Client, query: str, header: str, home: str
) -> None:
    """A browser goes on to the website, in the language of its reader."""
    answer = client.get(f"/{query}", accept="text/html", accept_language=header)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}{home}"
    assert answer.headers["vary"] == "Accept, Accept-Language"
