from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import duckdb
import pytest

from registry.errors import QueryTimeout, ResultTooLarge
from registry.statistics.engine import BATCH, Engine

MEMORY = 256 * 1024**2
ENDLESS = (
    "SELECT count(*) FROM range(100000000) a, range(100000) b "
    "WHERE (a.range * b.range) % 7 = 3"
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path, MEMORY, deadline=60)
    yield made
    made.close()


def test_batches(engine: Engine) -> None:
    """Rows come some thousands at a time, with values bound."""
    with engine.reading() as reader:
        batches = list(reader.batches("SELECT range + ? FROM range(12000)", [1]))
        first = reader.all("SELECT 1")

    assert [len(batch) for batch in batches] == [BATCH, BATCH, 2_000]
    assert batches[-1][-1] == (12_000,)
    assert first == [(1,)]


def test_deadline(tmp_path: Path) -> None:
    """A query that would run for hours is stopped at its deadline."""
    engine = Engine(tmp_path, MEMORY, deadline=0.1)
    started = monotonic()

    with pytest.raises(QueryTimeout) as refused, engine.reading() as reader:
        reader.all(ENDLESS)
    engine.close()

    assert monotonic() - started < 10
    assert refused.value.extra == {"rule": "deadline", "limit": 0.1}
    assert "0.1 seconds" in refused.value.detail["en"]


def test_deadline_of_all_together(tmp_path: Path) -> None:
    """The time counts that all batches of one answer take together."""
    engine = Engine(tmp_path, MEMORY, deadline=1e-9)

    with pytest.raises(QueryTimeout), engine.reading() as reader:
        list(reader.batches("SELECT range FROM range(12000)"))
    engine.close()


def test_others_go_on(tmp_path: Path) -> None:
    """An engine that stopped one reader serves the next one."""
    engine = Engine(tmp_path, MEMORY, deadline=0.5)

    with pytest.raises(QueryTimeout), engine.reading() as reader:
        reader.run(ENDLESS)
    with engine.reading() as reader:
        found = reader.all("SELECT 1")
    engine.close()

    assert found == [(1,)]


def test_nothing_else_is_opened(engine: Engine) -> None:
    """The engine opens nothing outside its folders, and cannot be made to."""
    with engine.working() as cursor:
        with pytest.raises(duckdb.PermissionException):
            cursor.execute("SELECT * FROM read_text('/etc/hostname')")
        with pytest.raises(duckdb.InvalidInputException):
            cursor.execute("SET enable_external_access = true")


def test_memory_is_capped(tmp_path: Path) -> None:
    """What needs too much memory is refused, with the limit."""
    engine = Engine(tmp_path, 100_000, deadline=60)

    with pytest.raises(ResultTooLarge) as refused, engine.working() as cursor:
        cursor.execute("CREATE TABLE t AS SELECT range FROM range(1000000)")
    engine.close()

    assert refused.value.extra == {"limit": 100_000}


def test_scratch_goes_with_it(tmp_path: Path) -> None:
    """The folder for files on the way is gone when the engine is."""
    engine = Engine(tmp_path, MEMORY, deadline=60)
    scratch = engine.scratch
    assert scratch.is_dir()

    engine.close()

    assert not scratch.exists()
