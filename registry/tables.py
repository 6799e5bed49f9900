"""Adding a table: read, check, keep the figures, then submit and accept.

    description ──► structure ──┐
    file ──► cells ──► checks ◄─┴─ code lists      a report, and nothing published
                         │
                         ▼
    blob, Parquet ──► record's document ──► gate ──► journal, in one transaction

The same file with the same description changes nothing; another edition of the
figures is another version of the record.

The figures of a derived table come from no file: they are worked out of the tables
that are published, and then go the same way.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import (
    AbstractContextManager,
    ExitStack,
    closing,
    contextmanager,
)
from dataclasses import dataclass, replace
from functools import partial
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from registry import checking, loading, review, scripts, submissions
from registry.ahead import ahead
from registry.errors import (
    Conflict,
    DatasetRefused,
    Invalid,
    NotFound,
    ShapesViolated,
)
from registry.gate import Gate
from registry.iris import Iris, RecordId
from registry.loading import Outcome
from registry.ports import Blobs, Journal, TableRow
from registry.record import Content, Provenance, Source, Version
from registry.report import Report
from registry.statistics import (
    definition,
    derivation,
    description,
    disclosure,
    parquet,
    reading,
    restoring,
    table,
)
from registry.statistics.codes import Broader, CodeLists
from registry.statistics.definition import (
    Defined,
    Definition,
    DerivationPart,
    Edition,
)
from registry.statistics.description import UNDERIVED, Data, Operands
from registry.statistics.findings import TableReport
from registry.statistics.reading import Reader
from registry.statistics.structure import Structure
from registry.statistics.table import Extent, Table


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where tables are kept and what they are checked with.

    Attributes:
        journal: the truth.
        gate: checks the record's document.
        blobs: keeps the figures as they were handed in.
        codes: the code lists that dimensions refer to.
        folder: of the Parquet files of all tables.
    """

    journal: Journal
    gate: Gate
    blobs: Blobs
    codes: CodeLists
    folder: Path


@dataclass(frozen=True, slots=True)
class Added:
    """What adding a file did.

    Attributes:
        record: the table.
        version: the version that has the figures now.
        changed: whether that version is new.
        extent: how much the table holds as it is published.
        suppressed: how many figures are withheld; 0 for most tables.
        warnings: *should* rules that are not kept, by their code.
    """

    record: RecordId
    version: int
    changed: bool
    extent: Extent
    suppressed: int
    warnings: Sequence[str]


def add(table_: Defined, file: Path, edition: Edition, shelf: Shelf) -> Added:
    """Publishes the figures of a file as the current version of a table.

    For a table with a threshold, what is kept and published is the table after
    disclosure control; the file itself is kept nowhere.

    Args:
        table_: what the description says.
        file: a CSV file or an Excel workbook.
        edition: where the figures come from.
        shelf: where they go.

    Raises:
        DatasetRefused: the figures break a rule; `extra["findings"]` is the
            report, as `TableReport.members` gives it. Nothing was published.
        ShapesViolated: the description breaks a rule of the record.
        NotFound: a code list of the description is not published.
    """
    if table_.definition.derivation is not None:
        key = table_.definition.key
        raise DatasetRefused(
            f"The figures of {key} are derived from other tables; load its "
            "description instead of adding a file.",
            f"Данните на {key} се извеждат от други таблици; вместо да добавяте "
            "файл, заредете описанието ѝ.",
        )
    with _reader([file], shelf) as reader:
        return _Adding(table_.definition, edition, shelf, reader).add(file)


def _reader(files: Sequence[Path], shelf: Shelf) -> AbstractContextManager[Reader]:
    shelf.folder.mkdir(parents=True, exist_ok=True)
    return reading.reader(files, [shelf.folder])


def derive(table_: Defined, part: DerivationPart, shelf: Shelf) -> Added:
    """Publishes a derived table as it follows from the tables that are published.

    Its sources are the versions of those tables; while they and the description
    stay as they are, nothing changes.

    Args:
        table_: what the description says.
        part: what it says of the derivation.
        shelf: where the figures come from and go to.

    Raises:
        NotFound: a table that it follows from, or a code list, is not published.
        DatasetRefused: the table cannot be derived from those; nothing was
            published.
    """
    sources = {
        operand.table: _published(operand.table, shelf.journal)
        for operand in (part.numerator, part.denominator)
    }
    structures = {
        key: description.structure_of(json.loads(version.content.document))
        for key, version in sources.items()
    }
    iris = Iris(shelf.journal.base)
    own = description.structure(table_.definition, iris, structures)
    kept = parquet.ParquetTables(shelf.folder, partial(restoring.restore, shelf.blobs))
    with _reader([], shelf) as reader:
        file = reader.folder / f"{own.key}.csv"
        derivation.write(
            file,
            own,
            {
                key: derivation.Source(structures[key], kept.file(version))
                for key, version in sources.items()
            },
        )
        versions = [
            iris.version(version.head.record, version.head.version)
            for version in sources.values()
        ]
        edition = Edition(file=file.name, sources=versions)
        return _Adding(table_.definition, edition, shelf, reader, structures).add(file)


def _published(key: str, journal: Journal) -> Version:
    version = journal.current(RecordId(description.KIND, key))
    if version is None or not version.head.status.public:
        raise NotFound(
            f"The table {key}, which another is derived from, is not published. "
            "Load it first.",
            f"Таблицата {key}, от която се извежда друга, не е публикувана. "
            "Заредете първо нея.",
        )
    return version


def load(
    found: Mapping[str, Defined],
    shelf: Shelf,
    progress: Callable[[str, int], None] = lambda *_: None,
) -> Generator[Outcome, None, None]:
    """Publishes the editions of tables that are not yet known, oldest first.

    An edition that was published before is not published again, but for the
    latest, so that a change of the description is. A derived table has no
    editions: see `derive`. While one file is published the next is examined.

    Args:
        found: what the descriptions say, by what they are called in reports.
        shelf: where the figures go.
        progress: is told of each edition that has come through, and of which table.

    Raises:
        DatasetRefused: as `add` does; editions before that one were published.
        NotFound: as `add` and `derive` do.
    """
    starts = {
        name: _latest_known(table_, shelf.journal)
        for name, table_ in found.items()
        if table_.definition.derivation is None
    }
    editions = [
        (found[name], edition)
        for name, start in starts.items()
        for edition in found[name].definition.editions[start:]
    ]
    files = [table_.file(edition) for table_, edition in editions]
    with _reader(files, shelf) as reader, ExitStack() as stack:
        openings = (partial(_opened, *each, shelf, reader) for each in editions)
        opened = stack.enter_context(closing(ahead(openings, _Open.close)))
        for name, table_ in found.items():
            told = partial(progress, name)
            added: list[Added] = []
            if table_.definition.derivation is not None:
                told(0)
                added.append(derive(table_, table_.definition.derivation, shelf))
                told(1)
            else:
                told(starts[name])
                for _ in table_.definition.editions[starts[name] :]:
                    with next(opened) as file:
                        added.append(file.publish())
                    told(1)
            yield _outcome(name, added)


def _outcome(name: str, added: Sequence[Added]) -> Outcome:
    changed = [one for one in added if one.changed]
    first = sum(one.version == 1 for one in changed)
    return Outcome(
        name,
        added=first,
        updated=len(changed) - first,
        unchanged=len(added) - len(changed),
        refused=(),
        warnings=Counter(added[-1].warnings),
    )


class _Open(ExitStack):
    """A file that was examined, until the end of the block."""

    def __init__(self, adding: "_Adding", file: Path) -> None:
        super().__init__()
        self._adding = adding
        self._examined = self.enter_context(adding.examined(file))

    def publish(self) -> Added:
        return self._adding.publish(self._examined)


def _opened(table_: Defined, edition: Edition, shelf: Shelf, reader: Reader) -> _Open:
    adding = _Adding(table_.definition, edition, shelf, reader)
    return _Open(adding, table_.file(edition))


def _latest_known(table_: Defined, journal: Journal) -> int:
    """Returns the position of the latest edition that was published, or 0."""
    editions = table_.definition.editions
    history = journal.history(description.record_id(table_.definition))
    if history and table_.definition.threshold is not None:
        # What was handed in is not kept, so it cannot be recognised.
        return len(editions) - 1
    known = {entry.provenance.dataset for entry in history}
    return max(
        (n for n, e in enumerate(editions) if _digest(table_.file(e)) in known),
        default=0,
    )


def find(folder: Path) -> Sequence[Defined]:
    """Returns the tables that the descriptions of a folder define, by key.

    Derived tables come last, after those that they follow from.
    """
    paths = sorted(folder.glob("*.json")) if folder.is_dir() else []
    shared = folder / definition.COMPONENTS
    found = [definition.read(path, shared) for path in paths if path != shared]
    return sorted(found, key=lambda one: one.definition.derivation is not None)


@dataclass(frozen=True, slots=True)
class _Examined:
    """A file that was found sound, and is open.

    Attributes:
        file: what is kept of it, after disclosure control.
        table: its cells.
        data: what the record says of it.
        extent: how much it holds.
        suppressed: how many figures are withheld.
    """

    file: Path
    table: Table
    data: Data
    extent: Extent
    suppressed: int


class _Adding:
    """One file on its way into the journal."""

    def __init__(
        self,
        definition_: Definition,
        edition: Edition,
        shelf: Shelf,
        reader: Reader,
        operands: Operands = UNDERIVED,
    ) -> None:
        self.reader = reader
        self.operands = operands
        self.definition = definition_
        self.edition = edition
        self.shelf = shelf
        self.iris = Iris(shelf.journal.base)
        self.record = description.record_id(definition_)
        self.structure = description.structure(definition_, self.iris, operands)
        self.lists = shelf.codes.of(self.structure)

    def add(self, file: Path) -> Added:
        with self.examined(file) as examined:
            return self.publish(examined)

    @contextmanager
    def examined(self, file: Path) -> Iterator[_Examined]:
        """Reads and checks a file; what is found is published within the block."""
        with ExitStack() as stack:
            suppressed = 0
            if self.structure.threshold is not None:
                own = TemporaryDirectory(dir=self.reader.folder)
                scratch = Path(stack.enter_context(own))
                file, suppressed = self._protected(file, scratch / "table.csv")
            checked = stack.enter_context(self._checked(file, self.structure))
            extent = checked.extent()
            data = Data(
                _digest(file),
                file.stat().st_size,
                reading.media_type(file),
                extent.observations,
                extent.first,
                extent.last,
            )
            yield _Examined(file, checked, data, extent, suppressed)

    def publish(self, found: _Examined) -> Added:
        content, warnings = self._admitted(found.data)
        self._keep(found.file, found.table, found.data.digest)
        changed = self._publish(content, found.data.digest)
        head = self.shelf.journal.head(self.record)
        version = head.version if head else 0
        return Added(
            self.record, version, changed, found.extent, found.suppressed, warnings
        )

    @contextmanager
    def _checked(self, file: Path, structure: Structure) -> Iterator[Table]:
        with table.check(file, structure, self.lists, self.reader) as checked:
            if checked.table is None:
                raise _refused(file.name, checked.report)
            yield checked.table

    def _protected(self, file: Path, target: Path) -> tuple[Path, int]:
        """Writes the table after disclosure control; returns what was withheld."""
        given = replace(self.structure, flags=self.definition.flags)
        with self._checked(file, given) as checked:
            rows = [_count(row, flags=given.flags) for row in checked.rows()]
        published = disclosure.suppress(
            rows, self.structure, _parts(self.lists), self.structure.threshold or 0
        )
        with target.open("w", encoding="utf-8", newline="") as kept:
            writer = csv.writer(kept, lineterminator="\n")
            writer.writerow(self.structure.columns)
            writer.writerows(
                [*codes, "" if value is None else value, flag or ""]
                for codes, value, flag in published.rows
            )
        return target, published.primary + published.secondary

    def _admitted(self, data: Data) -> tuple[Content, Sequence[str]]:
        """Passes the record's document through the gate."""
        thing = self.iris.thing(self.record)
        document = description.document_of(
            self.definition, data, self.iris, self.operands
        )
        (answer,) = self.shelf.gate.read([(thing, document)])
        if answer.content is None or answer.losses:
            lost = ", ".join(loss.pointer for loss in answer.losses)
            raise Invalid(
                f"The description of {self.record} cannot be kept: {lost}.",
                f"Описанието на {self.record} не може да бъде запазено: {lost}.",
            )
        report = checking.check(
            {self.record: answer.content},
            gate=self.shelf.gate,
            journal=self.shelf.journal,
            iris=self.iris,
        )
        if not report.conforms:
            raise _violated(self.record, report)
        advised = [result.code for result in report.results]
        advised += [found.code for found in scripts.within(document)]
        return answer.content, tuple(advised)

    def _keep(self, file: Path, checked: Table, digest: str) -> None:
        with file.open("rb") as source:
            if self.shelf.blobs.put(source) != digest:
                raise Conflict(
                    f"{file.name} changed while it was read.",
                    f"{file.name} се промени, докато се четеше.",
                )
        target = parquet.path(self.shelf.folder, self.record.key, digest)
        if not target.exists():
            with restoring.placed(target) as path:
                checked.write(path)

    def _publish(self, content: Content, digest: str) -> bool:
        with self.shelf.journal.write() as writer:
            submission = submissions.submit(
                writer,
                self.record,
                content,
                provenance=_provenance(self.edition, digest),
                actor=f"dataset/tables/{self.record.key}",
            )
            if submission is None:
                return False
            review.accept(writer, submission, actor=loading.OPERATOR)
            return True


def _count(row: TableRow, *, flags: bool) -> disclosure.Row:
    """Returns a row as disclosure control sees it."""
    cells = list(row)
    flag = cells.pop() if flags else None
    value = cells.pop()
    return tuple(map(str, cells)), None if value is None else int(value), flag


def _parts(lists: Mapping[str, Broader]) -> disclosure.Hierarchy:
    """Returns which code is a part of which."""
    return {
        column: {code: above for code, above in codes.items() if above is not None}
        for column, codes in lists.items()
    }


def _provenance(edition: Edition, digest: str) -> Provenance:
    return Provenance(
        sources=tuple(Source(iri, edition.issued) for iri in edition.sources),
        note=dict(edition.note),
        dataset=digest,
    )


def _digest(file: Path) -> str:
    with file.open("rb") as source:
        return file_digest(source, "sha256").hexdigest()


def _refused(name: str, report: TableReport) -> DatasetRefused:
    count = sum(finding.count for finding in report.findings)
    return DatasetRefused(
        f"{name} breaks rules in {count} places; nothing was published.",
        f"{name} нарушава правила на {count} места; нищо не е публикувано.",
        extra={"file": name, "findings": report.members()},
    )


def _violated(record: RecordId, report: Report) -> ShapesViolated:
    errors: list[dict[str, Any]] = [
        {"code": result.code, "value": result.value, "message": dict(result.message)}
        for result in report.results
        if result.severity == "must"
    ]
    texts = json.dumps([error["code"] for error in errors])
    return ShapesViolated(
        f"The description of {record} breaks rules: {texts}.",
        f"Описанието на {record} нарушава правила: {texts}.",
        extra={"errors": errors},
    )
