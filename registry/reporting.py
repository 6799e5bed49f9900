"""Reporting a change: what a reader says is wrong with a record enters the queue."""

import re

from registry.desk import ChangeReport
from registry.errors import Invalid, NotFound
from registry.iris import RecordId
from registry.ports import ChangeReports, Journal

LONGEST = 5000
"""Characters that a report may have."""

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What nobody types and no page can show."""


def report(
    journal: Journal,
    reports: ChangeReports,
    record: RecordId,
    text: str,
    *,
    language: str,
) -> ChangeReport:
    """Keeps what a reader says is wrong with a public record.

    The text is kept as it was typed, but for characters that cannot be seen; whoever
    shows it has to escape it.

    Raises:
        NotFound: there is no such public record.
        Invalid: there is no text, or too much of it.
    """
    reportable(journal, record)
    return reports.add(record, checked(text), language)


def reportable(journal: Journal, record: RecordId) -> None:
    """Checks that readers can see the record.

    Raises:
        NotFound: they cannot.
    """
    head = journal.head(record)
    if head is None or not head.status.public:
        raise NotFound(
            f"There is no public record {record}.", f"Няма публичен запис {record}."
        )


def checked(text: str) -> str:
    """Returns what is kept of a text.

    Raises:
        Invalid: nothing is, or it is too long.
    """
    kept = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not kept:
        raise Invalid(
            "Write what has changed or is wrong.", "Напишете какво е невярно."
        )
    if len(kept) > LONGEST:
        raise Invalid(
            f"The text can have {LONGEST} characters, and this one has {len(kept)}: "
            "shorten it, or send it in two parts.",
            f"Текстът може да има най-много {LONGEST} знака, а този има {len(kept)}: "
            "съкратете го или го изпратете на две части.",
        )
    return kept
