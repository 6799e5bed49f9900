import re
from datetime import datetime, timedelta, timezone

import pytest

from registry.views.ckan.naming import identity, name, tag, timestamp


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("registry", "registry"),
        ("table.migr-imm8", "table_migr-imm8"),
        ("register.training-centre", "register_training-centre"),
        ("table." + "a" * 94, "table_" + "a" * 94),
    ],
)
def test_name(key: str, expected: str) -> None:
    """A name is the key, in the characters that CKAN allows."""
    assert name(key) == expected


def test_long_names_are_cut_and_stay_apart() -> None:
    """Keys that differ at their ends only have different names."""
    one, two = name("table." + "a" * 121), name("table." + "a" * 122)

    assert one != two
    assert re.fullmatch(r"[a-z0-9_-]{100}", one)


def test_identity_is_that_of_the_iri() -> None:
    """An id is a UUID of version 5, the same on every server."""
    iri = "http://registry.example/id/catalog/registry"

    assert identity(iri) == "16db601f-4d84-5f2b-b217-66116540e5f6"


def test_timestamp() -> None:
    """A moment is in UTC, without its zone and with microseconds."""
    at = datetime(2026, 1, 1, 2, 0, 0, 5, timezone(timedelta(hours=2)))

    assert timestamp(at) == "2026-01-01T00:00:00.000005"


@pytest.mark.parametrize(
    ("keyword", "expected"),
    [
        ("български език", "български език"),
        ("право (ЕС), 2.0", "право ЕС 2.0"),
        ("  a\tb_c-d ", "a b_c-d"),
        ("!", ""),
        ("a" * 101, "a" * 100),
    ],
)
def test_tag(keyword: str, expected: str) -> None:
    """A tag has letters, digits, blanks, hyphens, underscores and dots."""
    assert tag(keyword) == expected
