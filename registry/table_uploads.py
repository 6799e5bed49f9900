"""Figures that people hand in for a table: template, check, and what is submitted.

    template ──► file ──► check in the sandbox ──► parcel ──► document ──► submission
                              │
                              └──► the same file with remarks

For a table with a threshold nothing but the table after disclosure control leaves the
check: the file itself is kept nowhere, not even until it is submitted.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from registry import uploads
from registry.errors import Conflict, NotFound, ResultTooLarge
from registry.iris import Iris, RecordId
from registry.language import LANGUAGES, Text
from registry.ports import Blobs, Journal, TableRow, Tables
from registry.record import Provenance, Source, Version
from registry.sandbox import Caller
from registry.sheets.faults import Fault
from registry.statistics import description, parquet, restoring, table, templates
from registry.statistics.code_names import CodeNames
from registry.statistics.description import Data
from registry.statistics.structure import FLAG, Structure
from registry.statistics.templates import Blank

WORKBOOK_ROWS = 50_000
"""Rows that a template may have as a workbook."""

SHOWN = 100
"""Cells with remarks that are listed."""

_CSV = "text/csv"


class KeptTables(Tables, Protocol):
    """Where the observations of tables are."""

    def file(self, version: Version) -> Path:
        """Returns the Parquet file of a table's version."""


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that differs from what is published.

    Attributes:
        happened: `added`, `changed` or `removed`.
        codes: of the cell.
        old: value and flag as published.
        new: value and flag as they would be.
    """

    happened: str
    codes: Sequence[str]
    old: tuple[str | None, str | None]
    new: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a file.

    Attributes:
        key: of the table.
        part: whether the rest of the table stays as it is.
        based_on: the version that it was compared with.
        said: what the sandbox said, as JSON.
        text: the table as it would be published, as CSV; empty for a refused file.
    """

    key: str
    part: bool
    based_on: int
    said: Mapping[str, Any]
    text: bytes

    @property
    def markable(self) -> bool:
        """Whether the file can be given back with its faults where they are."""
        return uploads.markable(self.faults)

    @property
    def sound(self) -> bool:
        """Whether it may be submitted."""
        return not self.said["findings"]

    @property
    def faults(self) -> Sequence[Fault]:
        """Everything that is wrong, by rule and line."""
        named = self.said.get("headings", {})
        return [
            Fault(
                line,
                named.get(found["column"], found["column"]),
                found["rule"],
                value,
                found["message"],
            )
            for found in self.said["findings"]
            for line, value in found["cells"] or [(0, "")]
        ]

    @property
    def count(self) -> int:
        """How many faults there are, listed or not."""
        return sum(found["count"] for found in self.said["findings"])

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return int(self.said.get("rows", 0))

    @property
    def withheld(self) -> Mapping[str, int] | None:
        """How many figures are withheld: `primary` for being small, `secondary`.

        `None` for a table without a threshold.
        """
        found: Mapping[str, int] | None = self.said.get("withheld")
        return found

    @property
    def totals(self) -> Mapping[str, int]:
        """How many cells are `added`, `changed`, `removed` and the `same`."""
        found = self.said.get("difference", {})
        return {name: number for name, number in found.items() if name != "shown"}

    @property
    def unchanged(self) -> bool:
        """Whether the table would stay as it is."""
        changed = ("added", "changed", "removed")
        return self.sound and not any(self.totals[name] for name in changed)

    @property
    def changes(self) -> Sequence[Change]:
        """The first of the cells that differ."""
        return [
            Change(row[0], row[1:-4], (row[-4], row[-2]), (row[-3], row[-1]))
            for row in self.said.get("difference", {}).get("shown", ())
        ]

    def dumped(self) -> bytes:
        """Returns all but the text, to be kept."""
        return json.dumps(
            {
                "key": self.key,
                "part": self.part,
                "based_on": self.based_on,
                "said": self.said,
            },
            ensure_ascii=False,
        ).encode()


def loaded(dumped: bytes, text: bytes) -> Checked:
    """Returns what was kept."""
    return Checked(**json.loads(dumped), text=text)


@dataclass(frozen=True, slots=True)
class TableUploads:
    """Figures on their way in.

    Attributes:
        journal: what is published.
        iris: the registry's own.
        tables: the figures that are published.
        blobs: where those that are submitted go.
        folder: of the Parquet files of all tables.
        worker: runs `registry.sheets.worker:serve`.
        names: of all codes.
    """

    journal: Journal
    iris: Iris
    tables: KeptTables
    blobs: Blobs
    folder: Path
    worker: Caller
    names: CodeNames

    def listed(self) -> Sequence[Version]:
        """Returns the tables that figures can be handed in for, by key."""
        return [
            version
            for version in self.journal.heads(description.KIND)
            if _is_open(version)
        ]

    def version(self, key: str) -> Version:
        """Returns the published table.

        Raises:
            NotFound: there is none, or its figures follow from other tables.
        """
        version = self.journal.current(RecordId(description.KIND, key))
        if version is None or not _is_open(version):
            raise NotFound(
                f"There is no table {key} that figures can be handed in for.",
                f"Няма таблица {key}, за която се подават данни.",
            )
        return version

    def template(
        self, key: str, language: str, *, workbook: bool, filled: bool
    ) -> bytes:
        """Returns the file to be filled in.

        Args:
            key: of the table.
            language: of headings and names.
            workbook: whether it is one, with drop-downs, or CSV.
            filled: whether the published figures stand in it. Of a table with a
                threshold, figures that are withheld are gaps to be filled.

        Raises:
            NotFound: there is no such table.
            ResultTooLarge: it has too many rows for a workbook.
        """
        version = self.version(key)
        document = json.loads(version.content.document)
        structure = _handed_in(description.structure_of(document))
        batches = self.tables.batches(version) if filled else iter(())
        width = len(structure.columns)
        rows: Sequence[TableRow] = [
            row[:width]
            for row in islice(chain.from_iterable(batches), _most(workbook=workbook))
        ]
        if workbook and len(rows) > WORKBOOK_ROWS:
            raise ResultTooLarge(
                f"As a workbook the table can have {WORKBOOK_ROWS} rows. Take it as "
                "CSV, or take an empty template.",
                f"Като таблица на Excel може да има до {WORKBOOK_ROWS} реда. Изтеглете "
                "я като CSV или изтеглете празен образец.",
            )
        blank = Blank(
            structure,
            document.get("title", {}),
            _headings(document),
            {name: found.names for name, found in self.names.of(structure).items()},
            {
                tag: f"{self.iris.base}{tag}/desk/tables/{structure.key}"
                for tag in LANGUAGES
            },
        )
        written = templates.as_workbook if workbook else templates.as_csv
        return written(blank, rows, language)

    def check(self, key: str, file: Path, *, part: bool) -> Checked:
        """Checks a file, protects it and compares it with what is published.

        Args:
            key: of the table.
            file: as it was handed in.
            part: whether the places and periods that the file lacks stay as they
                are; otherwise they are removed.

        Raises:
            NotFound: there is no such table.
            Invalid: checking took too long, or too much memory.
        """
        version = self.version(key)
        document = json.loads(version.content.document)
        lists = self.names.of(description.structure_of(document))
        asked = {
            "document": document,
            "names": {name: dict(found.names) for name, found in lists.items()},
            "headings": _headings(document),
            "broader": {name: dict(found.broader) for name, found in lists.items()},
            "published": str(self.tables.file(version).resolve()),
            "part": part,
            "others": self._others(key),
        }
        request = {"task": "table", "key": key, "asked": asked}
        said, text = uploads.ask(self.worker, {**request, "path": str(file.resolve())})
        if said.get("again"):
            with TemporaryDirectory(prefix="upload-") as scratch:
                plain = Path(scratch) / "plain.csv"
                plain.write_bytes(text)
                said, text = uploads.ask(self.worker, {**request, "path": str(plain)})
        return Checked(key, part, version.head.version, said, text)

    def marked(self, file: Path, checked: Checked, language: str) -> bytes:
        """Returns the same file with its faults where they are.

        Raises:
            NotFound: the file cannot be opened, so that it has no cells.
        """
        return uploads.marked(self.worker, file, checked.faults, language)

    def document(self, checked: Checked) -> Mapping[str, Any]:
        """Keeps the figures and returns the document of the record that has them.

        They are kept by their digest, and stay where they are if the submission is
        rejected; nothing public leads there.

        Raises:
            Conflict: another version of the table was published meanwhile.
        """
        version = self.version(checked.key)
        if version.head.version != checked.based_on:
            raise Conflict(
                "The table changed after the file was checked. Check it again.",
                "Таблицата е променена, след като файлът беше проверен. Проверете го "
                "отново.",
            )
        document = json.loads(version.content.document)
        structure = description.structure_of(document)
        digest = sha256(checked.text).hexdigest()
        observations, _, first, last = checked.said["extent"]
        data = Data(digest, len(checked.text), _CSV, observations, first, last)
        self.blobs.put(io.BytesIO(checked.text))
        self._write(structure, checked.text, digest)
        return description.with_data(document, data)

    def provenance(self, checked: Checked, sources: Sequence[str] = ()) -> Provenance:
        """Returns where the figures come from: this very table."""
        digest = sha256(checked.text).hexdigest()
        return Provenance(tuple(map(Source, sources)), dataset=digest)

    def _write(self, structure: Structure, text: bytes, digest: str) -> None:
        target = parquet.path(self.folder, structure.key, digest)
        if not target.exists():
            with restoring.placed(target) as path:
                plain = path.with_suffix(".csv")
                plain.write_bytes(text)
                with table.opened(plain, structure, folder=path.parent) as found:
                    found.write(path)

    def _others(self, key: str) -> Mapping[str, Sequence[str]]:
        own = description.structure_of(
            json.loads(self.version(key).content.document)
        ).columns
        found = {}
        for version in self.listed():
            document = json.loads(version.content.document)
            columns = description.structure_of(document).columns
            if {*columns} != {*own}:
                found[version.head.record.key] = columns
        return found


def _is_open(version: Version) -> bool:
    document = json.loads(version.content.document)
    return version.head.status.public and "derivation" not in document


def _handed_in(structure: Structure) -> Structure:
    """Returns a structure as it is handed in: nothing is withheld in it yet."""
    return structure if structure.threshold is None else replace(structure, flags=False)


def _most(*, workbook: bool) -> int | None:
    return WORKBOOK_ROWS + 1 if workbook else None


def _headings(document: Mapping[str, Any]) -> Mapping[str, Text]:
    return {
        component["column"]: component.get("label", {})
        for component in document["structure"]["component"]
        if "column" in component
    } | {FLAG: _FLAG}


_FLAG: Text = {"bg": "бележка", "en": "flag"}
