"""The drill: a backup of all the datasets, restored on an empty machine."""

import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from registry.settings import Settings
from registry.store.oxigraph import OxigraphWriter
from registry.wiring import writer
from tests.serving import Operator, free_port

QUICK = 15 * 60.0
"""Seconds within which a restored registry is to answer."""


def projected(data: Path) -> tuple[int, str, str]:
    """Returns how many quads a store has, their hash, and that of the catalogue."""
    digest, count = sha256(), 0
    with writer(Settings(data=data)) as opened:
        assert isinstance(opened.graphs, OxigraphWriter)
        for line in opened.graphs.dump():
            digest.update(line.encode() + b"\n")
            count += 1
        return count, digest.hexdigest(), opened.catalogue.state().digest


def timed(work: Callable[[], object]) -> float:
    """Returns the seconds that something takes."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


def test_a_restored_backup_rebuilds_to_the_same_quads(
    tmp_path: Path, served: Operator
) -> None:
    """The backup is made while the server answers; nothing else is taken along."""
    one = Operator(tmp_path / "one", free_port(), served.base)
    two = Operator(tmp_path / "two", free_port(), served.base)

    def run(operator: Operator, *arguments: str) -> float:
        def work() -> None:
            ran = operator.run(*arguments)
            assert ran.returncode == 0, ran.stderr

        return timed(work)

    kept = run(served, "backup", str(tmp_path / "first"))
    restored = run(one, "restore", str(tmp_path / "first"))
    rebuilt = run(one, "rebuild")
    run(one, "backup", str(tmp_path / "second"))
    run(two, "restore", str(tmp_path / "second"))
    run(two, "rebuild")
    found = projected(one.data)

    assert projected(two.data) == found
    assert one.run("export").stdout == served.run("export").stdout
    assert restored + rebuilt < QUICK
    assert two.run("verify").returncode == 0
    figures = next((two.data / "tables").glob("*/*.parquet")).stem
    (two.data / "blobs" / figures[:2] / figures).unlink()
    refused = two.run("verify")
    assert refused.returncode == 1
    assert "The file of figures of table/" in refused.stderr
    print(  # noqa: T201 - the figures
        f"\nbackup {kept:.1f} s, restore {restored:.1f} s, rebuild {rebuilt:.1f} s: "
        f"{found[0]} quads, hash {found[1]}"
    )
