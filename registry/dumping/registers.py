"""`register.{kind}.csv`, `.jsonl` and `.nt`: the published records of each kind.

A kind has its files from its first record on, even if all were withdrawn since.

- JSON lines: the document of a record on each line, compact JSON-LD with the
  address of its context.
- N-Triples: thing and register item, record by record.
- CSV (RFC 4180, UTF-8): a row for each record. First come the columns that every
  register has, then one for each term that any record uses, in the order of the
  context: see `registry.views.flat`. Cells are data just as they are published.
  A text that starts with `=`, `+`, `-` or `@` is not altered, for it would then
  be wrong for every program; who opens the file in a spreadsheet imports its
  columns as text.
"""

import csv
import json
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from registry.iris import Iris
from registry.jsonld import Context
from registry.record import Version
from registry.views import flat, record


class Registers:
    """The files in the making.

    Args:
        folder: where they are written.
        iris: the registry's own.
        context: its terms are the columns.
    """

    def __init__(self, folder: Path, iris: Iris, context: Context) -> None:
        self._folder = folder
        self._iris = iris
        self._order = flat.order(context)
        self._register: _Register | None = None
        self._done: list[tuple[Path, int]] = []

    def add(self, version: Version) -> None:
        """Writes a record into the files of its kind, if it is public."""
        kind = version.head.record.kind
        if self._register is None or self._register.kind != kind:
            self._end()
            self._register = _Register(self._folder, kind)
        if version.head.status.public:
            self._register.add(version, self._iris)

    def finish(self) -> Iterable[tuple[Path, int]]:
        """Completes the files."""
        self._end()
        return self._done

    def close(self) -> None:
        """Closes the files, complete or not."""
        if self._register is not None:
            self._register.close()

    def _end(self) -> None:
        if self._register is not None:
            self._done += self._register.finish(self._order)
            self._register = None


class _Register:
    """The files of one kind.

    Which columns there are is known when all records have been seen; until then
    the rows wait in a file.
    """

    def __init__(self, folder: Path, kind: str) -> None:
        self.kind = kind
        self._rows = 0
        self._columns: set[flat.Column] = set()
        self._opened = ExitStack()
        self._paths = {
            extension: folder / f"register.{kind}.{extension}"
            for extension in ("csv", "jsonl", "nt")
        }
        self._waiting = folder / f".{kind}.rows"
        open_ = self._opened.enter_context
        self._lines = open_(self._paths["jsonl"].open("w", encoding="utf-8"))
        self._triples = open_(self._paths["nt"].open("w", encoding="utf-8"))
        self._spool = open_(self._waiting.open("w", encoding="utf-8"))

    def add(self, version: Version, iris: Iris) -> None:
        document = json.loads(version.content.document)
        self._lines.write(_line(document))
        self._triples.write(record.triples(version, iris=iris, item=True))
        cells = flat.cells(document)
        self._columns |= cells.keys()
        row = [flat.facts(version, iris), [[list(c), v] for c, v in cells.items()]]
        self._spool.write(_line(row))
        self._rows += 1

    def finish(self, order: flat.Order) -> Iterable[tuple[Path, int]]:
        self.close()
        columns = sorted(self._columns, key=order)
        with (
            self._waiting.open(encoding="utf-8", newline="\n") as spool,
            self._paths["csv"].open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow([*flat.FACTS, *map(flat.title, columns)])
            for line in spool:
                facts, pairs = json.loads(line)
                cells = {tuple(column): cell for column, cell in pairs}
                writer.writerow([*facts, *(cells.get(c, "") for c in columns)])
        self._waiting.unlink()
        return [(path, self._rows) for path in self._paths.values()]

    def close(self) -> None:
        self._opened.close()


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
