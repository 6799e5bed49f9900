"""Versions below which a dependency has a weakness that matters here."""

import re
from pathlib import Path

import pytest

LOCK = (Path(__file__).parents[1] / "requirements.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "floor", "why"),
    [
        ("authlib", (1, 9, 1), "CSRF and others in its clients"),
        ("python-multipart", (0, 0, 27), "CVE-2026-24486, -40347, -42561"),
        ("starlette", (0, 49, 1), "CVE-2025-62727, CVE-2025-54121"),
        ("jinja2", (3, 1, 6), "CVE-2025-27516"),
        ("h11", (0, 16, 0), "CVE-2025-43859"),
    ],
)
def test_lock_is_above_known_weaknesses(
    name: str, floor: tuple[int, ...], why: str
) -> None:
    """No version that is known to be weak comes back into the lock."""
    found = re.search(rf"^{name}==([\d.]+)", LOCK, re.MULTILINE)

    assert found, name
    assert tuple(map(int, found[1].split("."))) >= floor, why
