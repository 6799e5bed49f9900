import pytest
from starlette.requests import Request

from api.routes.background import prefers_background


@pytest.mark.parametrize(
    ("headers", "preferred"),
    [
        ([], False),
        (["respond-async"], True),
        (["Respond-Async, wait=10"], True),
        (["wait=10", "respond-async; foo"], True),
        (["return=minimal, handling=lenient"], False),
        (['x="respond-async"'], False),
        (["respond-async-not"], False),
    ],
)
def test_preference_for_not_waiting(headers: list[str], preferred: bool) -> None:
    """`respond-async` is seen among other preferences, whatever its case."""
    sent = [(b"prefer", value.encode()) for value in headers]

    assert prefers_background(Request({"type": "http", "headers": sent})) is preferred
