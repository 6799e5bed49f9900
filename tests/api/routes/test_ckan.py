import json

import pytest

from tests.api.client import Client
from tests.versions import BASE

ACTION = "/api/3/action"
HELP = f"{BASE}api/3/action/help_show?name="
REGISTERS = ["register_institution", "register_place", "register_scheme"]


def test_get(client: Client) -> None:
    """An answer has the shape that clients of CKAN read."""
    answer = client.get(f"{ACTION}/package_list")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert answer.headers["cache-control"] == "public, no-cache"
    assert answer.json() == {
        "help": f"{HELP}package_list",
        "success": True,
        "result": REGISTERS,
    }
    tag = answer.headers["etag"]
    assert client.get(f"{ACTION}/package_list", if_none_match=tag).status_code == 304


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"id": "register_place"}', "application/json"),
        (b"id=register_place", "application/x-www-form-urlencoded"),
        (b'{"id": "register_place"}', ""),
    ],
)
def test_post(client: Client, body: bytes, kind: str) -> None:
    """Parameters in a body mean what they mean in the address."""
    shown = client.get(f"{ACTION}/package_show?id=register_place").json()
    for path in (ACTION, "/api/action"):
        answer = client.send("POST", f"{path}/package_show", body, content_type=kind)

        assert answer.headers["cache-control"] == "no-store"
        assert answer.json() == shown
    assert shown["result"]["organization"]["title"].startswith("Регионално")
    contact = {"key": "contact_name", "value": shown["result"]["organization"]["title"]}
    assert contact in shown["result"]["extras"]


def test_harvest(client: Client) -> None:
    """The pages of a search hold every dataset once, as CKAN's harvester asks."""
    seen, start = [], 0
    while True:
        since = "metadata_modified:[2020-01-01T00:00:00.000001Z+TO+*]"
        query = f"rows=2&start={start}&sort=id+asc&fq={since}"
        page = client.get(f"{ACTION}/package_search?{query}").json()["result"]
        if not page["results"]:
            break
        seen += [each["name"] for each in page["results"]]
        start += 2

    assert sorted(seen) == REGISTERS
    assert page["count"] == 3


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ("package_show", 409, {"id": ["Missing value"], "__type": "Validation Error"}),
        (
            "package_show?id=nothing",
            404,
            {"message": "Not found", "__type": "Not Found Error"},
        ),
        (
            "package_search?sort=nothing",
            400,
            {
                "message": "Search Query is invalid: 'Invalid \"sort\" parameter'",
                "__type": "Search Query Error",
            },
        ),
    ],
)
def test_errors(
    client: Client, query: str, status: int, error: dict[str, object]
) -> None:
    """A refusal has CKAN's status and shape, and is not kept."""
    answer = client.get(f"{ACTION}/{query}")

    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "help": f"{HELP}{query.partition('?')[0]}",
        "success": False,
        "error": error,
    }


def test_what_cannot_be_read(client: Client) -> None:
    """An action that there is not, and a body that cannot be read, are bad requests."""
    unknown = client.get(f"{ACTION}/package_delete")
    posted = client.send("POST", f"{ACTION}/package_delete", b"{}")
    many = client.get(f"{ACTION}/site_read?{'&'.join(f'x{n}=1' for n in range(99))}")
    bodies = [
        client.send(
            "POST", f"{ACTION}/site_read", body, content_type="application/json"
        )
        for body in (b"{", b"[]", b"\xff", b"[" * 10_000)
    ]

    assert unknown.json() == "Bad request - Action name not known: package_delete"
    assert [each.status_code for each in (unknown, posted, many, *bodies)] == [400] * 7
    assert all(json.loads(each.content).startswith("Bad request - ") for each in bodies)
    long = client.send("POST", f"{ACTION}/site_read", b"x" * 20_000)
    assert long.status_code == 413
