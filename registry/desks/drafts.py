"""What people have begun to fill in, in a table of the journal's database."""

import json
from collections.abc import Sequence

from sqlalchemy import Engine, delete, insert, select

from registry.desk import Draft
from registry.desks.tables import DRAFT
from registry.iris import RecordId
from registry.journal.dialects import writing
from registry.journal.rows import Row, time_of, time_text


class SqlDrafts:
    """A `registry.ports.Drafts` in the journal's database.

    Args:
        engine: of the journal's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(self, draft: Draft) -> None:
        """Keeps a draft in place of an earlier state of it."""
        with writing(self._engine) as connection:
            connection.execute(delete(DRAFT).where(DRAFT.c.id == draft.id))
            connection.execute(insert(DRAFT), _row(draft))

    def get(self, id: str) -> Draft | None:
        """Returns a draft by its id."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(DRAFT).where(DRAFT.c.id == id))
            row = rows.mappings().first()
        return None if row is None else _draft(row)

    def of(self, organisations: Sequence[str]) -> Sequence[Draft]:
        """Returns the drafts made for organisations, the last saved first."""
        own = select(DRAFT).where(DRAFT.c.organisation.in_(organisations))
        with self._engine.connect() as connection:
            rows = connection.execute(own.order_by(DRAFT.c.saved.desc(), DRAFT.c.id))
            return [_draft(row) for row in rows.mappings()]

    def discard(self, id: str) -> None:
        """Forgets a draft; nothing happens if it is gone already."""
        with writing(self._engine) as connection:
            connection.execute(delete(DRAFT).where(DRAFT.c.id == id))


def _row(draft: Draft) -> Row:
    return {
        "id": draft.id,
        "kind": draft.record.kind,
        "key": draft.record.key,
        "organisation": draft.organisation,
        "author": draft.author,
        "based_on": draft.based_on,
        # Escaped, since a lone surrogate of a broken form has no UTF-8.
        "fields": json.dumps(draft.fields),
        "amends": draft.amends,
        "saved": time_text(draft.saved),
    }


def _draft(row: Row) -> Draft:
    return Draft(
        id=row["id"],
        record=RecordId(row["kind"], row["key"]),
        organisation=row["organisation"],
        author=row["author"],
        based_on=row["based_on"],
        fields=tuple((name, value) for name, value in json.loads(row["fields"])),
        amends=row["amends"],
        saved=time_of(row["saved"]),
    )
