from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.errors import NotFound
from registry.keeping import LIFETIME, Parcels


class Later:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Later:
    """The first of March."""
    return Later()


@pytest.fixture
def parcels(tmp_path: Path, clock: Callable[[], datetime]) -> Parcels:
    """No parcel yet."""
    return Parcels(tmp_path / "uploads", clock)


def test_a_parcel_is_what_was_left(parcels: Parcels) -> None:
    """Twice the same is one parcel."""
    first = parcels.keep("a-1", {"one": b"1", "two": b"22"})
    second = parcels.keep("a-1", {"two": b"22", "one": b"1"})

    assert first == second
    assert parcels.file("a-1", first, "two").read_bytes() == b"22"


@pytest.mark.parametrize(
    ("owner", "name"), [("a-2", "one"), ("a-1", "two"), ("a-1", "../one")]
)
def test_nobody_else_finds_it(parcels: Parcels, owner: str, name: str) -> None:
    """Nor is anything found that was not left."""
    parcel = parcels.keep("a-1", {"one": b"1"})

    with pytest.raises(NotFound):
        parcels.file(owner, parcel, name)


@pytest.mark.parametrize("parcel", ["", "..", "x" * 64, "a" * 63])
def test_what_is_no_id_is_not_looked_for(parcels: Parcels, parcel: str) -> None:
    """A parcel is known by a digest alone."""
    parcels.keep("a-1", {"one": b"1"})

    with pytest.raises(NotFound):
        parcels.file("a-1", parcel, "one")


def test_a_parcel_expires(parcels: Parcels, clock: Later) -> None:
    """It is not found any more, and gone when the next one is left."""
    parcel = parcels.keep("a-1", {"one": b"1"})
    clock.at += LIFETIME - timedelta(seconds=1)
    assert parcels.file("a-1", parcel, "one").exists()

    clock.at += timedelta(seconds=1)

    with pytest.raises(NotFound):
        parcels.file("a-1", parcel, "one")
    assert parcels.sweep() == 1
    assert not list(parcels.folder.glob("*/*"))


def test_a_parcel_is_let_go(parcels: Parcels) -> None:
    """Twice does no harm."""
    parcel = parcels.keep("a-1", {"one": b"1"})

    parcels.discard("a-1", parcel)
    parcels.discard("a-1", parcel)

    assert not list(parcels.folder.glob("*/*"))


def test_others_on_the_machine_cannot_look(parcels: Parcels) -> None:
    """The folder of a person is for the registry alone."""
    parcels.keep("a-1", {"one": b"1"})

    (folder,) = parcels.folder.iterdir()
    assert folder.stat().st_mode & 0o077 == 0
