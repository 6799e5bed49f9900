"""How often people may hand in, upload and comment: what is checked costs time.

Counted in the memory of one process, by person and by organisation, and written down
nowhere.
"""

import math
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from registry.errors import TooMany
from registry.language import Text
from registry.people import Person

_RULES: dict[str, Text] = {
    "person": {
        "en": "You have sent {limit} documents, files and comments within a minute, "
        "which is the limit; try again in {wait} s.",
        "bg": "За една минута изпратихте {limit} документа, файла и коментара, колкото "
        "е ограничението; опитайте отново след {wait} с.",
    },
    "organisation": {
        "en": "Your organisation has sent {limit} documents, files and comments within "
        "a minute, which is the limit; try again in {wait} s.",
        "bg": "За една минута организацията Ви изпрати {limit} документа, файла и "
        "коментара, колкото е ограничението; опитайте отново след {wait} с.",
    },
}


class Pace:
    """What people send within a minute.

    Args:
        person: what one may send; 0 for no limit.
        organisation: what all people of one may send; 0 for no limit.
    """

    def __init__(self, *, person: int, organisation: int) -> None:
        self._person = RateLimitItemPerMinute(person, 1, "person")
        self._organisation = RateLimitItemPerMinute(organisation, 1, "organisation")
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, person: Person) -> None:
        """Counts something that a person sends, also for each organisation of theirs.

        Raises:
            TooMany: there was too much; `extra` says of what, and when to come again.
        """
        counted = [(self._person, person.actor)]
        counted += [(self._organisation, one) for one in sorted(person.roles)]
        for item, key in counted:
            if item.amount and not self._limiter.hit(item, key):
                raise self._refusal(item, key)

    def _refusal(self, item: RateLimitItem, key: str) -> TooMany:
        ends = self._limiter.get_window_stats(item, key).reset_time
        wait = max(1, math.ceil(ends - time.time()))
        said = _RULES[item.namespace]
        return TooMany(
            said["en"].format(limit=item.amount, wait=wait),
            said["bg"].format(limit=item.amount, wait=wait),
            extra={"rule": item.namespace, "limit": item.amount, "retryAfter": wait},
        )
