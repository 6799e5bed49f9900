"""`python -m benchmarks [NAME]... [--quick]`, the names being those of its modules."""

import argparse
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from benchmarks import (
    aggregates,
    catalogue,
    checking,
    pages,
    publishing,
    rebuild,
    records,
    sheets,
    sparql,
    tables,
)
from benchmarks.figures import FULL, QUICK, Effort, Findings

BENCHMARKS: Mapping[str, Callable[[Effort], Sequence[Findings]]] = MappingProxyType(
    {
        "records": records.run,
        "sparql": sparql.run,
        "rebuild": rebuild.run,
        "tables": tables.run,
        "aggregates": aggregates.run,
        "sheets": sheets.run,
        "pages": pages.run,
        "catalogue": catalogue.run,
        "checking": checking.run,
        "publishing": publishing.run,
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
    given = parser.parse_args()
    for name in given.names:
        if name not in BENCHMARKS:
            parser.error(f"there is no benchmark {name}")
    print(f"{_machine()}\n", flush=True)
    for name in given.names or BENCHMARKS:
        for findings in BENCHMARKS[name](QUICK if given.quick else FULL):
            print(findings, end="\n\n", flush=True)


def _machine() -> str:
    """Returns what the ratios were measured on, and what else it was doing."""
    return (
        f"Python {platform.python_version()} on {os.cpu_count()} processors of "
        f"{platform.machine()}, load average {os.getloadavg()[0]:.1f} at the start"
    )


if __name__ == "__main__":
    main()
