"""Reading records: current, by version, or as they were at a moment."""

from collections.abc import Sequence
from datetime import datetime

from registry.errors import Gone, NotFound
from registry.iris import RecordId
from registry.lifecycle import Status
from registry.ports import Journal
from registry.record import Entry, Version


def find(
    journal: Journal,
    record: RecordId,
    *,
    version: int | None = None,
    at: datetime | None = None,
) -> Version:
    """Returns a published version of a record.

    Args:
        journal: where to look.
        record: which record.
        version: a version by its number; it stays readable after retirement.
        at: a moment, in any time zone; the version that was public then.

    Raises:
        NotFound: there is no such record or version, or there was none then.
        Gone: the record was retired, now or by the moment asked for; `extra`
            says when and in which version it can still be read.
    """
    if version is not None:
        found = journal.version(record, version)
    elif at is not None:
        found = journal.as_of(record, at)
    else:
        found = journal.current(record)
    if found is None:
        raise NotFound(
            f"There is no published record {record} like that.",
            f"Няма такъв публикуван запис {record}.",
        )
    if version is None and found.head.status is Status.RETIRED:
        raise _gone(journal, found)
    return found


def history(journal: Journal, record: RecordId) -> Sequence[Entry]:
    """Returns every entry of a record, oldest first.

    Raises:
        NotFound: the record was never published; submissions are not public.
    """
    if journal.current(record) is None:
        raise NotFound(
            f"There is no published record {record}.",
            f"Няма публикуван запис {record}.",
        )
    return journal.history(record)


def _gone(journal: Journal, version: Version) -> Gone:
    record = version.head.record
    retired = [
        entry
        for entry in journal.history(record)
        if entry.event == "retired" and entry.version == version.head.version
    ]
    when = retired[-1].at.isoformat(timespec="seconds") if retired else None
    return Gone(
        f"The record {record} was retired; its last version is still kept.",
        f"Записът {record} е оттеглен; последната му версия се пази.",
        extra={
            "record": str(record),
            "recordStatus": Status.RETIRED,
            "retired": when,
            "lastVersion": version.head.version,
        },
    )
