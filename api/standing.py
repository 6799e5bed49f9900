"""How the registry is at this moment, for people and for monitors."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.shelf import Shelf
from api.site import Registry
from registry.ports import Position

SCARCE = 512 * 1024**2
"""Bytes of free disk below which somebody has to make room."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of one web process and of what it reads.

    Attributes:
        tip: number of the newest journal entry.
        published: that of the newest entry that queries see, if there is any.
        queries: how the query workers are.
        catalogue: how far it has come.
        kept: the finished answers in memory.
        mails: those that wait to be sent.
        dump: number of the newest dump and when it was made, if there is one.
        free: bytes of disk that are left for the data.
    """

    tip: int
    published: int | None
    queries: Mapping[str, Any]
    catalogue: Position
    kept: Mapping[str, int]
    mails: int
    dump: tuple[int, datetime] | None
    free: int

    @property
    def lag(self) -> int | None:
        """How many journal entries queries do not see yet."""
        return None if self.published is None else max(0, self.tip - self.published)

    @property
    def behind(self) -> int:
        """How many journal entries the catalogue does not have yet."""
        return max(0, self.tip - self.catalogue.sequence)

    @property
    def ready(self) -> bool:
        """Whether every address can be answered."""
        return self.published is not None and bool(self.queries["alive"])


def standing(registry: Registry, shelf: Shelf) -> Standing:
    """Returns how the registry is; reads a little of each of its files."""
    queries = dict(registry.queries.health())
    published = queries.pop("sequence")
    newest = registry.dumps.latest()
    return Standing(
        tip=registry.journal.tip()[0],
        published=published if isinstance(published, int) else None,
        queries=queries,
        catalogue=registry.catalogue.position(),
        kept=shelf.health(),
        mails=registry.mailer.waiting(),
        dump=(newest.number, newest.at) if newest else None,
        free=shutil.disk_usage(registry.settings.data).free,
    )
