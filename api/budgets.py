"""What one client may use up of the query service within a minute.

Counted in memory, by the network address of the client, and written down nowhere.
"""

import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import Request

from registry.errors import TooMany
from registry.language import Text

_MICROSECONDS = 1_000_000
_WORTHWHILE = 0.02
"""Seconds that are worth being written down at once."""
_CLIENTS = 10_000
"""Clients whose small amounts are remembered."""


class Budgets:
    """Seconds of queries, failures, and queries at one time, of each client.

    Args:
        seconds: that its queries may run within a minute; 0 for no limit.
        errors: queries that may fail within a minute; 0 for no limit.
        parallel: queries at one time; 0 for no limit.
    """

    def __init__(self, *, seconds: float, errors: int, parallel: int) -> None:
        self._seconds, self._errors, self._parallel = seconds, errors, parallel
        self._time = RateLimitItemPerMinute(int(seconds * _MICROSECONDS), 1, "time")
        self._failures = RateLimitItemPerMinute(errors, 1, "failures")
        # A window of fixed length counts what is spent beyond the limit as well.
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._running: Counter[str] = Counter()
        self._small: dict[str, float] = {}

    def check(self, client: str) -> None:
        """Lets a client ask, if it has not used up its time and failures.

        Raises:
            TooMany: it has; `extra` says of what, and when to come again.
        """
        if self._seconds and not self._limiter.test(self._time, client):
            raise self._spent("client-seconds", self._seconds, self._time, client)
        if self._errors and not self._limiter.test(self._failures, client):
            raise self._spent("client-errors", self._errors, self._failures, client)

    @contextmanager
    def running(self, client: str) -> Iterator[None]:
        """Counts a query of a client while it is worked on.

        Raises:
            TooMany: there are as many as there may be.
        """
        if self._parallel and self._running[client] >= self._parallel:
            raise _too_many("client-parallel", self._parallel, 1)
        self._running[client] += 1
        try:
            yield
        finally:
            self._running[client] -= 1
            if not self._running[client]:
                del self._running[client]

    def spend(self, client: str, seconds: float) -> None:
        """Counts the time that a query of a client has run."""
        if not self._seconds:
            return
        # The storage starts a thread each time, so small amounts are put together.
        seconds += self._small.pop(client, 0.0)
        if seconds >= _WORTHWHILE:
            cost = math.ceil(seconds * _MICROSECONDS)
            self._limiter.hit(self._time, client, cost=cost)
            return
        if len(self._small) >= _CLIENTS:
            self._small.clear()
        self._small[client] = seconds

    def fail(self, client: str) -> None:
        """Counts a query of a client that could not be answered."""
        if self._errors:
            self._limiter.hit(self._failures, client)

    def _spent(
        self, rule: str, limit: float, item: RateLimitItem, client: str
    ) -> TooMany:
        ends = self._limiter.get_window_stats(item, client).reset_time
        return _too_many(rule, limit, max(1, math.ceil(ends - time.time())))


def _too_many(rule: str, limit: float, wait: int) -> TooMany:
    said = _LIMITED[rule]
    return TooMany(
        said["en"].format(limit=f"{limit:g}", wait=wait),
        said["bg"].format(limit=f"{limit:g}", wait=wait),
        extra={"rule": rule, "limit": limit, "retryAfter": wait},
    )


_LIMITED: dict[str, Text] = {
    "client-seconds": {
        "en": "Your queries have run for {limit} seconds within a minute, which is the "
        "limit; try again in {wait} s.",
        "bg": "За една минута заявките Ви са работили {limit} секунди, колкото е "
        "ограничението; опитайте отново след {wait} с.",
    },
    "client-errors": {
        "en": "{limit} of your queries have failed within a minute, which is the "
        "limit; try again in {wait} s.",
        "bg": "За една минута {limit} Ваши заявки завършиха с грешка, колкото е "
        "ограничението; опитайте отново след {wait} с.",
    },
    "client-parallel": {
        "en": "{limit} of your queries are being worked on, which is the limit; wait "
        "for one of them.",
        "bg": "В момента се изпълняват {limit} Ваши заявки, колкото е ограничението; "
        "изчакайте някоя от тях.",
    },
}


def client_of(request: Request) -> str:
    """Returns who counts as one client: an address, or a network of IPv6.

    It is the address that the connection comes from. The server puts that of the
    client behind a proxy in its place, only for the proxies in `site.proxies`.
    """
    return _network(request.client.host if request.client else "")


@lru_cache(maxsize=4096)
def _network(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    # One customer of a provider usually has that many addresses.
    return str(ip_network((int(address), 64), strict=False))
