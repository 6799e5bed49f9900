"""The embedded graph store: its one writer, and the snapshots it publishes.

    {folder}/lock                 held by the one writer
    {folder}/live/                the store, opened by the writer alone, and its
                                  columns, see `registry.store.column_writer`
    {folder}/filling/             a store being loaded, not yet to be believed
    {folder}/snapshots/{name}/    what readers open; `name` starts with the
                                  sequence number, twelve digits
    {folder}/current              names the snapshot that readers are to open

The store is a projection. It is not synchronised to disk at every commit, for
whatever it loses is in the journal; but it never claims a sequence number that
its graphs have not reached, since both move in one transaction.
"""

import fcntl
import logging
import os
import re
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count, pairwise
from pathlib import Path
from typing import Self

import pyoxigraph
from pyoxigraph import DefaultGraph, Literal, NamedNode, RdfFormat, Store

from registry import storage
from registry.errors import Busy, EngineUnavailable, Invalid
from registry.namespaces import DCAT
from registry.ports import Graph
from registry.store.column_writer import ColumnWriter
from registry.store.values import as_line

log = logging.getLogger(__name__)

_TRIPLE = re.compile(
    r"""^<[^<>\s]+>[ ]<[^<>\s]+>[ ]
        (?: <[^<>\s]+>
          | "[^"\\\n]*(?:\\.[^"\\\n]*)*"(?: @[A-Za-z0-9-]+ | \^\^<[^<>\s]+> )? )
        [ ]\.\n""",
    re.MULTILINE | re.VERBOSE,
)
_BATCH = 6 * 1024**2
_LOADERS = 2
_REMOVED = 50_000
_NAME = re.compile(r"(\d{12})-\d+\Z")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state of the store that readers may open.

    Attributes:
        path: its folder.
        sequence: the journal position that it reflects.
    """

    path: Path
    sequence: int


def read_current(folder: Path) -> Snapshot | None:
    """Returns the snapshot that readers are to open, if one was published.

    Args:
        folder: the folder of the store.
    """
    try:
        # Read before every query, and so without what `Path` adds.
        with open(f"{folder}/current") as pointer:
            name = pointer.read()
    except FileNotFoundError:
        return None
    match = _NAME.match(name)
    return Snapshot(folder / "snapshots" / name, int(match[1])) if match else None


class OxigraphWriter:
    """Writes graphs and publishes snapshots; only one can be open at a time.

    Args:
        folder: where everything of the store is kept; created if need be.
        base: base IRI of the registry.
        fresh: throws away what the store holds and starts with an empty one.
        kept: how many snapshots to keep at least.
        grace: seconds that a snapshot is kept after a newer one took its place;
            longer than any query may take.
        clock: seconds since the epoch, as the file system tells them.

    Raises:
        Busy: another process has the store open.
        EngineUnavailable: the store is damaged; `extra["reason"]` is `damaged`,
            and `fresh` is the remedy.
    """

    def __init__(
        self,
        folder: Path,
        base: str,
        *,
        fresh: bool = False,
        kept: int = 3,
        grace: float = 60.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._live = folder / "live"
        self._registry = NamedNode(f"{base}id/registry")
        self._graph = NamedNode(f"{base}graph/registry")
        self._kept = kept
        self._grace = grace
        self._clock = clock
        (folder / "snapshots").mkdir(parents=True, exist_ok=True)
        self._lock = lock(folder / "lock")
        try:
            shutil.rmtree(folder / "filling", ignore_errors=True)
            if fresh:
                _remove(self._live)
            self._store: Store | None = _open(self._live)
            _read_through(self._store)
            self._columns = ColumnWriter(self._live, empty=_empty(self._store))
            current = read_current(folder)
            self._changed = not (
                current and current.sequence == self.sequence() and _sound(current)
            )
            self._whole = True
        except BaseException:
            os.close(self._lock)
            raise
        self._changed = self._changed or fresh

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the store and lets another writer open it."""
        if self._store is not None:
            self._store = None
            os.close(self._lock)

    def sequence(self) -> int:
        """Returns the sequence number that the store has reached, 0 at first."""
        with _damage_named():
            found = self._opened().quads_for_pattern(
                self._registry, NamedNode(f"{DCAT}version"), None, self._graph
            )
            for quad in found:
                if isinstance(quad.object, Literal):
                    return int(quad.object.value)
        return 0

    def replace(self, graphs: Iterable[Graph], sequence: int) -> None:
        """Replaces whole named graphs and moves the sequence number.

        Whole texts are written in one transaction with the number. Graphs in
        pieces are loaded in bulk before it; should that break off, nothing is
        published until they have been replaced again, which the number, not
        yet moved, asks for.

        Args:
            graphs: what the graphs are to hold; an empty text removes a graph.
            sequence: the number that the store has reached with them.

        Raises:
            Invalid: a graph is not canonical N-Triples, or has a blank node.
        """
        operations: list[str] = []
        texts: dict[str, str] = {}
        in_pieces: dict[str, Iterable[str]] = {}
        for iri, triples in graphs:
            if isinstance(triples, str):
                texts[iri] = triples
                operations += replacement(NamedNode(iri), triples)
            else:
                in_pieces[iri] = triples
        position = self._position(sequence)
        operations += replacement(self._graph, position)
        tables = [*in_pieces, *filter(self._columns.replaces, texts)]
        with _damage_named():
            self._columns.mention("".join([*texts.values(), position]))
            self._columns.begin(tables)
        if in_pieces:
            self._replace_in_pieces(in_pieces)
        with _damage_named():
            self._opened().update(";\n".join(operations))
            if tables:
                self._columns.end(tables, sequence)
        self._changed = True

    def _replace_in_pieces(self, graphs: Mapping[str, Iterable[str]]) -> None:
        store = self._opened()
        self._whole = False
        with _damage_named():
            for iri in graphs:
                _clear(store, NamedNode(iri))
            _load(store, self._columns.watch(graphs.items()))
        self._whole = True

    def fill(self, graphs: Iterable[Graph], sequence: int) -> int:
        """Loads graphs into an empty store in bulk and returns the quads loaded.

        The present store is replaced when the new one is complete, so that one
        half filled is never taken for a whole one.

        Args:
            graphs: what the graphs are to hold.
            sequence: the number that the store has reached with them.

        Raises:
            Invalid: a graph is not canonical N-Triples, or has a blank node.
        """
        filling = self._folder / "filling"
        _remove(filling)
        store = _open(filling)
        columns = ColumnWriter(filling, empty=True)
        position = (self._graph.value, self._position(sequence))
        loaded = _load(store, columns.watch(chain(graphs, [position])))
        columns.end_all(sequence)
        store.flush()
        del store
        self._store = None
        _remove(self._live)
        filling.rename(self._live)
        self._store = _open(self._live)
        self._columns = columns.moved(self._live)
        self._changed = self._whole = True
        return loaded

    def publish(self) -> None:
        """Lets readers see the present state, as a snapshot.

        Does nothing if they see it already, or while a graph in pieces has lost
        what it held and not yet got all that it is to hold. Older snapshots are
        removed when no query can be using them any more.
        """
        if self._changed and self._whole:
            name = self._unused(self.sequence())
            with _damage_named():
                self._opened().backup(self._folder / "snapshots" / name)
                reached = self.sequence()
                self._columns.publish(self._folder / "snapshots" / name, reached)
            point(self._folder / "current", name)
            self._changed = False
        self._remove_old()

    def dump(self) -> Iterator[str]:
        """Yields every quad as a line of N-Quads, by graph and then by line."""
        store = self._opened()
        names = sorted(
            graph.value
            for graph in store.named_graphs()
            if isinstance(graph, NamedNode)
        )
        for name in names:
            graph = NamedNode(name)
            triples = store.dump(format=RdfFormat.N_TRIPLES, from_graph=graph)
            # Not `splitlines`, which also breaks at characters within literals.
            for line in sorted((triples or b"").decode().split("\n")[:-1]):
                yield f"{line.removesuffix('.')}{graph} ."

    def _opened(self) -> Store:
        if self._store is None:
            raise ValueError("the store is closed")
        return self._store

    def _position(self, sequence: int) -> str:
        number = Literal(str(sequence))
        return f"{self._registry} {NamedNode(f'{DCAT}version')} {number} .\n"

    def _unused(self, sequence: int) -> str:
        names = (f"{sequence:012d}-{number}" for number in count())
        return next(
            name for name in names if not (self._folder / "snapshots" / name).exists()
        )

    def _remove_old(self) -> None:
        snapshots = sorted(
            (path for path in (self._folder / "snapshots").iterdir()),
            key=lambda path: path.stat().st_mtime_ns,
        )
        current = read_current(self._folder)
        for old, newer in pairwise(snapshots[: len(snapshots) - self._kept + 1]):
            replaced = newer.stat().st_mtime
            if self._clock() - replaced > self._grace and (
                current is None or old != current.path
            ):
                shutil.rmtree(old, ignore_errors=True)


class SnapshotGraphs:
    """Reads graphs from the newest snapshot, to compare them with the journal.

    Args:
        folder: the folder of the store.

    Raises:
        EngineUnavailable: nothing is published, or it is damaged.
    """

    def __init__(self, folder: Path) -> None:
        snapshot = read_current(folder)
        if snapshot is None:
            raise EngineUnavailable(
                "No data have been published for queries yet.",
                "Все още няма публикувани данни, към които да се отправят заявки.",
                extra={"reason": "unpublished"},
            )
        self._sequence = snapshot.sequence
        with _damage_named():
            self._store = Store.read_only(str(snapshot.path))

    def close(self) -> None:
        """Does nothing: it is closed with the last that refers to it."""

    def sequence(self) -> int:
        """Returns the sequence number that the snapshot has reached."""
        return self._sequence

    def names(self) -> Iterator[str]:
        """Yields the graphs that hold something, sorted."""
        with _damage_named():
            named = self._store.named_graphs()
            yield from sorted(g.value for g in named if isinstance(g, NamedNode))

    def triples(self, graph: str) -> Iterator[str]:
        """Yields the triples of a graph, as `normal` has them."""
        with _damage_named():
            for quad in self._store.quads_for_pattern(
                None, None, None, NamedNode(graph)
            ):
                yield as_line(quad)

    def normal(self, triples: str) -> Iterator[str]:
        """Yields the lines of N-Triples, each literal by its value."""
        for quad in pyoxigraph.parse(triples, RdfFormat.N_TRIPLES):
            yield as_line(quad)


def lock(path: Path) -> int:
    """Returns a descriptor that keeps other writers away while it is open.

    Raises:
        Busy: another process has one.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Busy(
            "Another process is writing to the graph store.",
            "Друг процес пише в хранилището на графи.",
        ) from None
    return descriptor


def _open(folder: Path) -> Store:
    with _damage_named():
        return Store(folder)


def _read_through(store: Store) -> None:
    """Reads every quad, and so the checksum of every block that holds one."""
    with _damage_named():
        list(store.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"))  # type: ignore[arg-type] # of solutions


def _empty(store: Store) -> bool:
    return next(store.quads_for_pattern(None, None, None, None), None) is None


def _sound(snapshot: Snapshot) -> bool:
    """Says whether readers can read a snapshot."""
    try:
        with _damage_named():
            _read_through(Store.read_only(str(snapshot.path)))
    except EngineUnavailable:
        log.warning("damaged snapshot replaced", extra={"snapshot": snapshot.path.name})
        return False
    return True


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:
        # A full disk is no damage: what is there is still good.
        if disk := storage.unavailable(error):
            raise disk from error
        raise EngineUnavailable(
            "The graph store cannot be read and has to be rebuilt.",
            "Хранилището на графи не може да бъде прочетено и трябва да се изгради "
            "отново.",
            extra={"reason": "damaged"},
        ) from error


def replacement(graph: NamedNode, triples: str) -> list[str]:
    """Returns the update operations that make the graph hold just the triples.

    The text is read and written again, so that none of it can be an operation.

    Raises:
        Invalid: it is not canonical N-Triples, or has a blank node.
    """
    operations = [f"DROP SILENT GRAPH {graph}"]
    if data := canonical(triples, graph.value):
        operations.append(
            "".join(("INSERT DATA { GRAPH ", str(graph), " {\n", data, " } }"))
        )
    return operations


def canonical(triples: str, graph: str) -> str:
    """Returns N-Triples, read and written again.

    Args:
        triples: of one graph.
        graph: its name, for the error.

    Raises:
        Invalid: it is not canonical N-Triples, or has a blank node.
    """
    try:
        quads = list(pyoxigraph.parse(triples, RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise _malformed(error) from error
    if any(_blank(quad.subject) or _blank(quad.object) for quad in quads):
        raise _not_canonical(graph)
    return "".join(f"{quad.triple} .\n" for quad in quads)


def _blank(term: object) -> bool:
    return not isinstance(term, NamedNode | Literal)


def _clear(store: Store, graph: NamedNode) -> None:
    """Empties a graph that may be too big to be removed in one transaction."""
    held = f"GRAPH {graph} {{ ?s ?p ?o }}"
    update = (
        f"DELETE {{ {held} }} WHERE {{ SELECT * WHERE {{ {held} }} LIMIT {_REMOVED} }}"
    )
    while next(store.quads_for_pattern(None, None, None, graph), None) is not None:
        store.update(update)


def _load(store: Store, graphs: Iterable[Graph]) -> int:
    """Loads graphs in bulk and returns how many quads they are.

    While some batches are sorted and written, the next one is made.
    """
    loaded = 0
    running: deque[Future[None]] = deque()
    with ThreadPoolExecutor(_LOADERS) as loaders:
        for quads in _batches(graphs):
            loaded += quads.count(b"\n")
            if len(running) == _LOADERS:
                _finish(running.popleft())
            running.append(loaders.submit(store.bulk_load, quads, RdfFormat.N_QUADS))
        for loading in running:
            _finish(loading)
    # Were a term missing, the name of the graph would be taken for it.
    for quad in store.quads_for_pattern(None, None, None, DefaultGraph()):
        raise _not_canonical(str(quad.subject))
    return loaded


def _finish(loading: Future[None]) -> None:
    try:
        loading.result()
    except SyntaxError as error:
        raise _malformed(error) from error


def _batches(graphs: Iterable[Graph]) -> Iterator[bytes]:
    """Yields N-Quads by the batch, to be sorted and written as one each."""
    batch: list[str] = []
    size = 0
    for graph, triples in _pieces(graphs):
        if "_:" in triples and _TRIPLE.sub("", triples):
            raise _not_canonical(graph.value)
        # In canonical N-Triples a line feed ends a triple and is nowhere else.
        batch.append(triples.replace(" .\n", f" {graph} .\n"))
        size += len(triples)
        if size > _BATCH:
            yield "".join(batch).encode()
            batch, size = [], 0
    yield "".join(batch).encode()


def _pieces(graphs: Iterable[Graph]) -> Iterator[tuple[NamedNode, str]]:
    for iri, triples in graphs:
        graph = NamedNode(iri)
        for piece in [triples] if isinstance(triples, str) else triples:
            yield graph, piece


def _malformed(error: SyntaxError) -> Invalid:
    return Invalid(
        f"The triples cannot be read: {error.msg}",
        f"Тройките не могат да бъдат прочетени: {error.msg}",
    )


def _not_canonical(where: str) -> Invalid:
    return Invalid(
        f"The triples at {where} are not canonical N-Triples without blank nodes.",
        f"Тройките при {where} не са в каноничен вид N-Triples без празни възли.",
    )


def point(pointer: Path, name: str) -> None:
    """Writes the pointer so that it always names the old or the new snapshot."""
    draft = pointer.with_name(f"{pointer.name}.new")
    with draft.open("w") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(pointer)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
