"""Finished answers kept in memory, as many bytes of them as a setting allows.

Each is kept with the position of what it was made from, and is given out only to
whoever names the same position. Whoever has not been asked for longest goes first.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

SHARE = 8
"""The largest answer that is kept has this part of all bytes."""

_OVERHEAD = 600
"""Bytes that an answer takes beside those of its body, its headers and its key."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole answer with the status 200.

    Attributes:
        position: of what it was made from.
        headers: by name in lower case, as they are sent.
        body: as it is sent, compressed or not.
        route: the pattern of the address, for the log.
    """

    position: Hashable
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes
    route: str = ""

    @property
    def tag(self) -> str:
        """The `ETag`, or an empty text."""
        return self.header(b"etag")

    def header(self, name: bytes) -> str:
        """Returns the first header of a name, or an empty text."""
        found = (value for known, value in self.headers if known == name)
        return next(found, b"").decode("latin-1")


class Shelf:
    """Answers by what was asked; to be used on one thread, that of the event loop.

    Args:
        most: bytes that all of them may take; none are kept if it is 0.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[Hashable, ...], Kept] = OrderedDict()
        self._bytes = self._hits = self._misses = 0

    def take(self, key: tuple[Hashable, ...], position: Hashable) -> Kept | None:
        """Returns the answer, if there is one made at that very position."""
        kept = self._kept.get(key)
        if kept is not None and kept.position == position:
            self._kept.move_to_end(key)
            self._hits += 1
            return kept
        self._misses += 1
        return None

    def again(self, key: tuple[Hashable, ...], position: Hashable) -> Kept | None:
        """Returns what `take` does, for whoever goes on to that if it is nothing."""
        kept = self._kept.get(key)
        if kept is None or kept.position != position:
            return None
        self._kept.move_to_end(key)
        self._hits += 1
        return kept

    def put(self, key: tuple[Hashable, ...], kept: Kept) -> None:
        """Keeps an answer in place of an older one, unless it is too large."""
        self._remove(key)
        size = _size(key, kept)
        if size > self._most // SHARE:
            return
        self._kept[key] = kept
        self._bytes += size
        while self._bytes > self._most:
            self._remove(next(iter(self._kept)))

    def _remove(self, key: tuple[Hashable, ...]) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._bytes -= _size(key, kept)

    def health(self) -> Mapping[str, int]:
        """Returns how many answers there are, their bytes, and how often they served.

        `hits` and `misses` count what was asked for since the start.
        """
        return {
            "answers": len(self._kept),
            "bytes": self._bytes,
            "hits": self._hits,
            "misses": self._misses,
        }


def _size(key: tuple[Hashable, ...], kept: Kept) -> int:
    headers = sum(len(name) + len(value) for name, value in kept.headers)
    asked = sum(len(part) for part in key if isinstance(part, str | bytes))
    return _OVERHEAD + asked + headers + len(kept.body)
