import gzip

import pytest

from api.pages.bundle import Bundle
from tests.api.client import Client

BUNDLE = Bundle.load()


@pytest.mark.parametrize("name", sorted(BUNDLE.names))
def test_every_file(client: Client, name: str) -> None:
    """What pages load is served with its type, to be kept for ever."""
    asset = BUNDLE.asset(name)

    answer = client.get(f"/assets/{asset.name}")

    assert answer.content == asset.body
    assert answer.headers["content-type"] == asset.media_type
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"
    again = client.get(f"/assets/{asset.name}", if_none_match=answer.headers["etag"])
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip")],
)
def test_compressed(client: Client, accepted: str, encoding: str) -> None:
    """A reader gets the smallest form that they take, with a tag of its own."""
    asset = BUNDLE.asset("site.css")

    plain = client.get(f"/assets/{asset.name}")
    answer = client.get(f"/assets/{asset.name}", accept_encoding=accepted)

    assert answer.headers["content-encoding"] == encoding
    assert answer.headers["content-length"] == str(len(asset.encoded[encoding]))
    assert answer.headers["etag"] != plain.headers["etag"]
    if encoding == "gzip":
        assert gzip.decompress(asset.encoded["gzip"]) == plain.content


@pytest.mark.parametrize("name", ["manifest.json", "site.css.gz", "nothing", "..%2Fx"])
def test_nothing_else(client: Client, name: str) -> None:
    """Only files of the list are served."""
    assert client.get(f"/assets/{name}").status_code == 404
