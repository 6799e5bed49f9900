"""The disk: what is made to last on it, and what it says when it fails.

A disk that is full, read-only or broken is told apart from all other errors.
Whatever keeps files or a database says so in its own way: the operating system by
`errno`, SQLite by a code, PostgreSQL by its SQLSTATE or by a connection that is gone,
the graph store by a sentence. Here they become one error.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from registry.errors import StorageUnavailable

_BY_ERRNO: Mapping[int, str] = MappingProxyType(
    {
        errno.ENOSPC: "full",
        errno.EDQUOT: "full",
        errno.EFBIG: "full",
        errno.EROFS: "read-only",
        errno.EIO: "failed",
    }
)
_BY_SQLITE: Mapping[int, str] = MappingProxyType(
    {
        sqlite3.SQLITE_FULL: "full",
        sqlite3.SQLITE_READONLY: "read-only",
        sqlite3.SQLITE_IOERR: "failed",
        sqlite3.SQLITE_CANTOPEN: "failed",
        sqlite3.SQLITE_CORRUPT: "damaged",
        sqlite3.SQLITE_NOTADB: "damaged",
    }
)
UNREACHABLE = "unreachable"
"""The reason that is no fault of a disk: there is no way to the database now."""

_BY_SQLSTATE: Mapping[str, str] = MappingProxyType(
    {
        "08": UNREACHABLE,  # connection exception
        "25006": "read-only",  # a standby, after somebody else took over
        "53100": "full",
        "53200": "full",  # out of memory
        "53300": UNREACHABLE,  # too many connections
        "57P": UNREACHABLE,  # shut down, crashed, or not up yet
        "58": "failed",  # the system below it
        "XX": "damaged",
    }
)
"""By the beginning of a code. **Source:** PostgreSQL 15, appendix A."""
_GONE = frozenset({"OperationalError", "InterfaceError"})
"""What drivers (PEP 249) raise without a code when there is no connection."""
_PRIMARY = 0xFF
"""The bits of a code of SQLite that do not tell the detail."""


def sync(path: Path) -> None:
    """Makes the bytes of a file, or the names in a folder, outlast a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(folder: Path) -> None:
    """Makes a folder with all that is below it outlast a power cut."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


@contextmanager
def storing() -> Iterator[None]:
    """Names what the disk does not let happen in the block.

    Raises:
        StorageUnavailable: the disk is full, read-only or broken.
    """
    try:
        yield
    except (OSError, RuntimeError, sqlite3.Error) as error:
        found = unavailable(error)
        if found is None:
            raise
        raise found from error


def unavailable(error: BaseException) -> StorageUnavailable | None:
    """Returns the refusal for an error that comes from the disk, else `None`."""
    reason = _reason(error)
    if reason is None:
        return None
    if reason == UNREACHABLE:
        return StorageUnavailable(
            "The registry cannot reach its database at the moment. If you sent "
            "something, send it again in a little while, under the same key: it is "
            "kept once.",
            "В момента регистърът няма връзка с базата си данни. Ако сте изпратили "
            "нещо, изпратете го отново след малко със същия ключ: ще бъде запазено "
            "само веднъж.",
            extra={"reason": reason},
        )
    return StorageUnavailable(
        "The registry cannot write to its disk at the moment. What was sent has not "
        "been kept; try again in a little while.",
        "В момента регистърът не може да записва на диска си. Изпратеното не е "
        "запазено; опитайте отново след малко.",
        extra={"reason": reason},
    )


def _reason(error: BaseException) -> str | None:
    # SQLAlchemy wraps the error of the driver.
    error = getattr(error, "orig", None) or error
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        return None if code is None else _BY_SQLITE.get(code & _PRIMARY)
    if hasattr(error, "sqlstate"):
        return _of_postgresql(error, error.sqlstate)
    if isinstance(error, OSError) and (error.errno or 0) in _BY_ERRNO:
        return _BY_ERRNO[error.errno or 0]
    if isinstance(error, OSError | RuntimeError):
        told = str(error)
        return next((r for c, r in _BY_ERRNO.items() if os.strerror(c) in told), None)
    return None


def _of_postgresql(error: BaseException, code: str | None) -> str | None:
    """Returns the reason by a code of PostgreSQL, or by what its driver lacks."""
    if code is None:
        # Known by its name, since few registries have that driver.
        names = {base.__name__ for base in type(error).__mro__}
        return UNREACHABLE if names & _GONE else None
    begun = (reason for start, reason in _BY_SQLSTATE.items() if code.startswith(start))
    return next(begun, None)
