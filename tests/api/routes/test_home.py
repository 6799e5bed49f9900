from tests.api.client import Client
from tests.versions import BASE


def test_home(client: Client) -> None:
    """Programs and people both find every register from the entry point."""
    entry = client.get("/").json()
    page = client.get("/?lang=en", accept="text/html").text

    counts = {member["id"]: member["totalItems"] for member in entry["member"]}
    assert counts[f"{BASE}records?kind=institution"] == 1
    assert counts[f"{BASE}records?kind=scheme"] == 2
    for address in counts:
        assert address.replace("&", "&amp;") in page
