import pytest

from tests.api.client import Client


@pytest.fixture(scope="module")
def client(tables_client: Client) -> Client:
    return tables_client


REVISED = "/tables/asylum-applicants-bulgaria"


def test_revisions(client: Client) -> None:
    """The versions of a table are listed, and what two of them do not share."""
    versions = client.get(f"{REVISED}/revisions").json()["versions"]
    answer = client.get(f"{REVISED}/revisions?from=1&to=2").json()

    assert [version["version"] for version in versions] == [1, 2]
    assert answer["complete"] is True
    changed = [
        (d["old"]["obs_value"], d["new"]["obs_value"])
        for d in answer["differences"]
        if d["kind"] == "changed"
    ]
    assert ("20365", "20390") in changed
    assert answer["counts"]["changed"] == len(changed)


@pytest.mark.parametrize(
    "path",
    [
        "/tables/none/revisions",
        "/tables/asylum-applicants-bulgaria/revisions?from=9",
    ],
)
def test_not_found(client: Client, path: str) -> None:
    """What is not there is not found."""
    assert client.get(path).status_code == 404
