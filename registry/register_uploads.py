"""Records that people hand in as a sheet: download, check, and what is submitted.

    records ──► sheet ──► rows, read in the sandbox ──► changed cells ──► documents
                             │                                               │
                             └──► the same file with remarks ◄── checks ◄────┘

A sheet is submitted whole or, if whoever hands it in says so, without the rows that
have faults.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from registry import uploads
from registry.desk import Channel, Submission
from registry.errors import Invalid, NotFound
from registry.forms import faults as form_faults
from registry.forms.field import Form
from registry.intake import Intake, Proposal, Proposed
from registry.iris import Iris, RecordId
from registry.jsonld import Context
from registry.kinds import KINDS
from registry.language import LANGUAGES, Text
from registry.people import Person
from registry.ports import Journal
from registry.record import Version
from registry.sandbox import Caller
from registry.sheets import reading, registers
from registry.sheets.columns import Lists
from registry.sheets.faults import Fault
from registry.sheets.registers import Counts, Register, Row, Sheet
from registry.sheets.wording import Names
from registry.statistics.code_names import CodeNames

ROWS = 2_000
"""Rows that a sheet may have."""

AT_A_TIME = 50
"""Records that are checked together."""

_INSTRUCTIONS: Sequence[Text] = (
    {
        "bg": "Всеки ред е един запис. Променете само клетките, които не са верни; "
        "останалите не пипайте.",
        "en": "Each row is a record. Change only the cells that are not right; leave "
        "the others as they are.",
    },
    {
        "bg": "Колоните са и на български, и на английски: попълвайте двете.",
        "en": "There are columns in Bulgarian and in English: fill in both.",
    },
    {
        "bg": "Ако стойностите са няколко, напишете всяка на нов ред в клетката "
        "(Alt+Enter).",
        "en": "Where there are several values, write each on a new line of the cell "
        "(Alt+Enter).",
    },
    {
        "bg": "За нов запис попълнете ред с празен ключ.",
        "en": "For a new record fill in a row with an empty key.",
    },
    {
        "bg": "Изтрит ред не променя нищо: записът остава, какъвто е.",
        "en": "A deleted row changes nothing: the record stays as it is.",
    },
)


class Keepers(Protocol):
    """Who keeps which record: a part of the port for people and organisations."""

    def kept(self, organisation: str) -> Sequence[RecordId]:
        """Returns the records that an organisation keeps."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a sheet.

    Attributes:
        sheet: as it was read.
        proposals: what is to be submitted, by the line of the row.
        faults: everything that is wrong, by line.
        advised: how many *should* rules the changed records do not keep.
    """

    sheet: Sheet
    proposals: Mapping[int, Proposal]
    faults: Sequence[Fault]
    advised: int = 0

    @property
    def markable(self) -> bool:
        """Whether the file can be given back with its faults where they are."""
        return uploads.markable(self.faults)

    @property
    def sound(self) -> bool:
        """Whether all of it may be submitted."""
        return not self.faults

    @property
    def counts(self) -> Counts:
        """How many rows came to what."""
        faulty = {fault.line for fault in self.faults}
        rows = [row for row in self.sheet.rows if row.line not in faulty]
        found = registers.counted(rows)
        return Counts(found.unchanged, found.changed, found.new, len(faulty))

    @property
    def ready(self) -> Sequence[Proposal]:
        """What may be submitted although other rows have faults."""
        faulty = {fault.line for fault in self.faults}
        return [
            one
            for line, one in self.proposals.items()
            if line not in faulty and not one.unchanged
        ]

    @property
    def edited(self) -> Sequence[Row]:
        """Rows that somebody changed."""
        return [row for row in self.sheet.rows if row.edits]


@dataclass(frozen=True, slots=True)
class RegisterUploads:
    """Sheets of registers on their way out and in.

    Attributes:
        journal: where the records are.
        iris: the registry's own.
        context: names of classes.
        forms: of the kinds.
        keepers: who keeps which record.
        intake: the one path of every change.
        worker: runs `registry.sheets.worker:serve`.
        names: of codes and records.
    """

    journal: Journal
    iris: Iris
    context: Context
    forms: Mapping[str, Form]
    keepers: Keepers
    intake: Intake
    worker: Caller
    names: CodeNames

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds that can be had as a sheet."""
        return tuple(self.forms)

    def own(self, kind: str, organisation: str) -> Sequence[Version]:
        """Returns the published records of a kind that an organisation keeps, by key.

        Raises:
            NotFound: there is no sheet of the kind.
        """
        self._form(kind)
        records = (r for r in self.keepers.kept(organisation) if r.kind == kind)
        found = map(self.journal.current, sorted(records))
        return [version for version in found if version and version.head.status.public]

    def download(
        self, kind: str, organisation: str, language: str, *, workbook: bool
    ) -> bytes:
        """Returns the records of an organisation as a sheet.

        Raises:
            NotFound: there is no sheet of the kind.
        """
        register, versions = self.register(kind), self.own(kind, organisation)
        if not workbook:
            return register.as_csv(versions, language)
        address = {
            tag: f"{self.iris.base}{tag}/desk/sheets/{kind}" for tag in LANGUAGES
        }
        last: Text = {
            "bg": f"Готовият файл се подава тук: {address['bg']}",
            "en": f"Hand in the file here: {address['en']}",
        }
        # The library of workbooks takes longer to import than a server to start.
        from registry.sheets.workbooks import Template

        template = Template(
            f"register/{kind}", KINDS[kind].label, [*_INSTRUCTIONS, last], language
        )
        return register.as_workbook(versions, language, template)

    def register(self, kind: str) -> Register:
        """Returns the register of a kind.

        Raises:
            NotFound: there is no sheet of the kind.
        """
        lists = Lists(self._scheme, self._records, self.iris.base)
        return Register(self._form(kind), lists, self.journal, self.iris)

    def check(self, kind: str, organisation: str, file: Path, seed: str) -> Checked:
        """Reads a file and checks what it would change.

        Args:
            kind: of its records.
            organisation: whose records may be changed.
            file: as it was handed in.
            seed: makes the keys of new records; the same seed the same keys.

        Raises:
            NotFound: there is no sheet of the kind.
            Invalid: reading or checking took too long.
        """
        register = self.register(kind)
        request = {"task": "rows", "path": str(file.resolve())}
        said, _ = uploads.ask(self.worker, request)
        lines = said.get("rows", ())
        if said["findings"] or len(lines) > ROWS + 1:
            return Checked(Sheet(()), {}, list(_unread(said, len(lines))))
        own = {v.head.record.key: v for v in self.own(kind, organisation)}
        numbers = iter(range(len(lines)))
        sheet = register.read(
            lines,
            own,
            lambda: self.intake.mint(kind, f"{seed} {next(numbers)}").key,
            protected=not reading.is_workbook(file),
        )
        return self._proposed(sheet)

    def _proposed(self, sheet: Sheet) -> Checked:
        rows = [row for row in sheet.rows if row.typed is not None]
        proposals: dict[int, Proposal] = {}
        for start in range(0, len(rows), AT_A_TIME):
            some = rows[start : start + AT_A_TIME]
            answers = self.intake.propose(
                [
                    Proposed(row.record, row.typed.document, based_on=row.based_on)
                    for row in some
                    if row.typed is not None
                ]
            )
            proposals.update(zip((row.line for row in some), answers, strict=True))
        faults = [*sheet.faults, *(f for row in sheet.rows for f in row.faults)]
        for row in rows:
            faults += _broken(row, proposals[row.line], sheet.headings)
        advised = sum(
            result.severity == "should"
            for proposal in proposals.values()
            for result in proposal.report.results
        )
        return Checked(
            sheet, proposals, sorted(faults, key=lambda fault: fault.line), advised
        )

    def marked(self, file: Path, checked: Checked, language: str) -> bytes:
        """Returns the same file with its faults where they are.

        Raises:
            NotFound: the file cannot be opened, so that it has no cells.
        """
        return uploads.marked(self.worker, file, checked.faults, language)

    def submit(
        self,
        person: Person,
        checked: Checked,
        *,
        organisation: str,
        reason: str,
        whole: bool,
    ) -> Sequence[Submission]:
        """Hands in what a sheet changes, in one transaction.

        Args:
            person: who does.
            checked: the sheet.
            organisation: for which new records are handed in.
            reason: what the person says to the reviewer.
            whole: whether nothing is handed in if one row has a fault.

        Raises:
            Invalid: a row has a fault, or nothing is left to hand in.
            NotAllowed: the person may not.
            Conflict: a record moved on meanwhile.
        """
        if (whole and not checked.sound) or not checked.ready:
            raise Invalid(
                "Nothing was handed in: the file has faults, or changes nothing.",
                "Нищо не беше подадено: във файла има грешки или той не променя нищо.",
            )
        return self.intake.submit(
            person,
            checked.ready,
            organisation=organisation,
            channel=Channel.SHEET,
            reason=reason,
        )

    def _form(self, kind: str) -> Form:
        if kind not in self.forms:
            raise NotFound(
                f"There is no sheet of {kind}.", f"Няма таблица със записи {kind}."
            )
        return self.forms[kind]

    def _scheme(self, iri: str) -> Names:
        return self.names.scheme(iri.rpartition("/")[2]).names

    def _records(self, classes: Sequence[str]) -> Names:
        types = [name for iri in classes for name in self.context.names(iri)]
        return self.names.records(types).names


def _unread(said: Mapping[str, Any], lines: int) -> Iterator[Fault]:
    for found in said["findings"]:
        for line, value in found["cells"] or [(1, "")]:
            yield Fault(line, "", found["rule"], value, found["message"])
    if not said["findings"]:
        yield Fault(
            ROWS + 2,
            "",
            "too-many-rows",
            "",
            {
                "bg": f"Редовете са {lines - 1}; може да има до {ROWS}. Разделете "
                "файла.",
                "en": f"There are {lines - 1} rows; there can be {ROWS}. Split the "
                "file.",
            },
        )


def _broken(
    row: Row, proposal: Proposal, headings: Mapping[str, str]
) -> Iterator[Fault]:
    """Yields what keeps a proposal from being submitted, at its cells."""
    if row.typed is None:
        return
    must = [r for r in proposal.report.results if r.severity == "must"]
    found = [
        *form_faults.placed(must, row.typed, row.pairs),
        *form_faults.lost(proposal.lost, row.typed, row.pairs),
    ]
    for fault in found:
        name = fault.field or ""
        heading = headings.get(name, name)
        yield Fault(row.line, heading, fault.code, "", fault.message)
    if proposal.problem is not None:
        yield Fault(row.line, "", "malformed-document", "", proposal.problem)
    if proposal.stale:
        yield Fault(row.line, "", "moved-on", "", _MOVED_ON)


_MOVED_ON: Text = {
    "bg": "Записът междувременно е променен. Изтеглете файла отново.",
    "en": "The record changed meanwhile. Download the file again.",
}
