"""How often something was tried lately, in the memory of this process."""

import math
import time

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from registry.errors import TooMany


class MovingAttempts:
    """A `registry.ports.Attempts`: so many within a moving window of time.

    Args:
        most: attempts within the window.
        seconds: that the window has.
    """

    def __init__(self, most: int, seconds: int) -> None:
        self._item = RateLimitItemPerSecond(most, seconds)
        self._storage = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._storage)

    def count(self, *keys: str) -> None:
        """Counts an attempt under every key.

        Raises:
            TooMany: there were too many under one of them; none is counted then.
        """
        for key in keys:
            if not self._limiter.test(self._item, key):
                raise self._refusal(key)
        for key in keys:
            # Between the test and this, others may have used up what was left.
            if not self._limiter.hit(self._item, key):
                raise self._refusal(key)

    def forgive(self, key: str) -> None:
        """Forgets the attempts under a key."""
        self._limiter.clear(self._item, key)

    def _refusal(self, key: str) -> TooMany:
        ends = self._limiter.get_window_stats(self._item, key).reset_time
        wait = max(1, math.ceil(ends - time.time()))
        return TooMany(
            f"There were too many attempts; try again in {wait} seconds.",
            f"Имаше твърде много опити; опитайте отново след {wait} секунди.",
            extra={"retryAfter": wait},
        )
