"""Making a dump: one pass over the journal, and then all files at once.

The files say what the journal said at one position, and the same position gives
the same bytes. They come from the journal and the kept observations alone, so
nothing waits for a dump, and none waits for the graph store.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from registry.dumping import manifest
from registry.dumping.database import Database
from registry.dumping.figures import Figures, Kept
from registry.dumping.files import Part, Written, linked, written
from registry.dumping.folder import DumpFolder
from registry.dumping.manifest import Manifest
from registry.dumping.quads import Quads
from registry.dumping.registers import Registers
from registry.dumping.sitemaps import Sitemaps
from registry.iris import Iris
from registry.ports import Dump, File, Journal
from registry.record import Version
from registry.views import void
from registry.vocabulary import Vocabulary

DESCRIPTION = "void.nt"
"""The description of a dump, in the folder of its files."""

QUIET = timedelta(seconds=30)
"""How long nothing is written before the first dump."""

_GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Published:
    """All that a dump is made from.

    Attributes:
        journal: the truth.
        tables: the observations behind its tables.
        vocabulary: the terms and the context.
        iris: the registry's own.
    """

    journal: Journal
    tables: Kept
    vocabulary: Vocabulary
    iris: Iris


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it.

    Attributes:
        dump: the public dump.
        files: of which it consists.
        changed: whether it is another one than before.
    """

    dump: Dump
    files: Sequence[Written]
    changed: bool


def make(published: Published, public: DumpFolder) -> Made:
    """Makes a dump of what is published now, and makes it public.

    Nothing becomes public if every file is as it was.

    Raises:
        Busy: somebody else is making one.
    """
    with public.making() as folder:
        sequence, made = _write(published, folder)
        files = [each.file for each in made]
        latest = public.dumps.latest()
        changed = latest is None or list(latest.files) != files
        if latest is not None and not changed:
            sequence = latest.sequence
        if current := public.current():
            _reuse(current[1], current[0].files, folder, files)
        chained = _hash(published.journal, sequence)
        manifest.write(Manifest(published.iris.base, sequence, chained, made), folder)
        return Made(public.put(folder, sequence, files), made, changed)


def due(journal: Journal, public: DumpFolder, now: datetime, every: timedelta) -> bool:
    """Says whether a dump should be made.

    The first one is due as soon as something is published and nothing has been
    written for a while, for a dump of a registry that is being filled helps nobody.
    """
    tip = journal.tip()[0]
    current = public.current()
    if current is not None:
        dump = current[0]
        return dump.sequence < tip and now - dump.at >= every
    last = journal.entries(after=tip - 1, limit=1) if tip else ()
    return bool(last) and now - last[0].at >= QUIET


def _write(published: Published, folder: Path) -> tuple[int, Sequence[Written]]:
    """Writes all files, and returns the position that they reflect with them."""
    iris, tables = published.iris, published.tables
    quads = Quads(folder, iris, tables, published.vocabulary.terms)
    parts: list[Part] = [
        quads,
        Registers(folder, iris, published.vocabulary.context),
        Figures(folder, tables),
        Database(folder, iris, tables),
        Sitemaps(folder, iris),
    ]
    with ExitStack() as opened:
        for part in parts:
            opened.callback(part.close)
        sequence, versions = _state(published.journal)
        for version in versions:
            for part in parts:
                part.add(version)
        made = [written(*file) for part in parts for file in part.finish()]
    description = void.description(quads.counted(), iris)
    (folder / DESCRIPTION).write_text(description, encoding="utf-8")
    return sequence, sorted(made, key=lambda each: each.file.name)


def _state(journal: Journal) -> tuple[int, Iterator[Version]]:
    """Returns a position and all records as they stood at it.

    The records are those of the moment at which the first is read; if nobody
    wrote around it, that moment is the position.
    """
    while True:
        before = journal.tip()
        versions = journal.heads()
        first = next(versions, None)
        if journal.tip() == before:
            return before[0], chain([] if first is None else [first], versions)


def _hash(journal: Journal, sequence: int) -> str:
    entries = journal.entries(after=sequence - 1, limit=1) if sequence else ()
    return entries[0].hash if entries else _GENESIS


def _reuse(
    place: Path, kept: Sequence[File], folder: Path, files: Sequence[File]
) -> None:
    """Keeps files that did not change only once on the disk."""
    for file in set(kept) & set(files):
        (folder / file.name).unlink()
        linked(place / file.name, folder / file.name)
