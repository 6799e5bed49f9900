import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from registry.directory.passwords import Argon2
from registry.errors import TooMany


@pytest.fixture(scope="module")
def passwords() -> Argon2:
    """Hashes that take no time."""
    return Argon2(8, 1, 1)


def test_a_hash_is_that_of_its_password_alone(passwords: Argon2) -> None:
    """It is argon2id with a salt, and tells its parameters."""
    hashed = passwords.hash("парола с интервали")

    assert hashed.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert hashed != passwords.hash("парола с интервали")
    assert passwords.matches("парола с интервали", hashed)
    assert not passwords.matches("парола", hashed)


def test_nobody_has_a_password(passwords: Argon2) -> None:
    """Where there is no hash, nothing matches, though something is compared."""
    assert not passwords.matches("nobody", None)
    assert not passwords.matches("nobody", "no hash at all")


def test_other_parameters_are_outdated(passwords: Argon2) -> None:
    """A hash of yesterday's parameters is made anew when its person comes."""
    hashed = passwords.hash("one")

    assert not passwords.outdated(hashed)
    assert Argon2(16, 1, 1).outdated(hashed)


def test_only_so_many_wait() -> None:
    """Beyond those who wait, people are asked to come again in a few seconds."""
    crowded = Argon2(64 * 1024, 3, 1, at_once=1, waiting=1)
    start = threading.Barrier(6)

    def come(_: int) -> str:
        start.wait()
        try:
            return crowded.hash("one")[:9]
        except TooMany as error:
            return str(error.extra["retryAfter"])

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(come, range(6)))

    assert outcomes == ["$argon2id"] * 2 + ["5"] * 4
