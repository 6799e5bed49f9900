"""Records of a register as a sheet: written, edited by somebody, and read back.

A row is a record. What its cells said when it was downloaded follows from its version,
so only cells that somebody changed become changes: everything that a sheet cannot show
stays as it was, and so do records whose rows are gone.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from registry.forms import filling, reading
from registry.forms.field import Form
from registry.forms.naming import Given, Pairs
from registry.forms.reading import Typed
from registry.iris import KEY as KEY_PATTERN
from registry.iris import Iris, RecordId
from registry.language import Text
from registry.ports import Journal
from registry.record import Version
from registry.sheets import columns as columns_
from registry.sheets.columns import (
    KEY,
    VERSION,
    Column,
    Lists,
    fact,
    name_of,
    normal,
    shown,
)
from registry.sheets.faults import Fault
from registry.sheets.wording import REMARKS

if TYPE_CHECKING:
    from registry.sheets.workbooks import Template

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Line = Sequence[Any]
"""The number of a row and its cells, as `registry.sheets.worker` returns them."""

RULES: Mapping[str, Text] = {
    "no-headings": {
        "bg": "На първия ред трябва да са заглавията на колоните, както в изтегления "
        "файл.",
        "en": "The first row has to have the headings of the columns, as in the file "
        "that was downloaded.",
    },
    "unknown-column": {
        "bg": "Няма такава колона; тя няма да бъде прочетена. Изтрийте я.",
        "en": "There is no such column; it would not be read. Delete it.",
    },
    "repeated-column": {
        "bg": "Колоната се повтаря. Оставете само една.",
        "en": "The column stands there more than once. Keep one.",
    },
    "unknown-record": {
        "bg": "Няма такъв запис сред вашите. За нов запис оставете ключа празен.",
        "en": "There is no such record among yours. For a new one leave the key empty.",
    },
    "repeated-record": {
        "bg": "По-горе има ред за същия запис. Оставете само единия.",
        "en": "An earlier row is about the same record. Keep one of them.",
    },
    "unknown-version": {
        "bg": "Тази версия на записа не съществува. Изтеглете файла отново.",
        "en": "There is no such version of the record. Download the file again.",
    },
    "unknown-code": {
        "bg": "Няма го в списъка: {value}. Изберете от листа с кодове, по един на ред.",
        "en": "Not in the list: {value}. Choose from the sheet of codes, one per line.",
    },
    "one-value": {
        "bg": "Тук може да има само една стойност.",
        "en": "There can be only one value here.",
    },
    "moved-on": {
        "bg": "Записът междувременно е променен: тук вече пише „{now}“. Изтеглете "
        "файла отново или поправете клетката.",
        "en": "The record changed meanwhile: here it now says “{now}”. Download the "
        "file again, or mend the cell.",
    },
}
"""What each rule says, per language, by its code."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A cell that somebody changed.

    Attributes:
        name: of the column.
        heading: as the file has it.
        before: values as they were downloaded.
        after: values as they are to be.
        cell: as it was written.
        now: what is published now, if that is another version.
    """

    name: str
    heading: str
    before: Sequence[str]
    after: Sequence[str]
    cell: str
    now: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says of its record.

    Attributes:
        line: of the file.
        record: which one; a new one has a key that was made for it.
        based_on: the version that it was downloaded from, 0 for a new one.
        edits: its cells that were changed; none if it says what it did.
        faults: why it cannot be taken over.
        pairs: inputs of the form as they are to be.
        typed: the document that they make; `None` without edits or with faults.
    """

    line: int
    record: RecordId
    based_on: int
    edits: Sequence[Edit] = ()
    faults: Sequence[Fault] = ()
    pairs: Pairs = ()
    typed: Typed | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was read back.

    Attributes:
        rows: of records, in their order.
        faults: of the file itself.
        missing: how many of the records have no row; they stay as they are.
        headings: of the columns as the file has them, by name.
    """

    rows: Sequence[Row]
    faults: Sequence[Fault] = ()
    missing: int = 0
    headings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Register:
    """The register of a kind, as a sheet.

    Attributes:
        form: of the kind.
        lists: of codes and records that cells may name.
        journal: where the records are.
        iris: the registry's own.
    """

    form: Form
    lists: Lists
    journal: Journal
    iris: Iris

    def as_workbook(
        self, versions: Sequence[Version], language: str, template: "Template"
    ) -> bytes:
        """Returns records as a workbook with drop-downs."""
        # The library of workbooks takes longer to import than a server to start.
        from registry.sheets.workbooks import Column as BookColumn
        from registry.sheets.workbooks import workbook

        columns, rows = self._table(versions, language)
        single = [c for c in columns if c.names and not c.several]
        listed = {
            c.heading(language): c.names for c in columns if c.names and c.several
        }
        made = [
            BookColumn(fact(KEY, language)),
            BookColumn(fact(VERSION, language), hidden=True),
            *(
                BookColumn(
                    c.heading(language),
                    c.names if c in single else {},
                    wide=c.long or c.several,
                )
                for c in columns
            ),
        ]
        return workbook(template, made, rows, listed)

    def as_csv(self, versions: Sequence[Version], language: str) -> bytes:
        """Returns records as CSV in UTF-8 with a byte order mark."""
        columns, rows = self._table(versions, language)
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";" if language == "bg" else ",")
        headings = [c.heading(language) for c in columns]
        writer.writerow([fact(KEY, language), fact(VERSION, language), *headings])
        writer.writerows([escaped(cell) for cell in row] for row in rows)
        return text.getvalue().encode("utf-8-sig")

    def _table(
        self, versions: Sequence[Version], language: str
    ) -> tuple[Sequence[Column], Sequence[Sequence[str]]]:
        filled = [self._filled(version) for version in versions]
        columns = columns_.columns(self.form, self.lists, filled)
        rows = []
        for version, pairs in zip(versions, filled, strict=True):
            given = Given(pairs)
            cells = [c.text(_values(given, c.name), language) for c in columns]
            head = version.head
            rows.append([head.record.key, str(head.version), *cells])
        return columns, rows

    def columns(self, names: Iterable[str]) -> Sequence[Column]:
        """Returns the columns of the register, as many as these names need."""
        return columns_.columns(self.form, self.lists, [[(n, "") for n in names]])

    def _filled(self, version: Version) -> Pairs:
        return filling.fill(self.form, json.loads(version.content.document))

    def read(
        self,
        lines: Sequence[Line],
        own: Mapping[str, Version],
        mint: Callable[[], str],
        *,
        protected: bool,
    ) -> Sheet:
        """Reads a sheet back.

        Args:
            lines: that are not empty, the headings first.
            own: the records that may be changed, as published, by their keys.
            mint: makes the key of a new record.
            protected: whether cells that look like formulas have an apostrophe
                before them, as in CSV files.
        """
        return _Reading(self, own, mint, protected=protected).sheet(lines)


class _Reading:
    def __init__(
        self,
        register: Register,
        own: Mapping[str, Version],
        mint: Callable[[], str],
        *,
        protected: bool,
    ) -> None:
        self.register = register
        self.form = register.form
        self.own = own
        self.mint = mint
        self.protected = protected
        self.headings: dict[str, str] = {}
        self.columns: Mapping[str, Column] = {}
        self.seen: set[str] = set()

    def sheet(self, lines: Sequence[Line]) -> Sheet:
        if not lines:
            return Sheet((), [_fault("no-headings", 1)])
        number, *headings = lines[0]
        faults = list(self._head(number, headings))
        if faults:
            return Sheet((), faults)
        rows = []
        for line, *cells in lines[1:]:
            given = dict(zip(self.names, map(self._cell, cells), strict=False))
            if any(value.strip() for value in given.values()):
                rows.append(self._row(line, given))
        missing = len(self.own.keys() - self.seen)
        return Sheet(rows, (), missing, self.headings)

    def _head(self, line: int, headings: Sequence[str]) -> Iterator[Fault]:
        self.names = [name_of(self._cell(heading)) for heading in headings]
        if KEY not in self.names:
            yield _fault("no-headings", line)
            return
        found = self.register.columns(self.names)
        self.columns = {column.name: column for column in found}
        known = {KEY, VERSION, *self.columns, *REMARKS.values(), ""}
        for name, heading in zip(self.names, headings, strict=True):
            if name not in known:
                yield _fault("unknown-column", line, heading, heading)
            elif name and name in self.headings:
                yield _fault("repeated-column", line, heading, heading)
            self.headings[name] = heading

    def _cell(self, cell: str) -> str:
        return unescaped(cell) if self.protected else cell

    def _row(self, line: int, given: Mapping[str, str]) -> Row:
        key = given.get(KEY, "").strip()
        if not key:
            record = RecordId(self.form.kind, self.mint())
            thing = self.register.iris.thing(record)
            return self._edited(
                Row(line, record, 0), given, reading.blank(self.form, thing), None
            )
        return self._known(line, key, given)

    def _known(self, line: int, key: str, given: Mapping[str, str]) -> Row:
        current = self.own.get(key)
        record = RecordId(self.form.kind, key if KEY_PATTERN.match(key) else "-")
        if current is None:
            return Row(
                line, record, 0, faults=[self._at("unknown-record", line, KEY, key)]
            )
        if key in self.seen:
            return Row(
                line, record, 0, faults=[self._at("repeated-record", line, KEY, key)]
            )
        self.seen.add(key)
        base = self._base(current, given.get(VERSION, "").strip())
        if base is None:
            wrong = self._at("unknown-version", line, VERSION, given[VERSION])
            return Row(line, record, 0, faults=[wrong])
        row = Row(line, record, base.head.version)
        moved = current if current.head.version != base.head.version else None
        return self._edited(row, given, json.loads(base.content.document), moved)

    def _base(self, current: Version, version: str) -> Version | None:
        """Returns what was downloaded; the current version if the row does not say."""
        if not version or version == str(current.head.version):
            return current
        if not (version.isascii() and version.isdigit()) or len(version) > _DIGITS:
            return None
        return self.register.journal.version(current.head.record, int(version))

    def _edited(
        self,
        row: Row,
        given: Mapping[str, str],
        document: Mapping[str, Any],
        moved: Version | None,
    ) -> Row:
        pairs = filling.fill(self.form, document)
        before = Given(pairs)
        now = Given(self.register._filled(moved)) if moved else None
        edits: list[Edit] = []
        faults: list[Fault] = []
        for name, column in self.columns.items():
            cell = given.get(name)
            old = _values(before, name)
            if cell is None or column.unchanged(cell, old):
                continue
            fresh = _values(now, name) if now else None
            if fresh is not None and column.unchanged(cell, fresh):
                continue
            values, unknown = column.values(cell)
            edits.append(
                Edit(name, self.headings[name], old, values, normal(cell), fresh)
            )
            faults += self._wrong(row.line, column, values, unknown)
            if fresh is not None:
                faults.append(self._moved_on(row.line, column, cell, fresh))
        changed = {edit.name for edit in edits}
        after = [pair for pair in pairs if pair[0] not in changed]
        after += [(edit.name, value) for edit in edits for value in edit.after]
        thing = self.register.iris.thing(row.record)
        typed = None
        if edits and not faults:
            typed = reading.read(self.form, after, document, thing)
        return Row(row.line, row.record, row.based_on, edits, faults, after, typed)

    def _wrong(
        self, line: int, column: Column, values: Sequence[str], unknown: Sequence[str]
    ) -> Iterator[Fault]:
        if unknown:
            value = ", ".join(unknown)[:_SHOWN]
            yield self._at("unknown-code", line, column.name, value, value=value)
        elif len(values) > 1 and not column.several:
            yield self._at("one-value", line, column.name, "")

    def _moved_on(
        self, line: int, column: Column, cell: str, now: Sequence[str]
    ) -> Fault:
        made = self._at("moved-on", line, column.name, cell[:_SHOWN], now="")
        message = {
            tag: RULES["moved-on"][tag].format(now=column.text(now, tag)[:_SHOWN])
            for tag in made.message
        }
        return Fault(made.line, made.column, made.rule, made.value, message)

    def _at(self, rule: str, line: int, name: str, shown_: str, **words: str) -> Fault:
        return _fault(rule, line, self.headings.get(name, name), shown_, **words)


_SHOWN = 200
_DIGITS = 9


def _fault(
    rule: str, line: int, column: str = "", shown_: str = "", **words: str
) -> Fault:
    message = {tag: text.format(**words) for tag, text in RULES[rule].items()}
    return Fault(line, column, rule, shown_, message)


def _values(given: Given, name: str) -> Sequence[str]:
    return [value for value in given.values(name) if value]


def escaped(cell: str) -> str:
    """Returns a cell of a CSV file that no spreadsheet takes for a formula."""
    text = shown(cell)
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def unescaped(cell: str) -> str:
    """Returns what a cell of a CSV file says."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in {*_FORMULA, "'"} else cell


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows came to what.

    Attributes:
        unchanged: say what they did.
        changed: have changed cells.
        new: are of new records.
        faulty: cannot be taken over.
    """

    unchanged: int = 0
    changed: int = 0
    new: int = 0
    faulty: int = 0


def counted(rows: Sequence[Row]) -> Counts:
    """Returns how many rows came to what."""
    faulty = [row for row in rows if row.faults]
    sound = [row for row in rows if not row.faults]
    return Counts(
        unchanged=sum(not row.edits for row in sound),
        changed=sum(bool(row.edits and row.based_on) for row in sound),
        new=sum(bool(row.edits and not row.based_on) for row in sound),
        faulty=len(faulty),
    )
