from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.statistics.engine import Engine
from registry.statistics.holding import Held, Holding
from tests.registry.statistics.cubes import small, write


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path, 256 * 1024**2, deadline=60)
    yield made
    made.close()


def test_read_once(engine: Engine, tmp_path: Path) -> None:
    """A table is read once, with its codes and how often they occur."""
    structure, rows = small()
    file = write(tmp_path / "a.parquet", structure, rows)
    holding = Holding(engine, most=100)

    held = holding.table(file, structure)

    assert holding.table(file, structure) is held
    assert held.rows == 4
    assert held.codes["sex"] == {"F": 1, "M": 1, "T": 2}


def test_let_go(engine: Engine, tmp_path: Path) -> None:
    """What was not asked for the longest is let go, and read again when needed."""
    structure, rows = small()
    files = [write(tmp_path / f"{n}.parquet", structure, rows) for n in "abc"]
    holding = Holding(engine, most=8)

    first, second, _ = (holding.table(file, structure) for file in files)

    assert holding.table(files[1], structure) is second
    assert holding.table(files[0], structure) is not first


def test_narrowed() -> None:
    """Filters that leave nothing out are dropped, and codes that do not occur."""
    held = Held("t", 3, {"sex": {"F": 1, "M": 2}, "geo": {"BG": 3}})

    assert held.narrowed({"sex": ("M", "X"), "geo": ("BG", "RO")}) == {"sex": ["M"]}
    assert held.narrowed({"geo": ("RO",)}) == {"geo": []}
