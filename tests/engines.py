"""The SPARQL servers that the remote store is tried on."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from registry.store.dialects import Server
from tests import pinned, virtuoso
from tests.serving import free_port

OXIGRAPH = Path(sys.executable).with_name("oxigraph")

START = 20.0
"""Seconds within which `oxigraph serve` has to answer."""


def need(found: object, what: str) -> None:
    """Skips a test for want of a server, which fails where everything has to be run."""
    if not found:
        pinned.missing(f"There is no {what} here.")


@contextmanager
def oxigraph(folder: Path, port: int = 0, *options: str) -> Iterator[Server]:
    """Runs `oxigraph serve` over a folder."""
    need(OXIGRAPH.exists(), "oxigraph")
    port = port or free_port()
    process = subprocess.Popen(
        [
            *(OXIGRAPH, "serve", "--location", folder),
            *("--bind", f"127.0.0.1:{port}", *options),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        transport = httpx.HTTPTransport(retries=8)
        with httpx.Client(transport=transport, timeout=START) as client:
            assert client.get(address).status_code < 500
        yield Server(address, "oxigraph")
    finally:
        process.kill()
        process.wait()


@contextmanager
def virtuoso_server(folder: Path, *, rows: int = 10_000) -> Iterator[Server]:
    """Runs a Virtuoso in a folder."""
    need(virtuoso.VIRTUOSO and virtuoso.ISQL, "virtuoso-opensource-7")
    with virtuoso.running(folder, rows=rows) as started:
        yield Server(started.address, "virtuoso", virtuoso.USER, virtuoso.PASSWORD)
