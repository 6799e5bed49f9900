"""What is damaged or gone when the server starts is made anew, and the log says so."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from registry.store.oxigraph import read_current
from tests.serving import READY, Operator, free_port

LOADED = (
    "schemes/place-level.csv",
    "schemes/citizenship.csv",
    "schemes/countries.csv",
    "places/nuts.csv",
)
ASKED = (
    "sparql?query=SELECT%20%28COUNT%28%2A%29%20AS%20%3Fn%29%20%7B%20GRAPH%20%3Fg%20"
    "%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20%7D",
    "records?kind=place&limit=100",
    "catalog",
    "doc/place/bg422.jsonld",
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Operator, list[str]]:
    """A registry of the places, which a server has projected, and its answers."""
    operator = Operator(tmp_path_factory.mktemp("whole") / "data", free_port())
    assert operator.run("init").returncode == 0
    assert operator.run("load", *LOADED).returncode == 0
    with operator.serving():
        found = answers(operator)
    return operator, found


@contextmanager
def served(operator: Operator, log: Path) -> Iterator[None]:
    """Runs a server that writes its log to a file."""
    with log.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "registry.cli.main", "serve"],
            env=operator.environment,
            stdout=told,
            stderr=told,
            start_new_session=True,
            text=True,
        )
    try:
        operator.wait(process)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def answers(operator: Operator) -> list[str]:
    """Returns what queries, lists, the catalogue and a record say."""
    accepted = ("sparql-results+json", "ld+json", "n-triples")
    headers = {"Accept": ", ".join(f"application/{name}" for name in accepted)}
    with httpx.Client(base_url=operator.address, headers=headers) as client:
        found = [client.get(path) for path in ASKED]
    return [f"{each.status_code} {sorted_text(each.text)}" for each in found]


def sorted_text(text: str) -> str:
    """Returns a document with the members of its objects in order."""
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return text


def snapshot(data: Path) -> Path:
    """Returns the snapshot that readers open."""
    current = read_current(data / "store")
    assert current is not None
    return current.path


def spoil(path: Path) -> None:
    """Overwrites the middle of a file, under a new name: others may be linked to it."""
    body = bytearray(path.read_bytes())
    half = len(body) // 2
    body[half : half + 64] = os.urandom(64)
    path.unlink()
    path.write_bytes(body)


def spoil_all(folder: Path, pattern: str) -> None:
    """Overwrites part of each file that a pattern names."""
    found = list(folder.glob(pattern))
    assert found
    for path in found:
        spoil(path)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "the store is gone": (lambda data: shutil.rmtree(data / "store"), ""),
    "the live store is damaged": (
        lambda data: spoil_all(data / "store" / "live", "*.sst"),
        "damaged graph store rebuilt",
    ),
    "the snapshot is damaged": (
        lambda data: spoil_all(snapshot(data), "*.sst"),
        "damaged snapshot replaced",
    ),
    "the snapshot is gone": (
        lambda data: shutil.rmtree(snapshot(data)),
        "damaged snapshot replaced",
    ),
    "the snapshot lacks a file": (
        lambda data: (snapshot(data) / "CURRENT").unlink(),
        "damaged snapshot replaced",
    ),
    "the lists are gone": (lambda data: (data / "lists.sqlite").unlink(), ""),
    "the lists are damaged": (
        lambda data: (data / "lists.sqlite").write_bytes(b"x" * 9000),
        "damaged projection removed",
    ),
    "the catalogue is gone": (lambda data: (data / "catalogue.sqlite").unlink(), ""),
    "the catalogue is damaged": (
        lambda data: os.truncate(data / "catalogue.sqlite", 5000),
        "damaged projection removed",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_start_mends_what_is_damaged(
    tmp_path: Path, whole: tuple[Operator, list[str]], damage: str
) -> None:
    """All answers are as they were, without anybody's doing."""
    sound, before = whole
    operator = Operator(tmp_path / "data", free_port(), sound.base)
    shutil.copytree(sound.data, operator.data)
    do, told = DAMAGE[damage]
    do(operator.data)

    with served(operator, tmp_path / "log"):
        ends = time.monotonic() + READY
        after = answers(operator)
        # The projector mends beside the server, which is answering meanwhile.
        while after != before and time.monotonic() < ends:
            time.sleep(0.1)
            after = answers(operator)

    assert after == before
    assert told in (tmp_path / "log").read_text()
