"""Words that differ by one slip: a letter missing, added, wrong or swapped.

Two words that are one slip apart have something in common once each may lose a
letter. What is left of a word when it loses one is therefore kept with it, and
candidates are found by equality alone.

Source: Garbe, symmetric delete spelling correction (2012); Damerau (1964).
"""

from collections.abc import Iterator

LEAST = 4
"""Letters that a word needs to be corrected, or to be offered as correction."""


def remains(key: str) -> Iterator[str]:
    """Yields the key, and what is left of it when it loses one letter."""
    yield key
    for n in range(len(key)):
        yield key[:n] + key[n + 1 :]


def apart_by_one_slip(one: str, other: str) -> bool:
    """Says whether a single slip leads from one key to the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    one, other = one[start:], other[start:]
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[1::-1] and one[2:] == other[2:])
    )
