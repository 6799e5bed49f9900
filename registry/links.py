"""Trying the addresses that records link to, as politely as a reader would.

Only because the operator says so, never while somebody waits for an answer. One
request at a time goes out, hosts take turns, and the same host is left alone for a
while between two.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from urllib.parse import urlsplit

from registry import freshness, gaps
from registry.iris import Iris
from registry.ports import Journal, Links

Attempt = Callable[[str], tuple[str, bool] | None]
"""Tries an address: what came of it, whether it is alive; `None` if it may not be."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast.

    Attributes:
        pause: seconds between two requests to the same host.
        clock: tells seconds.
        sleep: waits for some.
    """

    pause: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of trying addresses.

    Attributes:
        alive: how many answered.
        dead: what did not answer, with what came of it.
        refused: how many may not be tried.
    """

    alive: int
    dead: Mapping[str, str]
    refused: int


def due(journal: Journal, links: Links, iris: Iris, before: datetime) -> Sequence[str]:
    """Returns the addresses that were not tried since a moment, hosts in turns."""
    tried = links.tried()
    found = {
        address
        for version in journal.heads()
        if freshness.ages(version)
        for address in gaps.addresses(version, iris)
        if address not in tried or tried[address] < before
    }
    hosts: defaultdict[str, list[str]] = defaultdict(list)
    for address in sorted(found):
        hosts[_host(address)].append(address)
    turns = zip_longest(*hosts.values())
    return [address for turn in turns for address in turn if address is not None]


def check(
    addresses: Sequence[str],
    *,
    links: Links,
    attempt: Attempt,
    pace: Pace,
    progress: Callable[[int], None] = lambda _: None,
) -> Tried:
    """Tries addresses and keeps what came of each.

    Args:
        addresses: as `due` returns them.
        links: where it is kept.
        attempt: tries one.
        pace: how fast.
        progress: is told how many more have been tried.
    """
    alive = refused = 0
    dead: dict[str, str] = {}
    for address in _paced(addresses, pace):
        found = attempt(address)
        progress(1)
        if found is None:
            refused += 1
            continue
        outcome, answered = found
        links.note(address, outcome, alive=answered)
        if answered:
            alive += 1
        else:
            dead[address] = outcome
    return Tried(alive, dead, refused)


def _paced(addresses: Sequence[str], pace: Pace) -> Iterator[str]:
    """Yields addresses, each when its host has been left alone for long enough."""
    free: dict[str, float] = {}
    for address in addresses:
        host = _host(address)
        wait = free.get(host, 0.0) - pace.clock()
        if wait > 0:
            pace.sleep(wait)
        yield address
        free[host] = pace.clock() + pace.pause


def _host(address: str) -> str:
    return urlsplit(address).netloc.lower()
