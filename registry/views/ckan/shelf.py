"""What a search over packages needs to know of each, kept in memory.

It follows the catalogue: what changed is read, and nothing else. Some kilobytes
are kept of each dataset, and its package is made when it is asked for.
"""

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.iris import Iris
from registry.ports import Catalogue, CatalogueState
from registry.views.ckan.packages import Names, Package, package

PAGE = 200
"""Datasets that are read in one step."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A package as a search sees it.

    Attributes:
        key: of the dataset.
        fields: values of the fields that can be searched, by their names.
        words: of its texts, in all languages, without case.
        order: what it is sorted by, by the names of fields.
    """

    key: str
    fields: Mapping[str, frozenset[str]]
    words: frozenset[str]
    order: Mapping[str, str]


def words(*texts: str) -> frozenset[str]:
    """Returns the words of texts, without case."""
    return frozenset(word for text in texts for word in _WORD.findall(text.casefold()))


def entry(key: str, made: Package) -> Entry:
    """Returns what a search needs to know of a package."""
    organisation = made["organization"]
    tags = [each["name"] for each in made["tags"]]
    singles = ("id", "license_id", "name", "state", "type", "metadata_modified")
    return Entry(
        key=key,
        fields={
            **{field: frozenset({made[field]}) for field in singles},
            "dataset_type": frozenset({made["type"]}),
            "capacity": frozenset({"public"}),
            "groups": frozenset(),
            "metadata_created": frozenset({made["metadata_created"]}),
            "organization": frozenset({organisation["name"]} if organisation else ()),
            "owner_org": frozenset({organisation["id"]} if organisation else ()),
            "res_format": frozenset(each["format"] for each in made["resources"]),
            "tags": frozenset(tags),
        },
        words=words(
            made["name"],
            *made["title_translated"].values(),
            *made["notes_translated"].values(),
            *tags,
        ),
        order={
            "id": made["id"],
            "metadata_created": made["metadata_created"],
            "metadata_modified": made["metadata_modified"],
            "name": made["name"],
            "title": made["title"].casefold(),
            "title_string": made["title"].casefold(),
        },
    )


class Shelf:
    """The entries of a catalogue; any number of threads may use one.

    The first reading costs time in proportion to the catalogue, and each later
    one to what has changed since.

    Args:
        catalogue: what is followed.
        iris: the registry's own.
        names: of those whom descriptions only refer to.
    """

    def __init__(self, catalogue: Catalogue, iris: Iris, names: Names) -> None:
        self._catalogue = catalogue
        self._iris = iris
        self._names = names
        self._lock = threading.Lock()
        self._reached: CatalogueState | None = None
        self._entries: dict[str, Entry] = {}

    def entries(self) -> list[Entry]:
        """Returns what the catalogue has now, by the names of the packages."""
        with self._lock:
            self._follow()
            found = list(self._entries.values())
        return sorted(found, key=lambda each: each.order["name"])

    def find(self, name_or_id: str) -> Entry | None:
        """Returns the package with this name or id."""
        given = {name_or_id}
        return next(
            (
                each
                for each in self.entries()
                if not given.isdisjoint(each.fields["name"] | each.fields["id"])
            ),
            None,
        )

    def packages(self, entries: Iterable[Entry]) -> list[Package]:
        """Returns packages, leaving out what was deleted in the meantime."""
        made = (self._package(each.key) for each in entries)
        return [each for each in made if each is not None]

    def _package(self, key: str) -> Package | None:
        described = self._catalogue.dataset(key)
        if described is None:
            return None
        return package(described, self._iris, self._names)

    def _follow(self) -> None:
        state = self._catalogue.state()
        if state == self._reached:
            return
        number = self._reached.number if self._reached else 0
        if self._reached and state.number <= number:
            # The catalogue was made anew, as after a change of what it says of
            # itself, and numbers mean something else.
            self._entries, number = {}, 0
        while changed := self._catalogue.changed(number, PAGE):
            for described in changed:
                number = described.number
                made = package(described, self._iris, self._names)
                self._entries.pop(described.key, None)
                if made is not None:
                    self._entries[described.key] = entry(described.key, made)
        # What was read may be newer than this, and is then read once more.
        self._reached = state
