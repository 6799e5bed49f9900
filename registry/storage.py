"""When the disk fails: full, read-only or broken, told apart from all other errors.

Whatever keeps files or a database says so in its own way: the operating system by
`errno`, SQLite by a code, the graph store by a sentence. Here they become one error.
"""

import errno
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
_PRIMARY = 0xFF
"""The bits of a code of SQLite that do not tell the detail."""


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
    if isinstance(error, OSError) and (error.errno or 0) in _BY_ERRNO:
        return _BY_ERRNO[error.errno or 0]
    if isinstance(error, OSError | RuntimeError):
        told = str(error)
        return next((r for c, r in _BY_ERRNO.items() if os.strerror(c) in told), None)
    return None
