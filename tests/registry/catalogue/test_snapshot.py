from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.catalogue.snapshot import Snapshot
from registry.catalogue.store import Store
from registry.ports import Position, Standing

DAWN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def snapshot(tmp_path: Path) -> Iterator[Snapshot]:
    """Five datasets, each a day after the one before, the third of them deleted."""
    store = Store(tmp_path / "catalogue.sqlite", lambda t: {"nt": t.encode(), "x": b""})
    days = {key: DAWN + timedelta(days=n) for n, key in enumerate("abcde")}
    made = [Standing(key, at, key, at, at) for key, at in days.items()]
    store.write([*made, Standing("c", days["e"], "", DAWN, DAWN)], Position(1, 0))
    opened = store.open()
    yield opened
    opened.close()
    store.close()


@pytest.mark.parametrize(
    ("since", "skip", "limit", "found"),
    [
        pytest.param(None, 0, None, b"abde", id="all of them"),
        pytest.param(None, 1, 2, b"bd", id="a page"),
        pytest.param(None, 4, 2, b"", id="past the end"),
        pytest.param(1, 0, None, b"bde", id="changed since"),
        pytest.param(1, 1, 1, b"d", id="a page of what changed since"),
        pytest.param(5, 0, None, b"", id="nothing changed since"),
    ],
)
def test_fragments_come_by_key(
    snapshot: Snapshot, since: int | None, skip: int, limit: int | None, found: bytes
) -> None:
    """Deleted datasets are left out, and so are those that have not changed."""
    moment = None if since is None else DAWN + timedelta(days=since)

    fragments = snapshot.fragments("nt", since=moment, skip=skip, limit=limit)

    assert b"".join(fragments) == found


def test_datasets_are_counted(snapshot: Snapshot) -> None:
    """Deleted datasets do not count, and others only if they have changed."""
    assert snapshot.count() == 4
    assert snapshot.count(DAWN + timedelta(days=3)) == 2
    assert snapshot.count(DAWN + timedelta(days=3, microseconds=1)) == 1
