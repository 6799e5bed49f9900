"""The codes that may stand in a table, with their names: whole lists of them."""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from registry.iris import RecordId
from registry.kinds import KINDS
from registry.language import Text
from registry.ports import Journal
from registry.statistics.codes import FLAGS
from registry.statistics.labels import place_key
from registry.statistics.structure import FLAG, Role, Structure


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of codes.

    Attributes:
        names: every code with its name per language, in the order of the list.
        broader: code to the one that it is a part of.
    """

    names: Mapping[str, Text]
    broader: Mapping[str, str]


@dataclass
class CodeNames:
    """Reads lists of codes from the journal, once for each of its states.

    Args:
        journal: where they are published.
    """

    journal: Journal
    _read: dict[str, Listed] = field(default_factory=dict)
    _sequence: int = -1
    _lock: Lock = field(default_factory=Lock)

    def of(self, structure: Structure) -> Mapping[str, Listed]:
        """Returns the codes of each dimension but time, and those of `obs_flag`."""
        lists = {FLAG: self.scheme(FLAGS)}
        for dimension in structure.dimensions:
            if dimension.scheme is not None:
                lists[dimension.id] = self.scheme(dimension.scheme)
            elif dimension.role is Role.AREA:
                lists[dimension.id] = self.places()
        return lists

    def scheme(self, key: str) -> Listed:
        """Returns the codes of a code list; none if it is not published."""
        return self._once(f"scheme/{key}", lambda: self._scheme(key))

    def places(self) -> Listed:
        """Returns the codes of all published places that tables may name."""
        return self._once("place", self._places)

    def records(self, types: Sequence[str]) -> Listed:
        """Returns the published records that are of one of the types.

        Their codes are their ids, such as `place/bg`.

        Args:
            types: names of classes, as documents have them.
        """
        return self._once(" ".join(types), lambda: self._records(frozenset(types)))

    def _records(self, types: Set[str]) -> Listed:
        names: dict[str, Text] = {}
        for kind in KINDS:
            for version in self.journal.heads(kind):
                document = json.loads(version.content.document)
                found = document.get("type", [])
                own = {found} if isinstance(found, str) else {*found}
                if not own & types:
                    # All records of a kind have the type of the kind.
                    break
                if version.head.status.public:
                    name = _text(document.get("name") or document.get("title"))
                    names[str(version.head.record)] = name
        return Listed(names, {})

    def _once(self, name: str, read: Any) -> Listed:
        sequence = self.journal.tip()[0]
        with self._lock:
            if sequence != self._sequence:
                self._read.clear()
                self._sequence = sequence
            found = self._read.get(name)
        if found is None:
            found = read()
            with self._lock:
                self._read[name] = found
        return found

    def _scheme(self, key: str) -> Listed:
        version = self.journal.current(RecordId("scheme", key))
        if version is None or not version.head.status.public:
            return Listed({}, {})
        concepts = json.loads(version.content.document)["concepts"]
        names = {_fragment(one): _text(one.get("name")) for one in concepts}
        broader = {
            _fragment(one): _fragment(one["broader"])
            for one in concepts
            if "broader" in one
        }
        return Listed(names, broader)

    def _places(self) -> Listed:
        found = {key: (code, document) for key, code, document in self._published()}
        above = {
            code: found[key][0]
            for code, document in found.values()
            if (key := str(document.get("broader", "")).rpartition("/")[2]) in found
        }
        names = {code: _text(document.get("name")) for code, document in found.values()}
        return Listed(names, above)

    def _published(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for version in self.journal.heads("place"):
            key = version.head.record.key
            document = json.loads(version.content.document)
            code = str(document.get("notation") or document.get("ekatte"))
            if version.head.status.public and place_key(code) == key:
                yield key, code, document


def _fragment(node: Mapping[str, Any] | str) -> str:
    # A node may be written out where it was first referred to.
    iri = node if isinstance(node, str) else str(node["id"])
    return iri.partition("#")[2]


def _text(value: Any) -> Text:
    if not isinstance(value, Mapping):
        return {}
    return {
        tag: str(one[0] if isinstance(one, list) and one else one)
        for tag, one in value.items()
    }
