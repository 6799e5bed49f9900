from datetime import UTC, datetime, timedelta, timezone

import pytest

from api.caching import etag, etag_of, http_date, is_known

TAG = '"abc-ttl"'


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (None, False),
        (TAG, True),
        (f"W/{TAG}", True),  # the comparison is the weak one
        (f'"x", {TAG}', True),
        (f'"x",W/{TAG} , "y"', True),
        ("*", True),
        (" * ", True),
        ('"abc"', False),
        ("abc-ttl", False),
        ("", False),
        ('"' * 100_000, False),
        ('W/"' * 100_000, False),
    ],
)
def test_if_none_match(header: str | None, known: bool) -> None:
    """A reader has the representation if any tag of the list is its tag."""
    assert is_known(header, TAG) is known


def test_tags_differ() -> None:
    """Content, format and whatever else the bytes depend on make the tag."""
    tags = {
        etag("a" * 64, "ttl"),
        etag("b" * 64, "ttl"),
        etag("a" * 64, "nt"),
        etag("a" * 64, "ttl", "record", 7),
        etag_of(b"a"),
        etag_of(b"b"),
    }

    assert len(tags) == 6
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


def test_http_date() -> None:
    """A moment in any zone is written in GMT."""
    at = datetime(2026, 3, 1, 14, 0, tzinfo=timezone(timedelta(hours=2)))

    assert http_date(at) == "Sun, 01 Mar 2026 12:00:00 GMT"
    assert http_date(at.astimezone(UTC)) == "Sun, 01 Mar 2026 12:00:00 GMT"
