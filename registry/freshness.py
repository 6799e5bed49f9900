"""How long what a record says can be relied on before somebody has to look again.

A record is *fresh*, then *ageing*, then *stale*: by the days since somebody last
confirmed or published it, and by how fast what it says tends to change. The days on
which each begins depend on the record alone, so they are kept with it; how fresh it is
follows from them and from today, and nothing has to be worked out anew as time goes by.

Reasons for the lifetimes: `docs/decisions/0020-freshness.md`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from registry.namespaces import ELM, INTG, LOCN, M8G
from registry.record import Version


class Freshness(StrEnum):
    """How far a record can be relied on without asking."""

    FRESH = "fresh"
    AGEING = "ageing"
    """It should be confirmed soon."""
    STALE = "stale"
    """It has not been confirmed for too long."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long something stays as it was seen.

    Attributes:
        fresh: days for which it counts as fresh.
        stale: days after which it counts as stale.
    """

    fresh: int
    stale: int


KINDS: Mapping[str, Lifetime] = MappingProxyType(
    {
        "institution": Lifetime(270, 365),
        "training-centre": Lifetime(270, 365),
        "course": Lifetime(180, 365),
        "service": Lifetime(180, 365),
        "practice": Lifetime(730, 1095),
        "publication": Lifetime(1095, 1825),
        "table": Lifetime(400, 730),
        "dataset": Lifetime(365, 730),
    }
)
"""By kind; what is not here, places and code lists, changes by law, not with time."""

FIELDS: Mapping[str, tuple[str, Lifetime]] = MappingProxyType(
    {
        "telephone": (f"{M8G}telephone", Lifetime(180, 365)),
        "email": (f"{M8G}email", Lifetime(180, 365)),
        "openingHours": (f"{M8G}openingHours", Lifetime(120, 270)),
        "address": (f"{LOCN}address", Lifetime(270, 365)),
        "price": (f"{ELM}priceDetail", Lifetime(180, 365)),
    }
)
"""By term of the context, with its property: what changes faster than the rest."""

_STATED = re.compile(r'<([^>]*)> "(\d{4}-\d\d-\d\d)"')
_VERIFIED = f"{INTG}lastVerifiedOn"


@dataclass(frozen=True, slots=True)
class Ages:
    """The days on which something begins to be less than fresh.

    Attributes:
        since: when it was last confirmed or published.
        fresh_until: the last day on which it is fresh.
        stale_from: the first day on which it is stale.
    """

    since: date
    fresh_until: date
    stale_from: date

    def on(self, day: date) -> Freshness:
        """Returns how fresh it is on a day."""
        if day <= self.fresh_until:
            return Freshness.FRESH
        return Freshness.AGEING if day < self.stale_from else Freshness.STALE


@dataclass(frozen=True, slots=True)
class Aged:
    """What is asked for: records that are this fresh on a day."""

    freshness: Freshness
    on: date


def ages(version: Version) -> Ages | None:
    """Returns how a record ages: as fast as what ages fastest in it.

    Returns:
        `None` for a kind that does not age, and for a record that is not public.
    """
    lifetimes = [lifetime for _, lifetime in _parts(version)]
    if not lifetimes:
        return None
    shortest = Lifetime(
        min(lifetime.fresh for lifetime in lifetimes),
        min(lifetime.stale for lifetime in lifetimes),
    )
    return _from(since(version), shortest)


def fields(version: Version) -> Mapping[str, Ages]:
    """Returns how what changes fast in a record ages, by term of the context."""
    start = since(version)
    return {term: _from(start, lifetime) for term, lifetime in _parts(version) if term}


def since(version: Version) -> date:
    """Returns the day, in UTC, on which a record was last confirmed or published.

    A record may itself say when it was verified: that day then takes the place of the
    day of its publication, which cannot be earlier.
    """
    head = version.head
    published = _day(head.modified)
    stated = max(map(date.fromisoformat, _stated(version)), default=published)
    seen = min(stated, published)
    return max(seen, _day(head.verified)) if head.verified else seen


def _parts(version: Version) -> Iterator[tuple[str, Lifetime]]:
    """Yields the lifetime of a record, under an empty name, and those of its fields."""
    lifetime = KINDS.get(version.head.record.kind)
    if lifetime is None or not version.head.status.public:
        return
    yield "", lifetime
    for term, (predicate, shorter) in FIELDS.items():
        if f" <{predicate}> " in version.content.triples:
            yield term, shorter


def _from(start: date, lifetime: Lifetime) -> Ages:
    return Ages(
        start,
        start + timedelta(days=lifetime.fresh),
        start + timedelta(days=lifetime.stale),
    )


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _stated(version: Version) -> Iterator[str]:
    """Yields the days on which a record says that it was verified."""
    if _VERIFIED not in version.content.triples:
        return
    for line in version.content.triples.splitlines():
        found = _STATED.search(line)
        if found and found[1] == _VERIFIED:
            yield found[2]
