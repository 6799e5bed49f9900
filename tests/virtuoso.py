"""A Virtuoso of a test: its own files, ports of the loopback, ended by its id."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.serving import free_port

VIRTUOSO = shutil.which("virtuoso-t")
ISQL = shutil.which("isql-vt")

START = 90.0
"""Seconds within which it has to answer; it makes its database in eight."""

USER, PASSWORD = "registry", "secret"

_SETTINGS = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
MaxClientConnections = 10
CheckpointInterval = 60
DirsAllowed = .
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
ThreadsPerQuery = 2
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = .
ServerThreads = 10
Charset = UTF-8
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryCostEstimationTime = {estimate}
MaxQueryExecutionTime = {seconds}
"""


@dataclass
class Virtuoso:
    """A running Virtuoso.

    Attributes:
        folder: of its database.
        port: of HTTP.
        sql: the port of its own protocol.
        process: what runs, once it has begun.
    """

    folder: Path
    port: int
    sql: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def execute(self, statements: str) -> str:
        """Carries out SQL as its administrator."""
        assert ISQL
        done = subprocess.run(
            [ISQL, f"127.0.0.1:{self.sql}", "dba", "dba", f"exec={statements}"],
            check=True,
            capture_output=True,
        )
        return done.stdout.decode()

    def kill(self) -> None:
        """Ends it as a loss of power would, but for what the disk still holds."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def begin(self) -> None:
        """Starts it, and waits until it answers."""
        assert VIRTUOSO
        (self.folder / "virtuoso.lck").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [VIRTUOSO, "+foreground", "+configfile", "virtuoso.ini"],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        ends = time.monotonic() + START
        while not self._answers():
            assert time.monotonic() < ends, self._log()
            # Nothing tells when it listens, but its end may be waited for.
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.2)
                raise AssertionError(self._log())

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/sparql", timeout=5).is_success
        except httpx.HTTPError:
            return False

    def _log(self) -> str:
        path = self.folder / "virtuoso.log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""


@contextmanager
def running(
    folder: Path,
    *,
    rows: int = 10_000,
    estimate: int = 400,
    seconds: int = 60,
    buffers: int = 10_000,
) -> Iterator[Virtuoso]:
    """Runs a Virtuoso in a folder, with a user who may write.

    Args:
        folder: for its database, made if need be.
        rows: that it gives at most, as Debian sets it.
        estimate: seconds that it may expect a query to take.
        seconds: that a query may take.
        buffers: pages of 8 KiB that it keeps in memory.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port, sql = free_port(), free_port()
    settings = _SETTINGS.format(
        port=port,
        sql=sql,
        rows=rows,
        estimate=estimate,
        seconds=seconds,
        buffers=buffers,
        dirty=buffers * 3 // 4,
    )
    (folder / "virtuoso.ini").write_text(settings)
    made = Virtuoso(folder, port, sql)
    try:
        made.begin()
        made.execute(
            f"DB.DBA.USER_CREATE('{USER}', '{PASSWORD}');"
            f'GRANT SPARQL_UPDATE TO "{USER}";'
        )
        yield made
    finally:
        made.kill()
