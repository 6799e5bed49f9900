"""Organisations, their people, and the records that they keep."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Delete, Engine, delete, insert, select, update

from registry.errors import NotFound
from registry.iris import RecordId
from registry.journal.dialects import SNAPSHOT, writing
from registry.journal.tables import ACCOUNT, ACTOR, MEMBERSHIP, ORGANISATION, STEWARD
from registry.lifecycle import Role
from registry.people import KEEPER, Organisation, Person

_PEOPLE = select(ACCOUNT.c.actor, ACTOR.c.name, ACTOR.c.email, ACCOUNT.c.language).join(
    ACTOR, ACTOR.c.id == ACCOUNT.c.actor
)
_ROLES = select(MEMBERSHIP.c.organisation, MEMBERSHIP.c.role)


class SqlDirectory:
    """A `registry.ports.Directory` beside the journal.

    Args:
        engine: of the journal's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def person(self, actor: str) -> Person | None:
        """Returns who has an account, with all roles; `None` once erased."""
        with self._engine.connect() as connection:
            row = connection.execute(_PEOPLE.where(ACCOUNT.c.actor == actor)).first()
            return None if row is None else _person(connection, row)

    def organisation(self, id: str) -> Organisation | None:
        """Returns an organisation."""
        with self._engine.connect() as connection:
            found = select(ORGANISATION).where(ORGANISATION.c.id == id)
            row = connection.execute(found).first()
        return None if row is None else _organisation(row)

    def organisations(self) -> Sequence[Organisation]:
        """Returns every organisation, the keeper first, then by id."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(ORGANISATION)).all()
        found = [_organisation(row) for row in rows]
        return sorted(found, key=lambda each: (each.id != KEEPER, each.id))

    def members(self, organisation: str) -> Sequence[Person]:
        """Returns those who have a role in an organisation, by name."""
        inside = _PEOPLE.join(MEMBERSHIP, MEMBERSHIP.c.actor == ACCOUNT.c.actor).where(
            MEMBERSHIP.c.organisation == organisation
        )
        with (
            self._engine.connect().execution_options(**SNAPSHOT) as connection,
            connection.begin(),
        ):
            rows = connection.execute(inside).all()
            found = [_person(connection, row) for row in rows]
        return sorted(found, key=lambda person: (person.name, person.actor))

    def steward(self, record: RecordId) -> str:
        """Returns the id of the organisation that keeps a record."""
        kept = select(STEWARD.c.organisation).where(
            STEWARD.c.kind == record.kind, STEWARD.c.key == record.key
        )
        with self._engine.connect() as connection:
            return connection.scalar(kept) or KEEPER

    def kept(self, organisation: str) -> Sequence[RecordId]:
        """Returns the records that were given to an organisation, in order."""
        given = (
            select(STEWARD.c.kind, STEWARD.c.key)
            .where(STEWARD.c.organisation == organisation)
            .order_by(STEWARD.c.kind, STEWARD.c.key)
        )
        with self._engine.connect() as connection:
            return [RecordId(*row) for row in connection.execute(given)]

    def assign(self, record: RecordId, organisation: str) -> None:
        """Gives a record to an organisation, whoever has it now.

        Raises:
            NotFound: there is no such organisation.
        """
        row = {"kind": record.kind, "key": record.key}
        with writing(self._engine) as connection:
            _require_organisation(connection, organisation)
            connection.execute(
                delete(STEWARD).where(
                    STEWARD.c.kind == record.kind, STEWARD.c.key == record.key
                )
            )
            connection.execute(insert(STEWARD), {**row, "organisation": organisation})

    def found(self, organisation: Organisation) -> None:
        """Adds an organisation, or changes the one that has this id."""
        values = {
            "name": json.dumps(dict(organisation.name), ensure_ascii=False),
            "record": str(organisation.record) if organisation.record else None,
            "contact": organisation.contact,
        }
        own = ORGANISATION.c.id == organisation.id
        with writing(self._engine) as connection:
            changed = connection.execute(update(ORGANISATION).where(own).values(values))
            if not changed.rowcount:
                connection.execute(
                    insert(ORGANISATION), {"id": organisation.id, **values}
                )

    def join(self, actor: str, organisation: str, role: Role) -> None:
        """Gives somebody a role in an organisation, in place of any other in it.

        Raises:
            NotFound: there is no such account or organisation.
        """
        with writing(self._engine) as connection:
            _require_organisation(connection, organisation)
            known = select(ACCOUNT.c.actor).where(ACCOUNT.c.actor == actor)
            if connection.scalar(known) is None:
                raise NotFound(
                    f"Nobody with the id {actor} has an account.",
                    f"Няма профил на лице с идентификатор {actor}.",
                )
            connection.execute(_left(actor, organisation))
            connection.execute(
                insert(MEMBERSHIP),
                {"actor": actor, "organisation": organisation, "role": role.value},
            )

    def leave(self, actor: str, organisation: str) -> None:
        """Takes somebody's role in an organisation away."""
        with writing(self._engine) as connection:
            connection.execute(_left(actor, organisation))


def _left(actor: str, organisation: str) -> Delete:
    return delete(MEMBERSHIP).where(
        MEMBERSHIP.c.actor == actor, MEMBERSHIP.c.organisation == organisation
    )


def _require_organisation(connection: Connection, id: str) -> None:
    known = select(ORGANISATION.c.id).where(ORGANISATION.c.id == id)
    if connection.scalar(known) is None:
        raise NotFound(f"There is no organisation {id}.", f"Няма организация {id}.")


def _person(connection: Connection, row: Any) -> Person:
    roles = connection.execute(_ROLES.where(MEMBERSHIP.c.actor == row.actor))
    return Person(
        actor=row.actor,
        name=row.name or "",
        email=row.email or "",
        language=row.language,
        roles={organisation: Role(role) for organisation, role in roles},
    )


def _organisation(row: Any) -> Organisation:
    return Organisation(
        id=row.id,
        name=json.loads(row.name),
        record=RecordId(*row.record.split("/")) if row.record else None,
        contact=row.contact,
    )
