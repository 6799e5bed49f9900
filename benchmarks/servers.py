"""Starts each contender on a free port of 127.0.0.1 and stops it afterwards."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.contenders import FILE
from benchmarks.stores import oxigraph

HOST = "127.0.0.1"
PATIENCE = 600.0
"""Seconds a contender may take to read its data and answer."""
GRACE = 20.0
"""Seconds a contender may take to end, or to answer once it is there."""
INTERVAL = 0.05
"""Seconds between two attempts to reach a contender that is starting."""


@contextmanager
def bare(body: Path) -> Iterator[int]:
    """Serves the bytes of a file from a bare FastAPI route, `/record`."""
    port = _free_port()
    command = _uvicorn("benchmarks.contenders:bare", port)
    with _running(command, port, "/record", {FILE: str(body)}):
        yield port


@contextmanager
def registry(data: Path) -> Iterator[int]:
    """Serves the registry of a data directory."""
    port = _free_port()
    command = _uvicorn("api.main:create_app", port)
    with _running(command, port, "/context/v1.jsonld", {"REGISTRY_DATA": str(data)}):
        yield port


@contextmanager
def rdflib_endpoint(triples: Path) -> Iterator[int]:
    """Serves the triples of a file through rdflib-endpoint at `/sparql`."""
    port = _free_port()
    command = _uvicorn("benchmarks.contenders:rdflib_endpoint", port)
    with _running(command, port, "/sparql", {FILE: str(triples)}):
        yield port


@contextmanager
def oxigraph_serve(store: Path) -> Iterator[int]:
    """Serves a store through `oxigraph serve-read-only` at `/query`."""
    port = _free_port()
    command = [
        oxigraph(),
        "serve-read-only",
        f"--location={store}",
        f"--bind={HOST}:{port}",
        "--union-default-graph",
    ]
    with _running(command, port, "/", {}):
        yield port


def _uvicorn(factory: str, port: int) -> Sequence[str]:
    """Returns the command with the settings of `registry serve`."""
    return [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        factory,
        f"--host={HOST}",
        f"--port={port}",
        "--log-level=warning",
        "--no-access-log",
        "--no-server-header",
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(
    command: Sequence[str], port: int, path: str, environ: Mapping[str, str]
) -> Iterator[None]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            if not _answers(process, port, path):
                log.seek(0)
                raise RuntimeError(f"no answer from {command}: {log.read().decode()}")
            yield
        finally:
            _stop(process)


def _answers(process: subprocess.Popen[bytes], port: int, path: str) -> bool:
    """Waits until the server answers; says whether it does."""
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        connection = http.client.HTTPConnection(HOST, port, timeout=GRACE)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == http.HTTPStatus.OK:
                return True
        except OSError:
            time.sleep(INTERVAL)
        finally:
            connection.close()
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
