"""What the log says while people work: nothing of them."""

import io
import logging
from collections.abc import Iterator

import pytest

from registry.logs import JsonLines
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.api.queries import BROKEN
from tests.api.visitor import Visitor, joins
from tests.people import PASSWORD

EMAIL, NAME, TYPED = "vera.dimova@example.org", "Vera Dimova", "sirene-und-seife"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a server would write, whatever the level."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.INFO)
    # The client of the tests writes addresses, and is no part of the server.
    handler.addFilter(lambda record: not record.name.startswith("http"))
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def test_nothing_of_people_is_logged(
    sample: Sample,
    client: Client,
    lines: io.StringIO,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Somebody logs in, mistypes, searches, reports and meets a defect, unnamed."""
    joins(sample, EMAIL)
    visitor = Visitor(client)
    visitor.opens("/bg/account/login")
    visitor.sends("/bg/account/login", 422, email=EMAIL, password=TYPED)
    visitor.logs_in(EMAIL)
    visitor.opens(f"/bg/find?q={TYPED}")
    visitor.opens(f"/bg/{EMAIL}", 404)
    client.get(f"/records?q={NAME}", x_forwarded_for="203.0.113.77")
    client.send(
        "POST",
        "/bg/report",
        f"record=institution%2Fcentre&message={TYPED}&email={EMAIL}".encode(),
        content_type="application/x-www-form-urlencoded",
    )
    broken = client.get(
        f"/sparql?query=ASK+%7B%7D+%23{TYPED}+%0A%23{BROKEN.strip('#')}"
    )

    written = lines.getvalue() + capfd.readouterr().err
    assert broken.status_code == 500
    assert broken.json()["reference"] in written
    assert written.count('"answered"') >= 8
    for secret in (EMAIL, EMAIL.partition("@")[0], NAME, TYPED, PASSWORD):
        assert secret not in written
    for address in (
        "203.0.113.77",
        "127.0.0.1",
        "secret of the inside",
        *_cookies(visitor),
    ):
        assert address not in written.replace(
            'RuntimeError(\\"secret of the inside', ""
        )


def _cookies(visitor: Visitor) -> list[str]:
    assert visitor.cookies
    return list(visitor.cookies.values())
