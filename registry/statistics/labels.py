"""Names for the codes of a table, and what is said around its figures.

Names stand in the records of code lists and places. They are read from the journal
once for each version of such a record.
"""

import json
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from threading import Lock
from typing import Any

from registry.iris import Iris, RecordId
from registry.language import Text
from registry.ports import Journal
from registry.record import Version
from registry.statistics.structure import Dimension, Role, Structure

REMEMBERED = 512
"""Records whose names are kept."""

_NAMES = ("name", "title", "agentName", "label")


@dataclass(frozen=True, slots=True)
class CodeList:
    """The names of codes and what is above them.

    Attributes:
        names: code to its name per language.
        broader: code to the one above it.
        digest: changes when any of this does.
        own: name of the record itself.
        above: code of the place above, if the record is a place.
    """

    names: Mapping[str, Text]
    broader: Mapping[str, str]
    digest: str
    own: Text = field(default_factory=dict)
    above: str | None = None

    def under(self, code: str, occurring: Collection[str]) -> Sequence[str]:
        """Returns which of the codes are the code or below it."""
        return [one for one in occurring if code in self.path(one)]

    def path(self, code: str) -> Sequence[str]:
        """Returns a code and all that are above it, nearest first."""
        path = [code]
        while (above := self.broader.get(path[-1])) and above not in path:
            path.append(above)
        return path


class Shown(StrEnum):
    """What stands in the cells of a published table."""

    CODES = "codes"
    BULGARIAN = "bg"
    ENGLISH = "en"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Known:
    """The codes of a dimension: those that a table has, and those of its list.

    Attributes:
        occurring: the codes that the table has, in their order.
        list: all codes that there are.
    """

    occurring: Collection[str]
    list: CodeList

    @property
    def listed(self) -> Collection[str]:
        """All codes that there are, as far as they are listed."""
        return self.list.names

    def below(self, code: str) -> Sequence[str]:
        """Returns the codes of the table that are the code or below it."""
        return self.list.under(code, self.occurring)


EMPTY = CodeList({}, {}, "")
"""The code list of periods, which name themselves."""


@dataclass(frozen=True, slots=True)
class Caption:
    """All that a published table says besides its cells.

    Attributes:
        iri: of the data set.
        version: number of the version of the record.
        modified: when that version was published.
        columns: name of each column for people.
        codes: code list of each dimension.
        flags: flag to what it means.
        unit: of the values: its code and its name.
    """

    iri: str
    version: int
    modified: datetime
    title: Text
    description: Text
    publisher: Text
    licence: Text
    note: Text
    sources: Sequence[str]
    columns: Mapping[str, Text]
    codes: Mapping[str, CodeList]
    flags: Mapping[str, Text]
    unit: tuple[str, Text]

    @property
    def digest(self) -> str:
        """Changes when a name does, although the record itself did not."""
        parts = [str(self.unit), str(self.publisher), str(self.flags)]
        parts += [codes.digest for codes in self.codes.values()]
        return sha256("\n".join(parts).encode()).hexdigest()


@dataclass
class Names:
    """Reads names from the journal and remembers them."""

    journal: Journal
    iris: Iris
    _documents: OrderedDict[tuple[RecordId, str], CodeList] = field(
        default_factory=OrderedDict
    )
    _captions: dict[tuple[RecordId, int], tuple[int, Caption]] = field(
        default_factory=dict
    )
    _lock: Lock = field(default_factory=Lock)

    def codes(self, dimension: Dimension, occurring: Collection[str]) -> CodeList:
        """Returns the names of a dimension's codes.

        Args:
            dimension: of a table.
            occurring: its codes in the table, which say which places are needed.
        """
        if dimension.role is Role.TIME:
            return EMPTY
        if dimension.scheme is not None:
            return self.scheme(dimension.scheme)
        return self._places(occurring)

    def scheme(self, key: str) -> CodeList:
        """Returns the codes of a scheme, as their IRIs have them."""
        return self._read(RecordId("scheme", key))

    def caption(
        self,
        version: Version,
        structure: Structure,
        occurring: Mapping[str, Collection[str]],
    ) -> Caption:
        """Returns what is said around the figures of a table's version."""
        sequence = self.journal.tip()[0]
        key = (version.head.record, version.head.version)
        with self._lock:
            known = self._captions.get(key)
        if known is None or known[0] != sequence:
            known = sequence, self._caption(version, structure, occurring)
            with self._lock:
                if len(self._captions) >= REMEMBERED:
                    self._captions.clear()
                self._captions[key] = known
        return known[1]

    def _caption(
        self,
        version: Version,
        structure: Structure,
        occurring: Mapping[str, Collection[str]],
    ) -> Caption:
        document = json.loads(version.content.document)
        provenance = version.head.provenance
        units = self.scheme("unit").names
        return Caption(
            iri=self.iris.thing(version.head.record),
            version=version.head.version,
            modified=version.head.modified,
            title=_text(document.get("title")),
            description=_text(document.get("description")),
            publisher=self._agent(document.get("publisher")),
            licence=_statement(document.get("rights")),
            note=provenance.note,
            sources=[source.iri for source in provenance.sources],
            columns=_columns(document, structure),
            codes={
                dimension.id: self.codes(dimension, occurring[dimension.id])
                for dimension in structure.dimensions
            },
            flags=self.scheme("obs-flag").names if structure.flags else {},
            unit=(structure.unit, units.get(structure.unit, {})),
        )

    def _agent(self, node: Any) -> Text:
        if isinstance(node, Mapping):
            return _name(node)
        record = self.iris.parse(node) if isinstance(node, str) else None
        return self._read(record).own if record else {}

    def _places(self, codes: Collection[str]) -> CodeList:
        """Returns the places with these codes and all those above them."""
        names: dict[str, Text] = {}
        broader: dict[str, str] = {}
        digests = []
        waiting = list(codes)
        while waiting:
            code = waiting.pop()
            if code in names:
                continue
            place = self._read(RecordId("place", place_key(code)))
            names[code] = place.own
            digests.append(place.digest)
            if place.above is not None:
                broader[code] = place.above
                waiting.append(place.above)
        return CodeList(names, broader, _digest(*digests))

    def _read(self, record: RecordId) -> CodeList:
        """Returns the names of a record and of the concepts in it."""
        head = self.journal.head(record)
        if head is None or head.digest is None:
            return EMPTY
        key = (record, head.digest)
        with self._lock:
            found = self._documents.get(key)
            if found is not None:
                self._documents.move_to_end(key)
                return found
        version = self.journal.current(record)
        document = json.loads(version.content.document) if version else {}
        found = self._parsed(document, head.digest)
        with self._lock:
            self._documents[key] = found
            while len(self._documents) > REMEMBERED:
                self._documents.popitem(last=False)
        return found

    def _parsed(self, document: Mapping[str, Any], digest: str) -> CodeList:
        names: dict[str, Text] = {}
        broader: dict[str, str] = {}
        for concept in document.get("concepts", ()):
            code = _fragment(concept["id"])
            names[code] = _name(concept)
            if isinstance(concept.get("broader"), str):
                broader[code] = _fragment(concept["broader"])
        above = self.iris.parse(str(document.get("broader", "")))
        return CodeList(
            names,
            broader,
            digest,
            own=_name(document),
            above=place_code(above.key) if above else None,
        )


def place_key(code: str) -> str:
    """Returns the key of the place that has a code, such as `eu27-2020`."""
    return code.lower().replace("_", "-")


def place_code(key: str) -> str:
    """Returns the code of the place that has a key, such as `EU27_2020`."""
    return key.upper().replace("-", "_")


def _fragment(iri: str) -> str:
    return iri.partition("#")[2]


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()


def _name(node: Mapping[str, Any]) -> Text:
    return next((_text(node[term]) for term in _NAMES if term in node), {})


def _text(value: Any) -> Text:
    if not isinstance(value, Mapping):
        return {}
    return {
        tag: str(one[0] if isinstance(one, list) and one else one)
        for tag, one in value.items()
    }


def _statement(node: Any) -> Text:
    """Returns the terms of use, which are a node of their own."""
    return _text(node.get("description")) if isinstance(node, Mapping) else {}


def _columns(document: Mapping[str, Any], structure: Structure) -> Mapping[str, Text]:
    """Returns the names of the columns; of those without one, the general name."""
    named: dict[str, Text] = {
        component["column"]: _text(component.get("label"))
        for component in document.get("structure", {}).get("component", ())
        if "column" in component
    }
    general = {
        **_GENERAL,
        **{dimension.id: dimension.label for dimension in structure.dimensions},
    }
    return {name: named.get(name) or general[name] for name in structure.columns}


_GENERAL: Mapping[str, Text] = {
    "obs_value": {"bg": "стойност", "en": "value"},
    "obs_flag": {"bg": "бележка", "en": "flag"},
}
