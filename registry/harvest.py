"""Harvesting: what another catalogue describes becomes drafts, one a dataset.

A draft waits until a person accepts it; nothing is published here. A dataset is
the same record each time, for its key is made of its IRI at the source, and
what has not changed there since it was last read is not handed in again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from registry import checking, submissions
from registry.desk import Channel
from registry.foreign import CatalogueSource, Finding, Found, Page, record_of
from registry.gate import Gate, Handed, Reading
from registry.iris import Iris, RecordId
from registry.language import Text
from registry.lifecycle import Event, Status
from registry.losses import Loss, lost
from registry.people import KEEPER
from registry.ports import Desk, Journal
from registry.record import Content, Provenance, Source

ACTOR = "harvest/"
"""Start of the id of whoever hands in what was read from a host."""

BATCH = 200
"""Datasets that are checked together: a file may hold thousands."""

_NUTS = "http://data.europa.eu/nuts/code/"
_BULGARIA = "http://publications.europa.eu/resource/authority/country/BGR"


class Outcome(StrEnum):
    """What became of a dataset."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report: a dataset of the source.

    Attributes:
        source: its IRI there, or the address of a page that could not be read.
        record: its record here; `None` if it cannot have one.
        reasons: why it was refused.
        losses: what its draft lacks.
    """

    source: str
    record: RecordId | None
    outcome: Outcome
    reasons: Sequence[Finding] = ()
    losses: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class Harvest:
    """What reading a catalogue led to, dataset by dataset."""

    lines: Sequence[Line]

    def count(self, outcome: Outcome) -> int:
        """Returns how many datasets had this outcome."""
        return sum(line.outcome is outcome for line in self.lines)


def harvest(
    source: CatalogueSource,
    *,
    journal: Journal,
    desk: Desk,
    gate: Gate,
    show: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Harvest:
    """Reads a catalogue and hands in what is new or changed, page by page.

    What was handed in stays so if a later page cannot be read.

    Args:
        source: what to read.
        journal: what is known already.
        desk: where the drafts go, to wait for the keeper of the registry.
        gate: reads and checks them.
        show: only report; append nothing.
        progress: is told how many more datasets have come through.
    """
    harvester = _Harvester(source, journal, desk, gate, show=show)
    for page in source.pages():
        harvester.take(page)
        progress(len(page.datasets))
    if not harvester.lines:
        nothing = Finding(source.address, "", "", EMPTY, _MESSAGES[EMPTY])
        harvester.lines.append(Line(source.address, None, Outcome.REFUSED, [nothing]))
    return Harvest(tuple(harvester.lines))


class _Harvester:
    """One catalogue on its way into the journal."""

    def __init__(
        self,
        source: CatalogueSource,
        journal: Journal,
        desk: Desk,
        gate: Gate,
        *,
        show: bool,
    ) -> None:
        self.source = source
        self.journal = journal
        self.desk = desk
        self.gate = gate
        self.show = show
        self.iris = Iris(journal.base)
        self.lines: list[Line] = []
        self._seen: dict[str, Mapping[str, Any]] = {}

    def take(self, page: Page) -> None:
        """Puts a page through the gate and hands in what is good."""
        for finding in page.refused:
            self.lines.append(Line(finding.source, None, Outcome.REFUSED, [finding]))
        fresh = [found for found in page.datasets if self._first_time(found)]
        for start in range(0, len(fresh), BATCH):
            self._take_batch(fresh[start : start + BATCH], page.address)

    def _first_time(self, found: Found) -> bool:
        """Says whether the dataset was not read yet; two that differ are reported."""
        known = self._seen.setdefault(found.iri, found.document)
        if known is not found.document and known != found.document:
            self._report(found, Outcome.REFUSED, [_finding(found, REPEATED)])
        return known is found.document

    def _take_batch(self, batch: Sequence[Found], address: str) -> None:
        new: list[tuple[Found, Content]] = []
        outcomes: dict[str, Outcome] = {}
        for found, content in self._read(batch):
            outcome = self._outcome(record_of(found.iri), content)
            outcomes[found.iri] = outcome
            # What was handed in just so was checked then, which is what costs.
            if outcome is Outcome.UNCHANGED:
                self._report(found, outcome)
            else:
                new.append((found, content))
        broken = self._broken(new) if new else {}
        drafts = [draft for draft in new if draft[0].iri not in broken]
        for found, _ in new:
            if found.iri in broken:
                self._report(found, Outcome.REFUSED, broken[found.iri])
            else:
                self._report(found, outcomes[found.iri])
        if drafts and not self.show:
            self._hand_in(drafts, address)

    def _report(
        self, found: Found, outcome: Outcome, reasons: Sequence[Finding] = ()
    ) -> None:
        record = record_of(found.iri)
        self.lines.append(Line(found.iri, record, outcome, reasons, found.losses))

    def _hand_in(self, drafts: Sequence[tuple[Found, Content]], address: str) -> None:
        with self.desk.write() as writer:
            for found, content in drafts:
                entry = submissions.submit(
                    writer,
                    record_of(found.iri),
                    content,
                    provenance=Provenance((Source(found.iri), Source(address))),
                    actor=f"{ACTOR}{self.source.host}",
                )
                if entry is not None:
                    submissions.take_place(writer, entry)
                    writer.hand_in(
                        entry,
                        organisation=KEEPER,
                        channel=Channel.HARVEST,
                        losses=[
                            Loss(one.term, one.value, one.rule) for one in found.losses
                        ],
                    )

    def _read(self, batch: Sequence[Found]) -> Sequence[tuple[Found, Content]]:
        """Returns what can be read as documents of ours; the rest is refused."""
        readings = self.gate.admit([self._handed(found) for found in batch])
        return [
            (found, reading.content)
            for found, reading in zip(batch, readings, strict=True)
            if self._readable(found, reading) and reading.content
        ]

    def _handed(self, found: Found) -> Handed:
        """Returns a dataset as anything that is handed in: it is a stranger's."""
        document = self._document(found)
        return Handed(self._thing(found), document, known=tuple(_nodes(document)))

    def _thing(self, found: Found) -> str:
        return self.iris.thing(record_of(found.iri))

    def _document(self, found: Found) -> Mapping[str, Any]:
        document = {"id": self._thing(found), **found.document}
        if areas := document.get("areaServed"):
            document["areaServed"] = [self._place(iri) for iri in areas]
        return document

    def _place(self, iri: str) -> str:
        """Returns our own place for the IRI of an area, if it is published."""
        key = "bg" if iri == _BULGARIA else iri.removeprefix(_NUTS).lower()
        if iri != _BULGARIA and not iri.startswith(_NUTS):
            return iri
        place = RecordId("place", key)
        head = self.journal.head(place)
        return self.iris.thing(place) if head and head.status.public else iri

    def _readable(self, found: Found, reading: Reading) -> bool:
        reasons = [
            Finding(found.iri, loss.pointer, loss.value, loss.reason, LOST)
            for loss in lost(reading.losses)
        ]
        if reading.problem:
            problem = reading.problem
            reasons.append(Finding(found.iri, "", "", "malformed-document", problem))
        if reasons:
            self._report(found, Outcome.REFUSED, reasons)
        return not reasons

    def _broken(
        self, read: Sequence[tuple[Found, Content]]
    ) -> Mapping[str, Sequence[Finding]]:
        """Returns why datasets cannot be handed in, by their IRIs."""
        sources = {self._thing(found): found.iri for found, _ in read}
        report = checking.check(
            {record_of(found.iri): content for found, content in read},
            gate=self.gate,
            journal=self.journal,
            iris=self.iris,
        )
        broken: dict[str, list[Finding]] = {}
        for result in report.results:
            if result.severity == "must":
                iri, path = sources[result.focus_node], result.path or ""
                value = result.value or ""
                broken.setdefault(iri, []).append(
                    Finding(iri, path, value, result.code, result.message)
                )
        for found, _ in read:
            head = self.journal.head(record_of(found.iri))
            if head and head.status is Status.SUPERSEDED:
                broken.setdefault(found.iri, []).append(_finding(found, SUPERSEDED))
        return broken

    def _outcome(self, record: RecordId, content: Content) -> Outcome:
        """Compares with what was handed in last; people may have edited it since."""
        ours = [
            entry
            for entry in self.journal.history(record)
            if entry.event is Event.SUBMITTED and entry.actor.startswith(ACTOR)
        ]
        if ours and ours[-1].digest == content.digest:
            return Outcome.UNCHANGED
        return Outcome.CHANGED if ours else Outcome.NEW


def _nodes(value: object) -> Iterator[str]:
    """Yields the IRIs of all nodes: a dataset speaks of its distributions."""
    if isinstance(value, Mapping):
        if isinstance(value.get("id"), str):
            yield value["id"]
        for member in value.values():
            yield from _nodes(member)
    elif isinstance(value, list):
        for member in value:
            yield from _nodes(member)


def _finding(found: Found, rule: str) -> Finding:
    return Finding(found.iri, "", "", rule, _MESSAGES[rule])


EMPTY, REPEATED, SUPERSEDED = "no-datasets", "repeated", "superseded"

_MESSAGES: Mapping[str, Text] = {
    EMPTY: {
        "en": "The source describes no dataset (dcat:Dataset).",
        "bg": "Източникът не описва нито един набор от данни (dcat:Dataset).",
    },
    REPEATED: {
        "en": "The source describes this dataset twice, and differently; the first "
        "description was taken.",
        "bg": "Източникът описва този набор от данни два пъти и по различен начин; "
        "взето е първото описание.",
    },
    SUPERSEDED: {
        "en": "The record of this dataset was superseded by another one.",
        "bg": "Записът за този набор от данни е заменен с друг.",
    },
}

LOST: Text = {
    "en": "This is no valid address, term or language code.",
    "bg": "Това не е валиден адрес, термин или код на език.",
}
