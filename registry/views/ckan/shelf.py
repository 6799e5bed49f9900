"""What a search over packages needs to know of each, kept in memory.

Some kilobytes are kept of each dataset, and its package is made when it is asked
for.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from registry.iris import Iris
from registry.ports import Catalogue, Described
from registry.views.ckan.packages import Names, Package, package
from registry.views.following import Following

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

    Args:
        catalogue: what is followed.
        iris: the registry's own.
        names: of those whom descriptions only refer to.
    """

    def __init__(self, catalogue: Catalogue, iris: Iris, names: Names) -> None:
        self._catalogue = catalogue
        self._iris = iris
        self._names = names
        self._entries = Following(catalogue, self._entry)

    def entries(self) -> list[Entry]:
        """Returns what the catalogue has now, by the names of the packages."""
        found = self._entries.values().values()
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

    def _entry(self, described: Described) -> Entry | None:
        made = package(described, self._iris, self._names)
        return None if made is None else entry(described.key, made)
