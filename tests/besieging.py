"""A server under attack: how it is set, its processes, and what they take."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tests.serving import UNLIMITED, Operator

TORTURE = int(os.environ.get("REGISTRY_TEST_TORTURE", "0"))
"""How many hostile queries `make torture` sends; without it, the tests are short and
leave time to machines that have other work."""

DEADLINE = 2.0
MARGIN = 0.5 if TORTURE else 10.0
"""Seconds within which a query is answered, and how exactly."""
MEMORY = 768 * 1024**2
PROCESSES = 4
"""Workers that there are at most: two for short queries, one for long ones, and one
for the background."""

TIGHT = MappingProxyType(
    {
        **UNLIMITED,
        "REGISTRY_ENGINE__SHORT": "0.3",
        "REGISTRY_ENGINE__DEADLINE": str(DEADLINE),
        "REGISTRY_ENGINE__MEMORY": str(MEMORY),
        "REGISTRY_ENGINE__RESULT_BYTES": str(32 * 1024**2),
        "REGISTRY_JOBS__DEADLINE": "5",
        "REGISTRY_JOBS__CLIENT": "8",
    }
)


@dataclass(frozen=True)
class Besieged:
    """A running server.

    Attributes:
        operator: who started it.
        pid: of its web process.
    """

    operator: Operator
    pid: int

    @property
    def address(self) -> str:
        return self.operator.address

    def workers(self) -> Sequence[int]:
        """Returns the query workers that run."""
        return [pid for pid in self._pids() if _WORKER in command(pid)]

    def confined(self) -> Sequence[int]:
        """Returns the workers that run, of queries and of all else."""
        return [pid for pid in self._pids() if _CONFINED in command(pid)]

    def permanent(self) -> set[int]:
        """Returns the processes that run beside all workers."""
        return {pid for pid in self._pids() if _CONFINED not in command(pid)}

    def children(self) -> set[int]:
        """Returns the processes that run beside the query workers."""
        return {pid for pid in self._pids() if _WORKER not in command(pid)}

    def _pids(self) -> Sequence[int]:
        return [
            int(pid)
            for task in Path(f"/proc/{self.pid}/task").iterdir()
            for pid in _read(task / "children").split()
        ]

    def memory(self) -> int:
        """Returns the bytes that the web process has in memory."""
        return resident(self.pid)


_WORKER = b"registry.store.answering"
_CONFINED = b"registry.confinement"


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # the thread has ended


def command(pid: int) -> bytes:
    """Returns the command of a process, nothing if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def resident(pid: int) -> int:
    """Returns the bytes that a process has in memory, none if it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGESIZE")
