"""A folder of snapshots to query, and a small graph to publish in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from registry.store.oxigraph import OxigraphWriter
from tests.registry.store import pools

BASE = "http://example.org/"

Publish = Callable[..., None]


def graph(key: str, count: int = 2) -> tuple[str, str]:
    """Returns the graph of a made-up record: some names in both languages."""
    thing = f"{BASE}id/place/{key}"
    label = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
    triples = "".join(
        f'<{thing}#n{number}> {label} "Място {number}"@bg .\n'
        for number in range(count)
    )
    return f"{BASE}graph/place/{key}", triples


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[OxigraphWriter]:
    """A writer over an empty store."""
    with OxigraphWriter(tmp_path / "store", BASE) as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a snapshot of two thousand and one quads."""
    path = tmp_path_factory.mktemp("store")
    with OxigraphWriter(path, BASE) as writer:
        writer.fill((pools.graph(key) for key in range(20)), 20)
        writer.publish()
    return path
