"""Memory of every process, room on disk of every part, and a storm of writes."""

import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from stat import S_ISREG
from tempfile import TemporaryDirectory

from benchmarks import corpus, peers, servers
from benchmarks.figures import Effort, Figure, Findings
from registry import wiring

WRITES = 300
"""Records that are published one by one while the server projects them."""
PAUSE = 0.1
"""Seconds between two of them, and so many snapshots could be made."""
MOST = 70
"""Snapshots that may be alive: one a second for as long as the longest query of a
reader may take, twice over, and those that are always kept."""


def run(effort: Effort) -> list[Findings]:
    """Measures a registry at rest, and then in a storm."""
    with TemporaryDirectory() as passing:
        root = (effort.keep or Path(passing)) / f"{effort.triples}"
        count = peers.build(root, effort.triples)
        data = root / "data"
        server = servers.served(data, peers.PROCESSES)
        with servers.running(server) as (pid,):
            time.sleep(2 * effort.seconds)  # until the projector has caught up
            memory = _memory(pid)
            disk = _disk(data)
            snapshots, grown = _storm(data, count, effort.sized(WRITES))
    title = f"{count * corpus.QUADS:,} triples"
    return [
        Findings(f"Memory of each process, {title}", "MB", memory, ()),
        Findings(f"Disk of each part, {title}", "MB", disk, ()),
        Findings(
            f"{effort.sized(WRITES)} publications one by one, {title}",
            "",
            {"snapshots at most": snapshots, "MB more of the graph store": grown},
            (Figure("most that may be : snapshots", MOST / snapshots, 1.0),),
        ),
    ]


def _memory(server: int) -> Mapping[str, float]:
    """Returns what the processes below one hold, their shared pages in parts."""
    found: dict[str, float] = {}
    for pid in (server, *_below(server)):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        size = next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
        found[f"{len(found) + 1}. {_job(command)}"] = size / 1024
    return {**found, "all together": sum(found.values())}


def _job(command: list[bytes]) -> str:
    text = b" ".join(command).decode(errors="replace")
    jobs = {
        "registry.store.answering": "query worker",
        "registry.confinement": "checking worker",
        "serve": "server",
        "spawn_main": "web process",
        "forkserver": "starter of projectors",
    }
    return next((job for word, job in jobs.items() if word in text), "helper")


def _below(parent: int) -> list[int]:
    below = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            child = int(stat.parent.name)
            below += [child, *_below(child)]
    return below


def _disk(data: Path) -> Mapping[str, float]:
    """Returns the sizes of the parts; what is linked twice is counted once."""
    seen: set[int] = set()
    sizes: dict[str, float] = {}
    for path in sorted(data.rglob("*")):
        part = path.relative_to(data).parts[0].partition("-")[0]
        try:
            stat = path.lstat()
        except FileNotFoundError:
            continue  # of a snapshot that gave way meanwhile
        if S_ISREG(stat.st_mode) and stat.st_ino not in seen:
            seen.add(stat.st_ino)
            sizes[part] = sizes.get(part, 0.0) + stat.st_blocks * 512 / 1e6
    return {**sizes, "all together": sum(sizes.values())}


def _storm(data: Path, count: int, writes: int) -> tuple[float, float]:
    """Publishes records; returns the most snapshots at a time, and MB more."""
    before = _disk(data).get("store", 0.0)
    most = 1
    with closing(wiring.open_registry(corpus.settings(data))) as registry:
        template = corpus.Template(registry.vocabulary.context)
        for number in range(writes):
            corpus.publish(registry, template, count + number)
            time.sleep(PAUSE)
            most = max(most, len(list((data / "store" / "snapshots").iterdir())))
    return most, max(_disk(data).get("store", 0.0) - before, 0.001)
