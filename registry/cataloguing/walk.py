"""What an entry or a dump means for the datasets of the catalogue."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Protocol

from registry import freshness
from registry.cataloguing.sources import Files, Sources, by_dataset
from registry.iris import RecordId
from registry.lifecycle import Event
from registry.ports import CatalogueWriter, Dump, Reliability, Standing
from registry.record import Entry, Version
from registry.statistics import description
from registry.views.dcat import creators, datasets, membership, statistical

_AGEING = frozenset({Event.ACCEPTED, Event.VERIFIED, Event.SUPERSEDED, Event.RETIRED})
_ENDS = frozenset({Event.SUPERSEDED, Event.RETIRED})


def _ages(entry: Entry) -> bool:
    """Says whether an entry may change for how long its record is fresh."""
    return entry.record.kind in freshness.KINDS and entry.event in _AGEING


class _View(Protocol):
    """Returns a description, which depends on two moments."""

    def __call__(self, *, issued: datetime, modified: datetime) -> str: ...


class Walk:
    """One step: how datasets stand in the midst of it, and what has changed.

    Args:
        sources: what descriptions are made from.
        catalogue: how datasets stood before.
        dump: number of the dump that was taken in last.
    """

    def __init__(self, sources: Sources, catalogue: CatalogueWriter, dump: int) -> None:
        self.changes: list[Standing] = []
        self._sources = sources
        self._catalogue = catalogue
        self._known: dict[str, Standing | None] = {}
        self._dump = dump
        self._files: Files | None = None
        self._latest = catalogue.state().at

    def take_entries(self, entries: Sequence[Entry]) -> None:
        """Takes in what entries that follow each other mean for the catalogue."""
        ageing = [entry for entry in entries if _ages(entry)]
        # Most records have stood still since: those are read at once.
        current = {
            version.head.sequence: version
            for version in self._moved(entries, len(ageing))
        }
        for entry in ageing:
            self._note_age(entry, current.get(entry.sequence))
        for entry in entries:
            self.take_entry(entry)

    def _moved(self, entries: Sequence[Entry], most: int) -> Sequence[Version]:
        if not most:
            return ()
        return self._sources.journal.changed(entries[0].sequence - 1, most)

    def take_entry(self, entry: Entry) -> None:
        """Takes in what an entry means for the register and the table of its record.

        Writes nothing: how long the record is fresh is left out.
        """
        kind, key = entry.record.kind, f"table.{entry.record.key}"
        if entry.event is Event.ACCEPTED:
            if self._find(f"register.{kind}") is None:
                self._put_register(kind, entry.at)
            if kind == description.KIND:
                self._take_table(key, entry)
        elif entry.event in _ENDS and kind == description.KIND:
            before = self._series_before(key)
            self._delete(key, entry.at)
            self._move(key, before, None, entry.at)

    def _note_age(self, entry: Entry, current: Version | None) -> None:
        """Notes what an entry means for how long its record is fresh."""
        version = current or self._sources.journal.after_entry(entry)
        ages = freshness.ages(version) if version else None
        self._catalogue.keep_fresh(
            entry.record,
            ages.fresh_until if ages else None,
            confirmed=entry.event is Event.VERIFIED,
        )

    def take_dump(self, dump: Dump) -> None:
        """Takes in which datasets have other files than in the dump before."""
        before, after = self._dumped, by_dataset(dump.files)
        self._files = after
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                self._take_files(key, dump.at)

    def _take_files(self, key: str, at: datetime) -> None:
        kind, _, name = key.partition(".")
        found = self._find(key)
        if key == datasets.WHOLE:
            self._put(self._start(key, at), self._view(datasets.whole, key), at)
        elif found is None or not found.triples:
            return  # of what is not in the catalogue, or no longer
        elif kind == "register":
            # With the files, not with each entry: a confirmation changes both alike.
            self._put_register(name, at, self._catalogue.reliability(name))
        else:
            self._put_table(found, self._version(key, found.version), at)

    def _put_register(
        self, kind: str, at: datetime, measured: Reliability | None = None
    ) -> None:
        key = f"register.{kind}"
        view = self._view(partial(datasets.register, kind, measured=measured), key)
        self._put(self._start(key, at), view, at)

    def _take_table(self, key: str, entry: Entry) -> None:
        version = self._sources.journal.after_entry(entry)
        assert version is not None  # noqa: S101 - this entry published it
        before = self._series_before(key)
        start = replace(
            self._start(key, entry.at),
            version=entry.version,
            counted=self._count(version),
        )
        self._put_table(start, version, entry.at)
        self._move(key, before, self._series_of(version), entry.at)

    def _put_table(self, start: Standing, version: Version, at: datetime) -> None:
        view = partial(datasets.table, version, series=start.counted)
        self._put(start, self._view(view, start.key), at)

    def _count(self, version: Version) -> int:
        structure = description.structure_of(creators.document(version))
        batches = self._sources.tables.batches(version)
        return statistical.count_series(batches, structure)

    def _version(self, key: str, number: int) -> Version:
        record = RecordId(description.KIND, key.removeprefix("table."))
        found = self._sources.journal.version(record, number)
        assert found is not None  # noqa: S101 - the catalogue has it from there
        return found

    def _series_before(self, key: str) -> str | None:
        found = self._find(key)
        if found is None or not found.triples:
            return None
        return self._series_of(self._version(key, found.version))

    def _series_of(self, version: Version) -> str | None:
        sources = self._sources
        return membership.series_of(
            version, iris=sources.iris, definition=sources.definition
        )

    def _move(
        self, key: str, before: str | None, after: str | None, at: datetime
    ) -> None:
        """Takes a table out of one series and puts it into another."""
        if before == after:
            return
        for name, joining in ((before, set[str]()), (after, {key})):
            if name:
                self._put_series(name, joining, {key}, at)

    def _put_series(
        self, name: str, joining: set[str], leaving: set[str], at: datetime
    ) -> None:
        start = self._start(f"series.{name}", at)
        members = tuple(sorted(set(start.members) - leaving | joining))
        if not members:
            self._delete(start.key, at)
            return
        sources = self._sources
        view = partial(
            datasets.series,
            name,
            members,
            iris=sources.iris,
            definition=sources.definition,
        )
        self._put(replace(start, members=members), view, at)

    @property
    def _dumped(self) -> Files:
        """The files of the latest dump, read when they are first needed."""
        if self._files is None:
            found = self._sources.dumps.published(self._dump - 1, 1)
            self._files = by_dataset(found[0].files if self._dump else ())
        return self._files

    def _view(self, view: Callable[..., str], key: str) -> _View:
        """Returns a view of the files that a dataset has in the latest dump."""
        sources, files = self._sources, self._dumped.get(key, ())
        return partial(view, files, iris=sources.iris, definition=sources.definition)

    def _find(self, key: str) -> Standing | None:
        if key not in self._known:
            self._known[key] = self._catalogue.standing(key)
        return self._known[key]

    def _start(self, key: str, at: datetime) -> Standing:
        """Returns how a dataset stands, or what a new one starts from."""
        at = self._in_order(at)
        return self._find(key) or Standing(key, at, "", issued=at, modified=at)

    def _in_order(self, at: datetime) -> datetime:
        # Clocks go back; what harvesters ask to be told since a moment must not.
        return max(at, self._latest or at)

    def _put(self, start: Standing, view: _View, at: datetime) -> None:
        """Notes the description that a dataset has from a moment on.

        One that only its own date would tell from the one before is no other.
        """
        same = view(issued=start.issued, modified=start.modified)
        if same != start.triples:
            at = self._in_order(at)
            triples = view(issued=start.issued, modified=at)
            self._note(replace(start, at=at, triples=triples, modified=at))

    def _delete(self, key: str, at: datetime) -> None:
        found = self._find(key)
        if found and found.triples:
            at = self._in_order(at)
            self._note(replace(found, at=at, triples="", modified=at, members=()))

    def _note(self, standing: Standing) -> None:
        self._known[standing.key] = standing
        self._latest = standing.at
        self.changes.append(standing)
