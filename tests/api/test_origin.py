import pytest
from starlette.requests import Request

from api.origin import same_origin

BASE = "https://registry.example/"


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({}, True),
        ({"origin": "https://registry.example"}, True),
        ({"origin": "https://registry.example", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
    ],
)
def test_a_form_of_another_site_is_told_by_its_headers(
    headers: dict[str, str], own: bool
) -> None:
    """A browser that sends neither header is taken at its word."""
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    request = Request({"type": "http", "headers": raw})

    assert same_origin(request, BASE) is own
