"""A private PostgreSQL for tests: one for each process of a run.

Each test has a database of its own in it.

The server is that of Debian (`postgresql`). It listens on a port of the loopback, keeps
its data in a temporary folder, and is stopped by its own process id.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from secrets import token_hex
from tempfile import mkdtemp
from typing import Any

import psycopg
from psycopg import sql

from tests import pinned
from tests.serving import free_port

START = 60.0
"""Seconds within which a server has to answer; it takes one."""

QUICK = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
"""Settings of a server whose data nobody needs after the test."""

_NUMBERS = count()

_SETPRIV = shutil.which("setpriv")
_ENDING = (_SETPRIV, "--pdeathsig", "INT") if _SETPRIV else ()
"""Has the kernel stop a server whose test process was killed."""


def programs() -> Path | None:
    """Returns where the newest PostgreSQL of this machine is, if there is one."""
    found = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = sorted(found, key=lambda path: int(path.parts[-3]))
    return newest[-1].parent if newest else None


def required() -> Path:
    """Returns where PostgreSQL is; without one the test is skipped, but not in CI."""
    found = programs()
    if found is None:
        pinned.missing("There is no PostgreSQL here: apt-get install postgresql")
    return found


@dataclass
class Server:
    """A running server.

    Attributes:
        programs: where its programs are.
        folder: of its data.
        port: of the loopback at which it listens.
        password: of its superuser, who is called `registry`.
        settings: of the server.
    """

    programs: Path
    folder: Path
    port: int
    password: str
    settings: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    def url(self, database: str) -> str:
        """Returns the URL of a database."""
        return f"postgresql://registry:{self.password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Starts it, and returns when it answers."""
        options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "300",
            **self.settings,
        }
        given = [f"--{name}={value}" for name, value in options.items()]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *_ENDING,
                    self.programs / "postgres",
                    "-D",
                    self.folder / "data",
                    *given,
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_as_user(),
            )
        ends = time.monotonic() + START
        while time.monotonic() < ends:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", self.port)) and self._answers():
                    return
            time.sleep(0.05)  # nothing tells that a server is up but asking it
        raise AssertionError((self.folder / "log").read_text())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stops it: at once and in order, unless asked otherwise."""
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(START)
        self.process = None

    def database(self, template: str = "template0") -> str:
        """Makes a database like another one, to which nobody is connected.

        Returns:
            Its URL.
        """
        name = f"test_{next(_NUMBERS)}"
        self.run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return self.url(name)

    @contextmanager
    def databases(self, template: str = "template0") -> Iterator[Callable[[], str]]:
        """Makes databases, which are removed when the block ends."""
        made: list[str] = []

        def make() -> str:
            made.append(self.database(template))
            return made[-1]

        try:
            yield make
        finally:
            for url in made:
                self.drop(url)

    def drop(self, url: str) -> None:
        """Removes a database, whoever is connected to it."""
        name = sql.Identifier(url.rpartition("/")[2])
        self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))

    def cut(self, url: str) -> int:
        """Ends every connection to a database and returns how many there were."""
        ended = sql.SQL(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
        )
        return self.run(ended.format(sql.Literal(url.rpartition("/")[2])))

    def run(self, statement: sql.Composed) -> int:
        """Runs a statement as the superuser and returns how many rows it has."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            return connection.execute(statement).rowcount

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def server(settings: Mapping[str, str]) -> Iterator[Server]:
    """Runs a server of its own until the block ends.

    Args:
        settings: of the server, such as `QUICK`.
    """
    found = required()
    folder = Path(mkdtemp(prefix="registry-postgres-"))
    try:
        made = Server(found, folder, free_port(), token_hex(16), settings)
        _initialise(made)
        made.start()
        try:
            yield made
        finally:
            if made.process is not None:
                made.stop()
    finally:
        shutil.rmtree(folder)


def _initialise(made: Server) -> None:
    secret = made.folder / "secret"
    secret.write_text(made.password)
    if _as_user():
        for path in (made.folder, secret):
            shutil.chown(path, "postgres")
    subprocess.run(
        [
            *(made.programs / "initdb", "-D", made.folder / "data", "--no-sync"),
            *("--locale=C", "--encoding=UTF8", "--username=registry"),
            *("--auth=scram-sha-256", f"--pwfile={secret}"),
        ],
        check=True,
        capture_output=True,
        **_as_user(),
    )


def _as_user() -> dict[str, Any]:
    """Returns how a process is started, since the server refuses to run as root."""
    return {} if os.geteuid() else {"user": "postgres", "cwd": "/"}
