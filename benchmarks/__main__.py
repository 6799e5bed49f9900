"""`python -m benchmarks [NAME]... [--quick]`, the names being those of its modules."""

import argparse
import json
import os
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from types import MappingProxyType

from benchmarks import (
    aggregates,
    catalogue,
    checking,
    footprint,
    loading,
    pages,
    peers,
    publishing,
    rebuild,
    records,
    sheets,
    tables,
)
from benchmarks.figures import FULL, QUICK, Effort, Findings

BENCHMARKS: Mapping[str, Callable[[Effort], Iterable[Findings]]] = MappingProxyType(
    {
        "peers": peers.run,
        "records": records.run,
        "rebuild": rebuild.run,
        "tables": tables.run,
        "aggregates": aggregates.run,
        "sheets": sheets.run,
        "pages": pages.run,
        "catalogue": catalogue.run,
        "checking": checking.run,
        "publishing": publishing.run,
        "loading": loading.run,
        "footprint": footprint.run,
    }
)


def main() -> None:
    """Runs the benchmarks that are named, or all of them, and prints the findings."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument(
        "--quick",
        action="store_true",
        help="take little data and time; the figures then mean nothing",
    )
    parser.add_argument(
        "--triples",
        type=int,
        default=FULL.triples,
        help="hold so many in peers and footprint (%(default)s)",
    )
    parser.add_argument(
        "--keep", type=Path, help="make their data in this folder, and use them again"
    )
    parser.add_argument(
        "--record", type=Path, help="add the findings to a file, for benchmarks.charts"
    )
    given = parser.parse_args()
    for name in given.names:
        if name not in BENCHMARKS:
            parser.error(f"there is no benchmark {name}")
    print(f"{_machine()}\n", flush=True)
    effort = QUICK if given.quick else FULL
    effort = replace(effort, triples=given.triples, keep=given.keep)
    for name in given.names or BENCHMARKS:
        for findings in BENCHMARKS[name](effort):
            print(findings, end="\n\n", flush=True)
            if given.record:
                with given.record.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(findings)) + "\n")


def _machine() -> str:
    """Returns what the ratios were measured on, and what else it was doing."""
    return (
        f"Python {platform.python_version()} on {os.cpu_count()} processors of "
        f"{platform.machine()}, load average {os.getloadavg()[0]:.1f} at the start"
    )


if __name__ == "__main__":
    main()
