"""How often one reader may send something, in the memory of one process.

An address is hashed with a salt that lives for a day, so that nobody can be told from
what is kept, and nothing is kept for longer.
"""

import secrets
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request


@dataclass(slots=True)
class Throttle:
    """A number of hits in a time, for each address.

    Attributes:
        rate: as in `5/hour`.
    """

    rate: str
    _item: RateLimitItem = field(init=False)
    _limiter: MovingWindowRateLimiter = field(init=False)
    _salt: tuple[date, bytes] = field(init=False, default=(date.min, b""))

    def __post_init__(self) -> None:
        self._item = parse(self.rate)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, request: Request, today: date) -> bool:
        """Counts a request and says whether it still is within the rate.

        Args:
            request: whose client is counted.
            today: changes the salt with each day.
        """
        if self._salt[0] != today:
            self._salt = (today, secrets.token_bytes(16))
        host = request.client.host if request.client else ""
        key = blake2b(host.encode(), key=self._salt[1], digest_size=16).hexdigest()
        return self._limiter.hit(self._item, key)
