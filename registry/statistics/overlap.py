"""Codes that must not be added up, because somebody may be counted under both.

A code list says which code is a part of which. That is not all: age groups overlap
without one being a part of the other, and lists of citizenships put the members of
a group beside the group. Where nobody says that codes are apart, they are not added.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from registry.language import Text
from registry.statistics.labels import CodeList
from registry.statistics.structure import Dimension, Role

AGES, CITIZENSHIPS = "age", "citizenship"
"""The code lists in which codes can overlap that are not parts of one another."""

INSIDE: Text = MappingProxyType(
    {
        "en": "the first is a part of the second",
        "bg": "първият код е част от втория",
    }
)
APART: Text = MappingProxyType(
    {
        "en": "the code list names nothing that both are parts of",
        "bg": "кодовият списък не посочва цяло, на което и двата да са части",
    }
)
ACROSS: Text = MappingProxyType(
    {
        "en": "these ages overlap, or one of them has no known bounds",
        "bg": "тези възрасти се застъпват или едната е без известни граници",
    }
)
GROUP: Text = MappingProxyType(
    {
        "en": "the first is a group, and the code list does not say of whom",
        "bg": "първият код е група, а кодовият списък не казва кои влизат в нея",
    }
)

_SINGLE = re.compile(r"[A-Z]{2}|STLS|RNC|UNK")
_NO_AGE = "UNK"
_YEARS = re.compile(r"Y?(?P<first>[0-9]{1,3})-(?P<last>[0-9]{1,3})")
_YEAR = re.compile(r"Y(?P<first>[0-9]{1,3})")
_FROM = re.compile(r"Y_GE(?P<first>[0-9]{1,3})|(?P<plus>[0-9]{1,3})-plus")
_BELOW = re.compile(r"Y_LT(?P<end>[0-9]{1,3})")
_OLDEST = 999


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two codes that must not be added up, and why, in words."""

    first: str
    second: str
    reason: Text


def overlap(
    codes: Sequence[str], dimension: Dimension, known: CodeList
) -> Overlap | None:
    """Returns the first two codes that must not be added up, if there are such.

    Args:
        codes: each once.
        dimension: which they are of.
        known: its code list.
    """
    found = _inside(codes, known)
    if found is None and dimension.role is not Role.AREA:
        found = _apart(codes, known)
    if found is None and dimension.scheme == AGES:
        found = _ages(codes)
    if found is None and dimension.scheme == CITIZENSHIPS:
        found = _groups(codes)
    return found


def _inside(codes: Sequence[str], known: CodeList) -> Overlap | None:
    wanted = set(codes)
    for code in codes:
        for above in known.path(code)[1:]:
            if above in wanted:
                return Overlap(code, above, INSIDE)
    return None


def _apart(codes: Sequence[str], known: CodeList) -> Overlap | None:
    roots = [(known.path(code)[-1], code) for code in codes]
    for (root, first), (other, second) in pairwise(roots):
        if root != other:
            return Overlap(first, second, APART)
    return None


def _ages(codes: Sequence[str]) -> Overlap | None:
    bounds = []
    for code in codes:
        if code == _NO_AGE:
            continue
        found = _bounds(code)
        if found is None:
            other = next((one for one in codes if one != code), code)
            return Overlap(code, other, ACROSS)
        bounds.append((*found, code))
    for (_, last, first), (start, _, second) in pairwise(sorted(bounds)):
        if start <= last:
            return Overlap(first, second, ACROSS)
    return None


def _bounds(code: str) -> tuple[int, int] | None:
    """Returns the ages that a code says that it is from and to."""
    if found := _YEARS.fullmatch(code):
        return int(found["first"]), int(found["last"])
    if found := _YEAR.fullmatch(code):
        return int(found["first"]), int(found["first"])
    if found := _FROM.fullmatch(code):
        return int(found["first"] or found["plus"]), _OLDEST
    if found := _BELOW.fullmatch(code):
        return 0, int(found["end"]) - 1
    return None


def _groups(codes: Sequence[str]) -> Overlap | None:
    group = next((code for code in codes if not _SINGLE.fullmatch(code)), None)
    other = next((code for code in codes if code != group), None)
    if group is None or other is None:
        return None
    return Overlap(group, other, GROUP)
