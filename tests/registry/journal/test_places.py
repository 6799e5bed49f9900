import io
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from registry.errors import Invalid, Misconfigured, NotFound
from registry.journal.places import blobs_at, copy, journal_at, place_of
from registry.journal.sql import create, open_
from tests.conftest import BASE
from tests.postgres import Server

Clock = Callable[[], datetime]


def test_a_place_is_a_folder_or_a_url() -> None:
    """Only what looks like a URL is one."""
    assert place_of("postgresql://host/name") == "postgresql://host/name"
    assert place_of("data") == Path("data")
    assert journal_at(Path("data")) == Path("data/journal.sqlite")
    assert journal_at("postgresql://host/name") == "postgresql://host/name"


def test_files_go_with_the_journal_both_ways(
    tmp_path: Path, postgres: Server, clock: Clock
) -> None:
    """From a folder into a database, and from there into another folder."""
    one, two, served = tmp_path / "one", tmp_path / "two", postgres.database()
    one.mkdir()
    with closing(create(journal_at(one), BASE, clock)) as journal:
        blobs = blobs_at(one, journal.engine)
        put = sorted(blobs.put(io.BytesIO(bytes([n]) * n)) for n in range(3))

    there = copy(one, served, clock)
    back = copy(served, two, clock)

    assert there == back
    assert there["blobs"] == 3
    for place in (served, two):
        with closing(open_(journal_at(place), clock)) as journal:
            assert list(blobs_at(place, journal.engine).verify()) == put


def test_a_file_that_was_altered_is_not_copied(
    tmp_path: Path, postgres: Server, clock: Clock
) -> None:
    """Nothing is left in the target, so that the copy can be tried again."""
    one, served = tmp_path / "one", postgres.database()
    one.mkdir()
    with closing(create(journal_at(one), BASE, clock)) as journal:
        digest = blobs_at(one, journal.engine).put(io.BytesIO(b"figures"))
    file = one / "blobs" / digest[:2] / digest
    file.write_bytes(b"Figures")
    with pytest.raises(Invalid):
        copy(one, served, clock)

    file.write_bytes(b"figures")

    assert copy(one, served, clock)["blobs"] == 1


def test_nothing_is_copied_from_nowhere(tmp_path: Path, clock: Clock) -> None:
    """A source without a journal is named, and its blobs are not there either."""
    with pytest.raises(Misconfigured):
        copy(tmp_path / "one", tmp_path / "two", clock)

    with closing(create(tmp_path / "j.sqlite", BASE, clock)) as journal:
        blobs = blobs_at(tmp_path, journal.engine)
    with pytest.raises(NotFound):
        blobs.open("0" * 64)
