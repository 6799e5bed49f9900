import json
import logging
from dataclasses import replace

import pytest

from api.application import application
from registry.settings import SiteSettings
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.api.queries import BROKEN
from tests.versions import BASE

TYPED = "ivan.petrov@example.org"


def answered(written: str) -> list[tuple[str, str, int]]:
    """Returns what the log says of requests: method, route, status."""
    return [
        (row["method"], row["route"], row["status"])
        for row in map(json.loads, written.splitlines())
        if row["event"] == "answered"
    ]


def test_a_line_for_each_request(
    client: Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each names the pattern of its address, kept or not, and nothing of the query."""
    with caplog.at_level(logging.INFO):
        client.get("/doc/institution/centre")
        client.get(f"/records?q={TYPED}")
        client.get("/bg/institution/centre")
        client.get("/bg/institution/centre")  # from what was kept
        client.get(f"/en/{TYPED}")
        client.get(f"/{TYPED}")
        client.send("BREW", "/limits")
        client.send("HEAD", "/limits")

    assert answered(capfd.readouterr().err) == [
        ("GET", "/doc/{kind}/{name}", 200),
        ("GET", "/records", 200),
        ("GET", "/bg/institution/{key}", 200),
        ("GET", "/bg/institution/{key}", 200),
        ("GET", "/en", 404),
        ("GET", "other", 404),
        ("other", "/limits", 405),
        ("HEAD", "/limits", 200),
    ]


def test_a_request_has_an_id(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """A failure names the id that the answer and the log have."""
    with caplog.at_level(logging.ERROR):
        answer = client.get(
            f"/sparql?query=ASK+%7B%7D+%23{BROKEN.strip('#')}",
            x_request_id="chosen-by-anybody",
        )

    id = answer.headers["x-request-id"]
    assert len(id) == 24
    assert answer.json()["reference"] == id
    logged = [r for r in caplog.records if r.getMessage() == "request failed"]
    assert [record.__dict__["reference"] for record in logged] == [id]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("4bf92f3577b34da6", True), ("<script>", False), ("short", False), ("", False)],
)
def test_our_proxy_gives_the_id(sample: Sample, given: str, kept: bool) -> None:
    """A well-formed id of a proxy that the settings name is used further."""
    site = SiteSettings(base=BASE, proxies="127.0.0.1")
    settings = sample.settings.model_copy(update={"site": site})
    app = application(replace(sample, settings=settings), close=lambda: None)

    client = Client(app)
    id = client.get("/limits", x_request_id=given).headers["x-request-id"]
    client.close()

    assert (id == given) is kept
