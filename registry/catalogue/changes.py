"""How a change of the catalogue is written down, within an open transaction."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace

from registry.catalogue import checksum
from registry.catalogue.schema import moment, packed, unpacked, written
from registry.ports import Deed, Standing

Cut = Callable[[str], Mapping[str, bytes]]
"""Makes the fragments of a description, by the name of their form."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the catalogue has come: the one row of a table.

    Attributes:
        sequence: of the journal entry that was taken in last.
        dump: number of the dump that was taken in last.
        origin: names what else descriptions were made from.
        number: of the latest activity.
        at: when that was.
        datasets: how many there are.
        total: the sum over all of them: see `checksum`.
    """

    sequence: int = 0
    dump: int = 0
    origin: str = ""
    number: int = 0
    at: str | None = None
    datasets: int = 0
    total: bytes = checksum.NOTHING


def progress(connection: sqlite3.Connection) -> Progress:
    """Returns how far the catalogue has come."""
    row = connection.execute("SELECT * FROM progress").fetchone()
    return Progress(*row) if row else Progress()


def keep(connection: sqlite3.Connection, reached: Progress) -> None:
    """Notes how far the catalogue has come."""
    connection.execute("DELETE FROM progress")
    connection.execute(
        "INSERT INTO progress VALUES (?, ?, ?, ?, ?, ?, ?)", astuple(reached)
    )


def standing(connection: sqlite3.Connection, key: str) -> Standing | None:
    """Returns how a dataset stands, even if deleted, or `None` if it never was."""
    row = connection.execute(
        "SELECT key, dataset.at, triples, issued, modified, version, counted, members"
        " FROM dataset JOIN activity ON activity.number = dataset.number"
        " WHERE key = ?",
        (key,),
    ).fetchone()
    if row is None:
        return None
    key, at, triples, issued, modified, version, counted, members = row
    return Standing(
        key=key,
        at=moment(at),
        triples=unpacked(triples).decode(),
        issued=moment(issued),
        modified=moment(modified),
        version=version,
        counted=counted,
        members=tuple(json.loads(members)),
    )


def added(
    connection: sqlite3.Connection,
    changes: Sequence[Standing],
    before: Progress,
    *,
    cut: Cut,
) -> Progress:
    """Adds an activity for each change, and returns how far that is.

    Fragments are made of what is left in the end.
    """
    reached = before
    for change in changes:
        found = standing(connection, change.key)
        old = found.triples if found else ""
        reached = replace(
            reached,
            number=reached.number + 1,
            at=written(change.at),
            datasets=reached.datasets + bool(change.triples) - bool(old),
            total=checksum.moved(
                reached.total,
                without=_member(change.key, old),
                with_=_member(change.key, change.triples),
            ),
        )
        _add(connection, reached.number, change, _deed(old, change.triples))
    for key, triples in {change.key: change.triples for change in changes}.items():
        _put(connection, key, cut(triples) if triples else {})
    return reached


def _add(
    connection: sqlite3.Connection, number: int, change: Standing, deed: Deed
) -> None:
    at = written(change.at)
    connection.execute(
        "INSERT INTO activity VALUES (?, ?, ?, ?, ?)",
        (number, deed, change.key, at, packed(change.triples.encode())),
    )
    connection.execute(
        "INSERT OR REPLACE INTO dataset VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            change.key,
            number,
            at,
            not change.triples,
            written(change.issued),
            written(change.modified),
            change.version,
            change.counted,
            json.dumps(change.members),
        ),
    )


def _put(
    connection: sqlite3.Connection, key: str, fragments: Mapping[str, bytes]
) -> None:
    connection.execute("DELETE FROM fragment WHERE key = ?", (key,))
    connection.executemany(
        "INSERT INTO fragment VALUES (?, ?, ?)",
        [(key, form, packed(body)) for form, body in fragments.items()],
    )


def _deed(old: str, new: str) -> Deed:
    if not new:
        return Deed.DELETE
    return Deed.UPDATE if old else Deed.CREATE


def _member(key: str, triples: str) -> bytes | None:
    return f"{key}\0{triples}".encode() if triples else None
