"""A digest over a set that is kept while its members come and go.

Each member is hashed to a long number, and the numbers are added up, so the cost
of a change does not grow with the set. The numbers are long because short ones
could be found that add up to the same.

**Source:** M. Bellare and D. Micciancio, A New Paradigm for Collision-Free Hashing
(1997), section 5; the length is that of LtHash as used in practice.
"""

from hashlib import sha256, shake_256

LENGTH = 2048
"""Bytes of the sum."""

_MODULUS = 1 << (8 * LENGTH)

NOTHING = bytes(LENGTH)
"""The sum of the empty set."""


def moved(total: bytes, *, without: bytes | None, with_: bytes | None) -> bytes:
    """Returns the sum after a member left the set, and another joined it."""
    number = int.from_bytes(total)
    number -= _number(without) if without is not None else 0
    number += _number(with_) if with_ is not None else 0
    return (number % _MODULUS).to_bytes(LENGTH)


def digest(total: bytes) -> str:
    """Returns the digest of a sum, in lower-case hexadecimal."""
    return sha256(total).hexdigest()


def _number(member: bytes) -> int:
    return int.from_bytes(shake_256(member).digest(LENGTH))
