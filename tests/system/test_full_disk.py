"""A disk that is full, or takes nothing in, while people hand in and accept."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import httpx
import pytest

from tests.serving import Operator, free_port
from tests.torture import office

SIZE = "24m"
"""Of the disk: a registry and a little more."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own; only who may mount has one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = _mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place))
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _mount(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["mount", *arguments], check=False, capture_output=True)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Fills a disk to its last byte, and makes room again."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            pass
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def mounted(image: Path, place: Path) -> Iterator[None]:
    """Has a file as a disk, with a file system that mends itself when mounted."""
    made = _mount("-o", "loop", str(image), str(place))
    if made.returncode:
        pytest.skip(made.stderr.decode())
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def asking(operator: Operator) -> httpx.Client:
    """Returns a client of a server, with patience."""
    return httpx.Client(base_url=operator.address, timeout=60)


def submit(
    client: httpx.Client, token: str, title: str, language: str = "en"
) -> httpx.Response:
    """Hands in a practice under its title as key."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": title,
        "Accept-Language": language,
    }
    return client.post(
        "submissions?kind=practice", json=office.document(title), headers=headers
    )


def until_refused(client: httpx.Client, token: str) -> tuple[int, httpx.Response]:
    """Hands in until the disk takes no more; returns how many, and the refusal."""
    for number in range(1000):
        answer = submit(client, token, f"more-{number}")
        if answer.status_code != 201:
            return number, answer
    raise AssertionError("the disk is not full")


def test_a_full_disk_refuses_and_recovers(disk: Path) -> None:
    """Readers notice nothing; whoever writes is told to come again, and then may."""
    operator = Operator(disk / "data", free_port())
    assert operator.run("init").returncode == 0
    assert operator.run("load", "schemes/place-level.csv").returncode == 0
    ann = office.tokens(operator)["ann"]
    with operator.serving() as server, asking(operator) as client:
        assert submit(client, ann, "before").status_code == 201
        with full(disk):
            kept, refusal = until_refused(client, ann)
            bulgarian = submit(client, ann, "refused", "bg")
            read = client.get("doc/scheme/place-level.jsonld")
            asked = client.get("sparql", params={"query": "ASK { ?s ?p ?o }"})
            alive = server.poll() is None
        again = submit(client, ann, "refused")
        last = submit(client, ann, f"more-{kept}")
        operator.wait(server)
    verified = operator.run("verify")

    assert (refusal.status_code, bulgarian.status_code) == (503, 503)
    assert refusal.json()["type"] == f"{operator.base}problems/storage"
    assert refusal.json()["reason"] == "full"
    assert refusal.headers["retry-after"] == "30"
    assert "диска" in bulgarian.json()["detail"]
    assert alive
    assert (read.status_code, asked.status_code) == (200, 200)
    assert (again.status_code, last.status_code) == (201, 201)
    assert verified.returncode == 0, verified.stderr
    # Two for the code list, and one for each that was acknowledged.
    assert f"{2 + 1 + kept + 2} entries" in verified.stderr


def test_a_disk_that_turns_read_only_refuses_and_recovers(tmp_path: Path) -> None:
    """As the kernel does after an error: readers go on, and nothing is lost."""
    image, place = tmp_path / "image", tmp_path / "disk"
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(64 * 1024**2)
    if not which("mkfs.ext4"):
        pytest.skip("no file system can be made here")
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    operator = Operator(place / "data", free_port())
    with mounted(image, place):
        assert operator.run("init").returncode == 0
        assert operator.run("load", "schemes/place-level.csv").returncode == 0
        ann = office.tokens(operator)["ann"]
        with operator.serving() as server, asking(operator) as client:
            assert submit(client, ann, "before").status_code == 201
            operator.wait(server)
            assert _mount("-o", "remount,abort", str(place)).returncode == 0
            refusal = submit(client, ann, "refused")
            read = client.get("doc/scheme/place-level.jsonld")
            asked = client.get("sparql", params={"query": "ASK { ?s ?p ?o }"})
    with mounted(image, place):
        with operator.serving(), asking(operator) as client:
            before = submit(client, ann, "before")
            again = submit(client, ann, "refused")
        verified = operator.run("verify")

    assert refusal.status_code == 503
    assert refusal.json()["type"] == f"{operator.base}problems/storage"
    assert (read.status_code, asked.status_code) == (200, 200)
    assert (before.status_code, again.status_code) == (201, 201)
    assert verified.returncode == 0, verified.stderr
    assert "4 entries" in verified.stderr
