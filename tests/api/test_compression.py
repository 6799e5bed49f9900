import gzip

import pytest
from starlette.requests import Request
from starlette.responses import Response

from api import compression

BODY = b"<p>same</p>" * 200


def _ask(accept_encoding: str, body: bytes = BODY, known: str = "") -> Response:
    headers = {"accept-encoding": accept_encoding, "if-none-match": known}
    request = Request(
        {
            "type": "http",
            "headers": [(n.encode(), v.encode()) for n, v in headers.items() if v],
        }
    )
    return compression.respond(request, body, {"Content-Type": "text/html"})


@pytest.mark.parametrize("header", ["gzip", "br, gzip;q=0.8", "GZIP", "x, gzip ; q=1"])
def test_in_gzip(header: str) -> None:
    """Those who take gzip get it, with a tag of its own."""
    answer, plain = _ask(header), _ask("")

    assert gzip.decompress(answer.body) == BODY
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["etag"] == f'{plain.headers["etag"][:-1]}-gzip"'
    assert answer.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("header", ["", "br", "gzip;q=0", "gzip;q=0.0", "identity"])
def test_as_it_is(header: str) -> None:
    """Those who do not take gzip get the bytes as they are."""
    answer = _ask(header)

    assert answer.body == BODY
    assert "content-encoding" not in answer.headers


def test_small_answers_stay_as_they_are() -> None:
    """Compressing a few bytes is not worth it."""
    assert _ask("gzip", b"short").body == b"short"


@pytest.mark.parametrize("header", ["", "gzip"])
def test_known(header: str) -> None:
    """A reader who has the form that would be sent gets nothing again."""
    tag = _ask(header).headers["etag"]

    again = _ask(header, known=tag)

    assert (again.status_code, again.body) == (304, b"")
    assert again.headers["etag"] == tag
    assert again.headers["vary"] == "Accept-Encoding"


def test_same_bytes_each_time() -> None:
    """No moment is written into what is compressed."""
    assert compression.gzipped(BODY) == compression.gzipped(BODY)
