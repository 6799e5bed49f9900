"""Loading dataset files: read, check, then submit and accept in one transaction.

A file is loaded whole or not at all; rows that break a rule are left out and
reported, or, if asked, stop the file. Loading a file again changes nothing. While
one file is checked and published, which may depend on those before, the next is read.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath

from registry import checking, review, scripts, submissions
from registry.ahead import ahead
from registry.errors import DatasetRefused
from registry.gate import Gate, Reading
from registry.iris import Iris
from registry.jsonld import Context
from registry.language import Text
from registry.ports import Blobs, Dataset, Journal, Row, RowError
from registry.record import Content
from registry.report import Report, Result

OPERATOR = "operator"
"""The actor who accepts what the operator of the registry loads."""

Progress = Callable[[str, int], None]
"""Is told of which file how many more rows have come through."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What loading a file did.

    Attributes:
        added: records published for the first time.
        updated: records that got a new version.
        unchanged: records that were already published just so.
        refused: rows that were left out, and why.
        warnings: *should* constraints that are not met, by their code.
        advice: texts of what was loaded that should be typed anew, and why;
            `warnings` counts the records concerned.
    """

    name: str
    added: int
    updated: int
    unchanged: int
    refused: Sequence[RowError]
    warnings: Mapping[str, int]
    advice: Sequence[RowError] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """A file whose rows were read.

    Attributes:
        dataset: the file.
        rows: those that are rows.
        refused: those that are not.
        readings: what became of the document of each row.
    """

    dataset: Dataset
    rows: Sequence[Row]
    refused: Sequence[RowError]
    readings: Sequence[Reading]


@dataclass(frozen=True, slots=True)
class _Candidate:
    row: Row
    content: Content


@dataclass(frozen=True, slots=True)
class Means:
    """What files are loaded with.

    Attributes:
        journal: where records go.
        blobs: keeps the files themselves.
        reader: the gate that reads.
        checker: the gate that checks; of another worker, it does so meanwhile.
        context: of the documents.
    """

    journal: Journal
    blobs: Blobs
    reader: Gate
    checker: Gate
    context: Context


def load(
    datasets: Iterable[Dataset],
    means: Means,
    *,
    strict: bool = False,
    progress: Progress = lambda *_: None,
) -> Generator[Outcome, None, None]:
    """Loads files one after the other, and keeps the files themselves as blobs.

    Raises:
        DatasetRefused: a row breaks a rule and `strict` was asked for, so that
            nothing of its file was loaded; `extra["rows"]` has every row error.
    """
    iris = Iris(means.journal.base)
    reads = (partial(_read, dataset, means.reader, iris) for dataset in datasets)
    with closing(ahead(reads)) as found:
        for read in found:
            yield _load(read, means, strict=strict, progress=progress)


def _read(dataset: Dataset, gate: Gate, iris: Iris) -> _Read:
    rows: list[Row] = []
    refused: list[RowError] = []
    for row in dataset.rows():
        if isinstance(row, Row):
            rows.append(row)
        else:
            refused.append(row)
    documents = [(iris.thing(row.record), row.document) for row in rows]
    return _Read(dataset, rows, refused, gate.read(documents))


def _load(read: _Read, means: Means, *, strict: bool, progress: Progress) -> Outcome:
    dataset = read.dataset
    loader = _Loader(read, means)
    candidates, refused, report = loader.candidates()
    if strict and refused:
        raise DatasetRefused(
            f"{len(refused)} rows of {dataset.name} break a rule; nothing was loaded.",
            f"{len(refused)} реда от {dataset.name} нарушават правило; "
            "нищо не е заредено.",
            extra={"rows": refused},
        )
    with dataset.path.open("rb") as file:
        digest = means.blobs.put(file)
    added = updated = unchanged = 0
    with means.journal.write() as writer:
        for candidate in candidates:
            submission = submissions.submit(
                writer,
                candidate.row.record,
                candidate.content,
                provenance=replace(candidate.row.provenance, dataset=digest),
                actor=f"dataset/{PurePath(dataset.name).with_suffix('')}",
            )
            progress(dataset.name, 1)
            if submission is None:
                unchanged += 1
                continue
            accepted = review.accept(writer, submission, actor=OPERATOR)
            first = accepted is not None and accepted.version == 1
            added, updated = added + first, updated + (not first)
    advice = {c.row.record: list(loader.advice(c.row)) for c in candidates}
    return Outcome(
        dataset.name,
        added,
        updated,
        unchanged,
        refused,
        _warnings(report, advice.values()),
        tuple(error for errors in advice.values() for error in errors),
    )


class _Loader:
    """One file on its way through the gate."""

    def __init__(self, read: _Read, means: Means) -> None:
        self.read = read
        self.means = means
        self.iris = Iris(means.journal.base)

    def candidates(self) -> tuple[list[_Candidate], list[RowError], Report]:
        """Returns what can be loaded, what cannot, and the last report."""
        refused = list(self.read.refused)
        candidates = []
        for row, reading in zip(self.read.rows, self.read.readings, strict=True):
            errors = list(self._unreadable(row, reading))
            refused.extend(errors)
            if reading.content and not errors:
                candidates.append(_Candidate(row, reading.content))
        report = self._check(candidates)
        # A refused row can leave others pointing at nothing, so what remains
        # is checked again until nothing more falls out.
        while not report.conforms:
            bad = {r.focus_node for r in report.results if r.severity == "must"}
            refused.extend(self._violations(candidates, report))
            candidates = [
                c for c in candidates if self.iris.thing(c.row.record) not in bad
            ]
            report = self._check(candidates)
        return candidates, sorted(refused, key=lambda e: (e.line, e.column)), report

    def _unreadable(self, row: Row, reading: Reading) -> Iterator[RowError]:
        if reading.problem:
            yield self._error(row, "", "", "malformed-document", reading.problem)
        for loss in reading.losses:
            term = next(
                (part for part in loss.pointer.split("/") if part in row.columns), ""
            )
            yield self._error(row, term, loss.value, loss.reason, _LOSSES[loss.reason])

    def advice(self, row: Row) -> Iterator[RowError]:
        """Yields what should be typed anew in the texts of a row."""
        for term, value in row.document.items():
            for found in scripts.within(value):
                shown = f"{found.word} ({', '.join(found.characters)})"
                message = scripts.MESSAGES[found.code]
                yield RowError(
                    self.read.dataset.name,
                    row.line,
                    ", ".join(row.columns.get(term, ())),
                    shown,
                    found.code,
                    message,
                )

    def _violations(
        self, candidates: Sequence[_Candidate], report: Report
    ) -> Iterator[RowError]:
        rows = {self.iris.thing(c.row.record): c.row for c in candidates}
        for result in report.results:
            if result.severity == "must":
                row = rows[result.focus_node]
                yield self._error(
                    row,
                    self._term(row, result),
                    result.value or "",
                    result.code,
                    result.message,
                )

    def _term(self, row: Row, result: Result) -> str:
        names = self.means.context.names(result.path or "")
        return next((name for name in names if name in row.columns), "")

    def _error(
        self, row: Row, term: str, value: str, rule: str, message: Text
    ) -> RowError:
        columns = row.columns.get(term, ())
        cell = "; ".join(row.cells[c] for c in columns if row.cells.get(c))
        return RowError(
            self.read.dataset.name,
            row.line,
            ", ".join(columns),
            cell or value,
            rule,
            message,
        )

    def _check(self, candidates: Sequence[_Candidate]) -> Report:
        contents = {c.row.record: c.content for c in candidates}
        return checking.check(
            contents,
            gate=self.means.checker,
            journal=self.means.journal,
            iris=self.iris,
        )


_LOSSES: Mapping[str, Text] = {
    "undefined-term": {
        "en": "The mapping uses a term that the JSON-LD context does not define. "
        "Correct the mapping.",
        "bg": "Описанието на файла използва термин, който липсва в контекста. "
        "Поправете описанието.",
    },
    "bad-iri": {
        "en": "This is not a valid address. Write it in full, without spaces.",
        "bg": "Това не е валиден адрес. Напишете го изцяло и без интервали.",
    },
    "bad-language": {
        "en": "This is not a language code. Use bg or en.",
        "bg": "Това не е код на език. Използвайте bg или en.",
    },
}


def _warnings(
    report: Report, advice: Iterable[Sequence[RowError]]
) -> Mapping[str, int]:
    counts = Counter(result.code for result in report.results)
    for errors in advice:
        counts.update({error.rule for error in errors})
    return dict(sorted(counts.items()))
