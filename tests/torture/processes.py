"""The processes of a running registry, as the kernel lists them."""

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROLES: Mapping[str, str] = {
    "projector": "project",
    "query worker": "registry.store.answering:serve",
    "admission worker": "registry.admission:serve",
    "sheet worker": "registry.sheets.worker:serve",
    "helper": "spawn_main;",
}
"""What stands in the command line of each process that another has started."""


def below(pid: int) -> Sequence[int]:
    """Returns the processes that a process started, and those that they started."""
    parents = dict(_parents())
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def of_role(server: int, role: str) -> Sequence[int]:
    """Returns the processes of a running server that do one thing."""
    return [pid for pid in below(server) if ROLES[role] in _words(pid)]


def kill(pid: int) -> bool:
    """Kills a process at once, and says whether it was there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _parents() -> Iterator[tuple[int, int]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        yield int(path.parent.name), int(rest[1])


def _words(pid: int) -> Sequence[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").split()
    except OSError:
        return ()
