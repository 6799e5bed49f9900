from tests.api.client import Client
from tests.versions import BASE


def test_style(client: Client) -> None:
    """The style sheet is immutable by its digest."""
    page = client.get("/limits", accept="text/html").text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]

    style = client.get(address.removeprefix(BASE.rstrip("/")))

    assert style.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get("/assets/site.css").headers["cache-control"] == (
        "public, no-cache"
    )
