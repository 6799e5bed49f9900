import os
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from api.application import application
from api.downloads import Download, send
from tests.api.client import Client, lasting
from tests.api.conftest import Sample

DATA = bytes(range(256)) * 1000
TAG = '"abc"'


@pytest.fixture
def client(sample: Sample, tmp_path: Path) -> Iterator[Client]:
    """Whoever downloads `/file`, or `/empty`."""
    app = application(sample, close=lambda: None)
    for name, data in (("file", DATA), ("empty", b"")):
        _serve(app, tmp_path / f"{name}.bin", data)
    with Client(app) as made:
        yield made


def _serve(app: FastAPI, path: Path, data: bytes) -> None:
    path.write_bytes(data)
    os.utime(path, (0, 0))
    download = Download(
        path, len(data), TAG, "application/gzip", sha256(data).hexdigest(), "<m>"
    )

    async def file(request: Request) -> Response:
        return send(request, download)

    app.add_route(f"/{path.stem}", file)


def test_the_whole_file_comes_with_what_it_can_be_checked_by(client: Client) -> None:
    """Its digest, when it last changed, and that it can be had in parts."""
    answer = client.get("/file")

    assert (answer.status_code, answer.content) == (200, DATA)
    digest = b64encode(sha256(DATA).digest()).decode()
    expected = {
        "content-type": "application/gzip",
        "content-length": str(len(DATA)),
        "etag": TAG,
        "last-modified": "Thu, 01 Jan 1970 00:00:00 GMT",
        "accept-ranges": "bytes",
        "repr-digest": f"sha-256=:{digest}:",
        "content-disposition": 'attachment; filename="file.bin"',
        "cache-control": "public, no-cache",
        "link": "<m>",
    }
    assert {name: answer.headers.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=100-199", slice(100, 200)),
        ("bytes=255999-", slice(255_999, None)),
        ("bytes=255000-999999999", slice(255_000, None)),
        ("bytes=-100", slice(-100, None)),
        ("bytes=-999999999", slice(0, None)),
        ("Bytes= 5-6 ", slice(5, 7)),
    ],
)
def test_a_part_comes_as_asked(client: Client, asked: str, part: slice) -> None:
    """The rest of a download that broke off is what it should have been."""
    answer = client.get("/file", range=asked, if_range=TAG)

    assert (answer.status_code, answer.content) == (206, DATA[part])
    start, end, _ = part.indices(len(DATA))
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(DATA)}"
    assert answer.headers["content-length"] == str(end - start)
    assert answer.headers["etag"] == TAG


@pytest.mark.parametrize(
    ("asked", "condition"),
    [
        ("bytes=0-0", '"another"'),
        ("bytes=0-0", f"W/{TAG}"),
        ("bytes=0-0", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("bytes=0-0,5-6", TAG),
        ("bytes=5-3", TAG),
        ("bytes=-", TAG),
        ("bytes=a-b", TAG),
        ("rows=0-5", TAG),
        ("bytes=" + "9" * 5000 + "-", TAG),
    ],
    ids=lambda value: value[:20],
)
def test_the_whole_comes_if_a_part_cannot(
    client: Client, asked: str, condition: str
) -> None:
    """A file that has changed since, and a range that is none, give all of it."""
    answer = client.get("/file", range=asked, if_range=condition)

    assert (answer.status_code, answer.content) == (200, DATA)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/file", "bytes=256000-"),
        ("/file", "bytes=256000-256001"),
        ("/file", "bytes=-0"),
        ("/empty", "bytes=0-"),
        ("/empty", "bytes=-5"),
    ],
)
def test_a_part_behind_the_end_is_refused(
    client: Client, path: str, asked: str
) -> None:
    """The problem says how long the file is."""
    answer = client.get(path, range=asked)

    size = len(DATA) if path == "/file" else 0
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{size}"
    assert answer.json()["type"].endswith("/problems/range-not-satisfiable")


def test_who_has_the_file_does_not_get_it_again(client: Client) -> None:
    """Whatever part of it is asked for."""
    answer = client.get("/file", if_none_match=TAG, range="bytes=0-5")

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == TAG


def test_asking_about_a_file_does_not_read_it(client: Client) -> None:
    """HEAD has the headers of GET for the whole file."""
    got, head = (
        client.get("/file"),
        client.send("HEAD", "/file", None, range="bytes=0-5"),
    )

    assert (head.status_code, head.content) == (200, b"")
    assert lasting(head) == lasting(got)
