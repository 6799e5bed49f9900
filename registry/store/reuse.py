"""Answers that are given again while the snapshot is the same.

Only whole answers are kept, never errors, and none of a query whose answer may
differ each time.
"""

from collections import OrderedDict

from registry.ports import Answer, Query

MOST = 1000
"""Answers that are kept at most; few enough to be those that come again soon."""

Key = tuple[str, tuple[str, ...], tuple[str, ...], str]

_FRESH = ("rand", "now", "uuid", "bnode")
"""Functions that give something else each time, also in a longer word: the grammar
of the engine does not need a gap before one."""


def key(query: Query, media_type: str) -> Key | None:
    """Returns what equal questions have in common, `None` if it is to be run anew."""
    text = query.text.strip()
    lower = text.lower()
    if any(name in lower for name in _FRESH):
        return None
    return text, query.default_graphs, query.named_graphs, media_type


class Answers:
    """The answers of one snapshot, those not asked for lately dropped first.

    Args:
        most: bytes of answers and questions to keep; none at 0.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Answer] = OrderedDict()
        self._state = ""
        self.bytes = 0
        self.hits = 0
        self.misses = 0

    def find(self, key: Key, state: str) -> Answer | None:
        """Returns the answer for a snapshot, and counts whether there was one."""
        answer = self._kept.get(key) if state == self._state else None
        if answer is None:
            self.misses += 1
            return None
        self._kept.move_to_end(key)
        self.hits += 1
        return answer

    def keep(self, key: Key, state: str, answer: Answer) -> None:
        """Keeps an answer; those of another snapshot are forgotten."""
        if state != self._state:
            self._kept.clear()
            self.bytes, self._state = 0, state
        if answer.file is None and key not in self._kept:
            self._kept[key] = answer
            self.bytes += _size(key, answer)
        while self.bytes > self._most or len(self._kept) > MOST:
            self.bytes -= _size(*self._kept.popitem(last=False))

    def health(self) -> dict[str, int]:
        """Returns how much is kept, and how often it was of use."""
        return {
            "kept": len(self._kept),
            "bytes": self.bytes,
            "hits": self.hits,
            "misses": self.misses,
        }


def _size(key: Key, answer: Answer) -> int:
    # Python holds Cyrillic text in two bytes a letter, as UTF-8 does.
    return len(answer.body) + 2 * len(key[0])
