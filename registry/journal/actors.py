"""The people behind the ids in entries, in a table that can be erased."""

from secrets import token_hex

from sqlalchemy import Engine, insert, select, update

from registry.errors import NotFound
from registry.journal.dialects import writing
from registry.journal.rows import time_text
from registry.journal.tables import ACTOR
from registry.ports import Clock
from registry.record import Actor


class SqlActors:
    """A `registry.ports.Actors` beside the journal.

    Args:
        engine: of the journal's database.
        clock: tells when somebody is erased.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def add(self, name: str, email: str | None = None) -> Actor:
        """Notes a person under a new opaque id."""
        # Random, so that neither the person nor the order can be told from it.
        actor = Actor(f"person/{token_hex(8)}", name, email)
        row = {"id": actor.id, "name": name, "email": email}
        with writing(self._engine) as connection:
            connection.execute(insert(ACTOR), row)
        return actor

    def find(self, actor: str) -> Actor | None:
        """Returns who stands behind an id, or `None` if nobody ever did."""
        columns = select(ACTOR.c.id, ACTOR.c.name, ACTOR.c.email)
        with self._engine.connect() as connection:
            row = connection.execute(columns.where(ACTOR.c.id == actor)).first()
        return None if row is None else Actor(row.id, row.name, row.email)

    def erase(self, actor: str) -> None:
        """Forgets name and address; the id and its entries stay.

        Raises:
            NotFound: nobody has this id.
        """
        erased = {"name": None, "email": None, "erased_at": time_text(self._clock())}
        with writing(self._engine) as connection:
            changed = connection.execute(
                update(ACTOR).where(ACTOR.c.id == actor).values(erased)
            )
        if not changed.rowcount:
            raise NotFound(
                f"Nobody has the id {actor}.", f"Няма лице с идентификатор {actor}."
            )
