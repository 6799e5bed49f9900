"""Publishes records as a reviewer would, in one step."""

from collections.abc import Mapping

from registry import review, submissions
from registry.iris import RecordId
from registry.ports import Journal
from registry.record import Provenance
from tests.versions import content


def publish(journal: Journal, name: str, document: Mapping[str, object]) -> None:
    """Publishes a record, or a new version of it, under the base of the tests.

    Args:
        journal: where to.
        name: its kind and its key, as in `place/bg`.
        document: in the terms of the context, without `id`.
    """
    record = RecordId(*name.split("/"))
    with journal.write() as writer:
        entry = submissions.submit(
            writer,
            record,
            content(record, dict(document)),
            provenance=Provenance(),
            actor="a-1",
        )
        assert entry is not None
        review.accept(writer, entry, actor="a-2")


def retire(journal: Journal, name: str) -> None:
    """Withdraws a record."""
    with journal.write() as writer:
        record = RecordId(*name.split("/"))
        review.retire(writer, record, actor="a-2", reason="gone")
