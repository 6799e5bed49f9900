"""A registry of the real data as its operator starts it: by the command line."""

import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import httpx

from tests import commands

UNLIMITED = MappingProxyType(
    {
        f"REGISTRY_{name}": "0"
        for name in (
            "ENGINE__CLIENT_SECONDS",
            "ENGINE__CLIENT_ERRORS",
            "ENGINE__CLIENT_PARALLEL",
            "DESK__PERSON",
            "DESK__ORGANISATION",
        )
    }
)
"""Settings for tests, which all together would be one client."""

READY = 300.0
"""Seconds that a server may take until its queries see all of the journal.

It takes two or three; a busy machine is slow, which is no fault of the server.
"""


def inherited() -> Mapping[str, str]:
    """Returns the environment, without what keeps Python from keeping bytecode.

    An installed product has its bytecode, and starts in half the time.
    """
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def free_port() -> int:
    """Returns a port of the loopback that nobody listens on.

    It is below those that the system gives to clients (Linux and IANA): a client that
    keeps asking for a server that is away is given the port of that server some time,
    connects with itself, and the server cannot have it for a minute.
    """
    while True:
        port = random.randrange(20_000, 32_768)  # noqa: S311 - not a secret
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass(frozen=True)
class Operator:
    """Somebody with a data directory and the command `registry`.

    Attributes:
        data: the data directory.
        port: where the server listens.
        base: base of every IRI; the address of the server if left empty.
        settings: other variables of the environment.
    """

    data: Path
    port: int
    base: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "base", self.base or self.address)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            **inherited(),
            "REGISTRY_DATA": str(self.data),
            "REGISTRY_SITE__BASE": self.base,
            "REGISTRY_SITE__PORT": str(self.port),
            # Asked by address, whatever name its IRIs have.
            "REGISTRY_SITE__HOSTS": "127.0.0.1",
            **self.settings,
        }

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Starts the command in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "registry.cli.main", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Runs the command to its end, whatever its exit status."""
        return commands.run(arguments, self.environment)

    @contextmanager
    def serving(
        self, *arguments: str, caught_up: bool = True
    ) -> Iterator["subprocess.Popen[str]"]:
        """Runs the server until the block ends, then stops it as a service would.

        Args:
            *arguments: of the command `serve`.
            caught_up: whether to wait until its queries see all of the journal, which
                is in vain while others write.
        """
        process = subprocess.Popen(
            [sys.executable, "-m", "registry.cli.main", "serve", *arguments],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            self.wait(process, caught_up=caught_up)
            yield process
        finally:
            process.terminate()
            process.wait(30)

    def wait(self, process: "subprocess.Popen[str]", *, caught_up: bool = True) -> None:
        """Returns when the server is up and its queries see the whole journal."""
        ends = time.monotonic() + READY
        with httpx.Client(base_url=self.address) as client:
            while time.monotonic() < ends:
                assert process.poll() is None, "the server ended"
                try:
                    health = client.get("health").json()
                    if health["ready"] and (health["lag"] == 0 or not caught_up):
                        return
                except httpx.TransportError:
                    pass
                # Nothing tells that a port is open but trying it.
                time.sleep(0.05)
        raise AssertionError("the server was not ready in time")
