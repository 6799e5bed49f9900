"""The dataset files of the registry, read row by row as records.

    CSV row ──► cells ──► the mapping's templates ──► JSON-LD document, provenance

Only what concerns the file is checked here: its format, its keys, its dates and
addresses. Whether a code exists and whether the record is complete is for the
shapes to say, as for every other way in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from registry.iris import KEY, Iris, RecordId
from registry.ports import Dataset, Row, RowError
from registry.record import Provenance, Source
from registry.sources.mapping import FileMapping, mappings
from registry.sources.rules import CellError, broken
from registry.sources.table import Line, count, read
from registry.sources.template import (
    Json,
    Scope,
    fill,
    fill_text,
    holes,
    key_of,
    members,
)


def datasets(folder: Path, iris: Iris) -> Sequence[Dataset]:
    """Returns the datasets that the folder declares, in loading order.

    Raises:
        Misconfigured: a mapping file is missing or does not keep to the language.
    """
    return [CsvDataset(folder, mapping, iris) for mapping in mappings(folder)]


@dataclass(frozen=True, slots=True)
class CsvDataset:
    """A CSV file of the datasets folder with its mapping."""

    folder: Path
    mapping: FileMapping
    iris: Iris

    @property
    def name(self) -> str:
        """Its file, relative to the datasets folder."""
        return self.mapping.file

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.folder / self.mapping.file

    def __len__(self) -> int:
        """Returns how many records the file describes: its rows, or just one."""
        return 1 if self.mapping.nested else count(self.path)

    def rows(self) -> Iterator[Row | RowError]:
        """Reads the file from its start, one record at a time.

        Where all rows make one record, an error in any of them leaves no record.
        """
        lines = read(self.path, self.name, self.mapping.needed)
        if not self.mapping.nested:
            yield from self._one_by_one(lines)
            return
        try:
            yield from self._together(lines, *self.mapping.nested)
        except CellError as error:
            # No row is to blame: a constant of the mapping breaks a rule.
            yield self._report(1, error)

    def _one_by_one(self, lines: Iterator[Line | RowError]) -> Iterator[Row | RowError]:
        seen: dict[str, int] = {}
        for line in lines:
            if isinstance(line, RowError):
                yield line
                continue
            try:
                key = self._key(line.cells)
                self._once(seen, key, line, self.mapping.key)
                yield self._row(line.number, key, line.cells)
            except CellError as error:
                yield self._report(line.number, error)

    def _together(
        self, lines: Iterator[Line | RowError], term: str, template: Mapping[str, Json]
    ) -> Iterator[Row | RowError]:
        key = self._key({})
        scope = self._scope(key, {})
        seen: dict[str, int] = {}
        nodes: list[Json] = []
        whole = True
        for line in lines:
            problem = line if isinstance(line, RowError) else None
            if isinstance(line, Line):
                cells = {**scope.cells, **line.cells}
                try:
                    node = fill(template, replace(scope, cells=cells))
                    self._once(seen, _id(node), line, str(template["id"]))
                    nodes.append(node)
                except CellError as error:
                    problem = self._report(line.number, error)
            if problem:
                whole = False
                yield problem
        if whole:
            yield self._row(1, key, {}, {term: nodes})

    def _key(self, cells: Mapping[str, str]) -> str:
        written = fill_text(self.mapping.key, self._scope("", cells)) or ""
        key = key_of(written)
        if key and not KEY.match(key):
            raise CellError("bad-key", holes(self.mapping.key)[0], written)
        return key

    def _once(self, seen: dict[str, int], key: str, line: Line, template: str) -> None:
        """Notes where the key stands, which may be only once in a file."""
        column = holes(template)[0]
        if not key:
            raise CellError("empty-key", column, "")
        if key in seen:
            value = line.cells.get(column, key)
            raise CellError("duplicate-key", column, value, first=seen[key])
        seen[key] = line.number

    def _scope(self, key: str, cells: Mapping[str, str]) -> Scope:
        thing = self.iris.thing(RecordId(self.mapping.kind, key))
        return Scope(self.iris.base, thing, {**self.mapping.constants, **cells})

    def _row(
        self,
        line: int,
        key: str,
        cells: Mapping[str, str],
        nested: Mapping[str, Json] = MappingProxyType({}),
    ) -> Row:
        scope = self._scope(key, cells)
        return Row(
            line=line,
            record=RecordId(self.mapping.kind, key),
            document={
                "id": scope.thing,
                **members(self.mapping.record, scope),
                **nested,
            },
            provenance=_provenance(fill(self.mapping.provenance, scope)),
            cells=cells,
            columns=self.mapping.columns,
        )

    def _report(self, line: int, error: CellError) -> RowError:
        return broken(
            self.name, line, error.rule, error.column, error.value, **error.details
        )


def _id(node: Json) -> str:
    """Returns the IRI of a nested node, or nothing if its row had no key."""
    return str(node.get("id", "")) if isinstance(node, Mapping) else ""


def _provenance(filled: Any) -> Provenance:
    """Returns the provenance that the template of a mapping was filled to."""
    found = filled or {}
    return Provenance(
        sources=tuple(
            Source(source["iri"], source.get("issued"))
            for source in found.get("sources", ())
            if "iri" in source
        ),
        name_seen_in=tuple(found.get("nameSeenIn", ())),
        note=found.get("note", {}),
    )
