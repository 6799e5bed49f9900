"""The names and ids of packages: made from the key, so that they never change."""

import re
from datetime import UTC, datetime
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

LONGEST = 100
"""Characters that CKAN lets a name have."""

_DIGEST = 16
_UNTAGGED = re.compile(r"[^\w .-]+")
_BLANKS = re.compile(r"\s+")


def name(key: str) -> str:
    """Returns the name of a package, of `a-z`, digits, hyphens and underscores.

    Keys have no underscores, so that different keys have different names.

    >>> name("table.migr-imm8")
    'table_migr-imm8'
    """
    made = key.replace(".", "_")
    if len(made) <= LONGEST:
        return made
    digest = sha256(key.encode()).hexdigest()[:_DIGEST]
    return f"{made[: LONGEST - _DIGEST - 1]}_{digest}"


def identity(iri: str) -> str:
    """Returns the id of what an IRI names, the same wherever it is asked for."""
    return str(uuid5(NAMESPACE_URL, iri))


def timestamp(at: datetime) -> str:
    """Returns the moment as CKAN writes it: in UTC, without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def tag(keyword: str) -> str:
    """Returns a keyword with the characters that CKAN lets a tag have."""
    return _BLANKS.sub(" ", _UNTAGGED.sub(" ", keyword)).strip()[:LONGEST]
