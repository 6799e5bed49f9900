"""Starts contenders on free ports of 127.0.0.1 and stops them afterwards."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from benchmarks.contenders import FILE
from benchmarks.stores import oxigraph

HOST = "127.0.0.1"
PATIENCE = 600.0
"""Seconds a server may take to read its data and answer."""
GRACE = 20.0
"""Seconds a server may take to end, or to answer once it is there."""
INTERVAL = 0.05
"""Seconds between two attempts to reach a server that is starting."""


@dataclass(frozen=True, slots=True)
class Server:
    """How to start one contender.

    Attributes:
        probe: a path that is answered with 200 as soon as it is ready.
    """

    command: Sequence[str]
    port: int
    probe: str
    environ: Mapping[str, str] = field(default_factory=dict)


def bare(body: Path) -> Server:
    """Returns a bare FastAPI route, `/record`, that has the bytes of a file."""
    return _uvicorn("benchmarks.contenders:bare", "/record", {FILE: str(body)})


def bare_lines(folder: Path) -> Server:
    """Returns bare FastAPI routes, each with the lines of a file of a folder."""
    environ = {FILE: str(folder)}
    return _uvicorn("benchmarks.contenders:bare_lines", "/openapi.json", environ)


def bare_slices(parquet: Path) -> Server:
    """Returns a bare FastAPI route, `/slice`, over the table of a Parquet file."""
    environ = {FILE: str(parquet)}
    return _uvicorn("benchmarks.contenders:bare_slices", "/slice", environ)


def registry(
    data: Path, *, keeping: bool = True, reusing: bool = True, columns: bool = True
) -> Server:
    """Returns the registry of a data directory.

    Args:
        data: the directory.
        keeping: whether finished answers are kept for whoever asks the same.
        reusing: whether answers to queries are.
        columns: whether sums over tables may be worked out from their columns.
    """
    environ = {"REGISTRY_DATA": str(data)}
    if not keeping:
        environ["REGISTRY_SITE__READY"] = "0"
    if not reusing:
        environ["REGISTRY_ENGINE__REUSE_BYTES"] = "0"
    if not columns:
        environ["REGISTRY_ENGINE__COLUMNS"] = "false"
    return _uvicorn("api.main:create_app", "/context/v1.jsonld", environ)


def served(data: Path, workers: int) -> Server:
    """Returns the registry as its operator starts it, but for budgets and dumps.

    All that is asked comes from one address, and a dump would be made meanwhile.
    """
    port = free_port()
    unlimited = ("CLIENT_SECONDS", "CLIENT_ERRORS", "CLIENT_PARALLEL")
    environ = {
        "REGISTRY_DATA": str(data),
        "REGISTRY_SITE__PORT": str(port),
        "REGISTRY_DUMPS__EVERY": "0",
        **{f"REGISTRY_ENGINE__{name}": "0" for name in unlimited},
    }
    command = [sys.executable, "-m", "registry.cli.main", "serve"]
    return Server(
        [*command, f"--workers={workers}"], port, "/context/v1.jsonld", environ
    )


def floor(body: Path, workers: int) -> Server:
    """Returns the least that answers: uvicorn, and a function with the bytes."""
    environ = {FILE: str(body)}
    server = _uvicorn("benchmarks.contenders:floor", "/", environ)
    command = [*server.command, f"--workers={workers}", "--no-proxy-headers"]
    return replace(server, command=command)


def rdflib_endpoint(triples: Path) -> Server:
    """Returns rdflib-endpoint over the triples of a file, at `/sparql`."""
    environ = {FILE: str(triples)}
    return _uvicorn("benchmarks.contenders:rdflib_endpoint", "/sparql", environ)


def oxigraph_serve(store: Path) -> Server:
    """Returns `oxigraph serve-read-only` over a store, at `/query`."""
    port = free_port()
    command = [
        oxigraph(),
        "serve-read-only",
        f"--location={store}",
        f"--bind={HOST}:{port}",
        "--union-default-graph",
    ]
    return Server(command, port, "/")


def _uvicorn(factory: str, probe: str, environ: Mapping[str, str]) -> Server:
    """Returns an application under the settings of `registry serve`."""
    port = free_port()
    command = [
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
    return Server(command, port, probe, environ)


def free_port() -> int:
    """Returns a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(*servers: Server) -> Iterator[Sequence[int]]:
    """Starts all servers, and stops them when the block ends.

    Yields:
        The ids of their processes.

    Raises:
        RuntimeError: one of them does not answer; the text is what it said.
    """
    with ExitStack() as stack:
        started = [stack.enter_context(_started(server)) for server in servers]
        for server, (process, log) in zip(servers, started, strict=True):
            if not _answers(server, process):
                log.seek(0)
                raise RuntimeError(f"{server.command}: {log.read().decode()}")
        yield [process.pid for process, _ in started]


@contextmanager
def _started(server: Server) -> Iterator[tuple[subprocess.Popen[bytes], BinaryIO]]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            server.command,
            env={**os.environ, **server.environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            yield process, log
        finally:
            _stop(process)


def _answers(server: Server, process: subprocess.Popen[bytes]) -> bool:
    """Waits until the server answers; says whether it does."""
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        connection = http.client.HTTPConnection(HOST, server.port, timeout=GRACE)
        try:
            connection.request("GET", server.probe)
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
