"""A private Virtuoso 7 on the loopback, with its data in a folder of its own."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.servers import HOST, Server, free_port, running

BINARY = Path("/usr/bin/virtuoso-t")
"""Of the Debian package `virtuoso-opensource-7`."""

_CLIENT = "/usr/bin/isql-vt"
_GRAPH = "http://example.org/graph/all"
_LOADING = 280.0

_SETTINGS = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa

[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx

[Parameters]
ServerPort = {host}:{client}
DirsAllowed = {data}
NumberOfBuffers = 60000
MaxDirtyBuffers = 45000
ThreadsPerQuery = 2

[HTTPServer]
ServerPort = {host}:{port}
ServerThreads = 8

[SPARQL]
ResultSetMaxRows = 1000000
"""


@contextmanager
def virtuoso(folder: Path, data: Path) -> Iterator[Server]:
    """Runs a server that holds the triples of a folder; at `/sparql`.

    Args:
        folder: for its files; with those of an earlier run, nothing is loaded again.
        data: holds N-Triples in files `*.nt`.

    Raises:
        RuntimeError: it did not load them; the text is what it said.
    """
    loaded = (folder / "loaded").exists()
    folder.mkdir(exist_ok=True)
    port, client = free_port(), free_port()
    settings = folder / "virtuoso.ini"
    settings.write_text(
        _SETTINGS.format(folder=folder, data=data, host=HOST, port=port, client=client)
    )
    # In the foreground it stays our child, to be stopped by its id.
    command = [str(BINARY), "+foreground", "+configfile", str(settings)]
    server = Server(command, port, "/sparql?query=ASK%7B%7D")
    with running(server):
        if not loaded:
            _load(client, data)
            (folder / "loaded").touch()
        yield server


def _load(port: int, data: Path) -> None:
    statements = (
        f"ld_dir('{data}', '*.nt', '{_GRAPH}');"  # noqa: S608 - all of it is ours
        "rdf_loader_run(); checkpoint;"
        "SELECT COUNT(*) FROM DB.DBA.LOAD_LIST WHERE ll_error IS NULL;"
    )
    done = subprocess.run(
        [_CLIENT, f"{HOST}:{port}", "dba", "dba", f"EXEC={statements}"],
        capture_output=True,
        text=True,
        timeout=_LOADING,
    )
    if done.returncode or not re.search(r"^1$", done.stdout, re.MULTILINE):
        raise RuntimeError(f"{done.stdout}{done.stderr}")
