"""The codes that tables may use: those of published code lists and places."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.errors import NotFound
from registry.iris import RecordId
from registry.ports import Journal
from registry.statistics.labels import place_key
from registry.statistics.structure import FLAG, Role, Structure

FLAGS = "obs-flag"
"""The code list of flags."""

Broader = Mapping[str, str | None]
"""Codes, each with the code that it is a part of, if there is one."""


@dataclass
class CodeLists:
    """The code lists of one registry, each read once.

    Args:
        journal: where they are published.
    """

    journal: Journal
    _lists: dict[str, Broader] = field(default_factory=dict)
    _places: dict[str, str | None] = field(default_factory=dict)

    def of(self, structure: Structure) -> Mapping[str, Broader]:
        """Returns the codes of each dimension but time, and those of `obs_flag`.

        Raises:
            NotFound: a code list of the structure is not published.
        """
        lists: dict[str, Broader] = {FLAG: self._scheme(FLAGS)}
        for dimension in structure.dimensions:
            if dimension.scheme is not None:
                lists[dimension.id] = self._scheme(dimension.scheme)
            elif dimension.role is Role.AREA:
                lists[dimension.id] = self._areas()
        return lists

    def _scheme(self, key: str) -> Broader:
        if key not in self._lists:
            version = self.journal.current(RecordId("scheme", key))
            if version is None or not version.head.status.public:
                raise NotFound(
                    f"The code list {key} is not published. Load it first.",
                    f"Кодовият списък {key} не е публикуван. Заредете първо него.",
                )
            self._lists[key] = dict(_concepts(json.loads(version.content.document)))
        return self._lists[key]

    def _areas(self) -> Broader:
        if not self._places:
            found = dict(self._published_places())
            codes = {key: code for key, (code, _) in found.items()}
            self._places = {
                code: codes.get(broader or "") for code, broader in found.values()
            }
        return self._places

    def _published_places(self) -> Iterator[tuple[str, tuple[str, str | None]]]:
        """Yields the key of each place, its code, and the key of what contains it."""
        for version in self.journal.heads("place"):
            key = version.head.record.key
            document = json.loads(version.content.document)
            code = document.get("notation") or document.get("ekatte")
            if version.head.status.public and place_key(str(code)) == key:
                broader = document.get("broader")
                yield key, (code, broader and broader.rpartition("/")[2])


def _concepts(document: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    for concept in document["concepts"]:
        broader = concept.get("broader")
        # A node that was written out where it was first referred to.
        above = broader["id"] if isinstance(broader, Mapping) else broader
        yield concept["id"].partition("#")[2], above and above.partition("#")[2]
