"""`registry.sqlite`: the published records and observations, to ask in SQL.

    record       a row for each record: its kind and key, its IRI, status, version
                 number, when it was submitted, modified and last verified (RFC 3339,
                 UTC), and its document, compact JSON-LD, for the JSON functions
    name         what a record is called, a row for each language
    source       the pages that a record rests on, the main one first
    "table.{key}"  a row for each observation of a table, with its own columns: a
                 code for each dimension, `obs_value`, and `obs_flag` if it has flags

Nothing else is in it: no person, no draft, nothing that was withdrawn. Equal
records make equal bytes.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from registry.dumping.figures import is_table
from registry.iris import Iris
from registry.ports import TableRow, Tables
from registry.record import Version
from registry.statistics import description
from registry.statistics.structure import VALUE, Structure
from registry.views.flat import FACTS, facts, joined

NAME = "registry.sqlite"
"""The name of the file."""

SCHEMA = 1
"""`PRAGMA user_version` of the file; moves when a table changes."""

# The file gets its name when it is complete, so a journal would guard nothing.
_SETTINGS = f"""
PRAGMA page_size = 4096;
PRAGMA encoding = 'UTF-8';
PRAGMA auto_vacuum = NONE;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA user_version = {SCHEMA};
"""

_TABLES = (
    """
    CREATE TABLE record (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        iri TEXT NOT NULL UNIQUE,
        status TEXT NOT NULL,
        version INTEGER NOT NULL,
        submitted TEXT NOT NULL,
        modified TEXT NOT NULL,
        verified TEXT,
        document TEXT NOT NULL,
        PRIMARY KEY (kind, key)
    )
    """,
    """
    CREATE TABLE name (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        language TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (kind, key, language),
        FOREIGN KEY (kind, key) REFERENCES record (kind, key)
    )
    """,
    """
    CREATE TABLE source (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        position INTEGER NOT NULL,
        iri TEXT NOT NULL,
        issued TEXT,
        PRIMARY KEY (kind, key, position),
        FOREIGN KEY (kind, key) REFERENCES record (kind, key)
    )
    """,
)


class Database:
    """The file in the making.

    Args:
        folder: where it is written.
        iris: the registry's own.
        tables: the observations behind tables.
    """

    def __init__(self, folder: Path, iris: Iris, tables: Tables) -> None:
        self._path = folder / NAME
        self._iris = iris
        self._tables = tables
        self._records = 0
        self._connection = sqlite3.connect(self._path, isolation_level=None)
        self._connection.executescript(_SETTINGS)
        self._connection.execute("BEGIN")
        for statement in _TABLES:
            self._connection.execute(statement)

    def add(self, version: Version) -> None:
        """Adds a record, if it is public, and the observations of a table."""
        if not version.head.status.public:
            return
        record = version.head.record
        document = json.loads(version.content.document)
        said = dict(zip(FACTS, facts(version, self._iris), strict=True))
        run = self._connection.execute
        run(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?)",
            (
                record.kind,
                record.key,
                said["iri"],
                said["status"],
                version.head.version,
                said["submitted"],
                said["modified"],
                said["verified"],
                json.dumps(document, ensure_ascii=False, separators=(",", ":")),
            ),
        )
        names = document.get("name") or document.get("title") or {}
        for language, name in names.items():
            run(
                "INSERT INTO name VALUES (?, ?, ?, ?)",
                (record.kind, record.key, language, _text(name)),
            )
        for position, source in enumerate(version.head.provenance.sources, start=1):
            run(
                "INSERT INTO source VALUES (?, ?, ?, ?, ?)",
                (record.kind, record.key, position, source.iri, source.issued),
            )
        if is_table(version):
            self._add_observations(version, description.structure_of(document))
        self._records += 1

    def finish(self) -> Iterable[tuple[Path, int]]:
        """Completes the file."""
        self._connection.execute("COMMIT")
        self.close()
        return [(self._path, self._records)]

    def close(self) -> None:
        """Closes the file, complete or not."""
        self._connection.close()

    def _add_observations(self, version: Version, structure: Structure) -> None:
        table = _quoted(f"table.{structure.key}")
        number = "INTEGER" if structure.integer else "NUMERIC"
        columns = ", ".join(
            f"{_quoted(name)} {number if name == VALUE else 'TEXT'}"
            for name in structure.columns
        )
        codes = ", ".join(_quoted(d.id) for d in structure.dimensions)
        self._connection.execute(
            f"CREATE TABLE {table} ({columns}, PRIMARY KEY ({codes})) WITHOUT ROWID"
        )
        marks = ", ".join("?" * len(structure.columns))
        self._connection.executemany(
            f"INSERT INTO {table} VALUES ({marks})",  # noqa: S608 - a quoted name
            self._rows(version),
        )

    def _rows(self, version: Version) -> Iterator[TableRow]:
        for batch in self._tables.batches(version):
            yield from batch


def _text(name: str | list[str]) -> str:
    return name if isinstance(name, str) else joined(name)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
