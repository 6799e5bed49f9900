"""Hashes of passwords by argon2id, a few at a time.

A hash takes much memory on purpose, so only so many are made at once, and only so
many wait for their turn.

**Source:** RFC 9106 (Argon2), section 4.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from registry.errors import TooMany

AT_ONCE = 2
"""Hashes that are made at one time."""
WAITING = 8
"""Hashes that may wait for their turn; each keeps a thread from answering others."""
RETRY = 5
"""Seconds after which those who came in vain may try again."""


class Argon2:
    """A `registry.ports.Passwords`.

    Args:
        memory: KiB that a hash takes.
        passes: over that memory.
        lanes: that are computed in parallel.
        at_once: hashes that are made at one time.
        waiting: hashes that may wait for their turn.
    """

    def __init__(
        self,
        memory: int,
        passes: int,
        lanes: int,
        *,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
    ) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes, memory_cost=memory, parallelism=lanes, type=Type.ID
        )
        self._working = threading.BoundedSemaphore(at_once)
        self._admitted = threading.BoundedSemaphore(at_once + waiting)
        # As slow to compare with as that of a person.
        self._nobody = self._hasher.hash("nobody")

    def hash(self, password: str) -> str:
        """Returns a salted hash.

        Raises:
            TooMany: too many are waiting for theirs.
        """
        with self._turn():
            return self._hasher.hash(password)

    def matches(self, password: str, hashed: str | None) -> bool:
        """Says whether a password is that of a hash; as slow if there is none.

        Raises:
            TooMany: too many are waiting for theirs.
        """
        with self._turn():
            try:
                self._hasher.verify(hashed or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Says whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._admitted.acquire(blocking=False):
            raise TooMany(
                "Too many people are logging in at this moment; try again shortly.",
                "В момента влизат твърде много хора; опитайте отново след малко.",
                extra={"retryAfter": RETRY},
            )
        try:
            with self._working:
                yield
        finally:
            self._admitted.release()
