"""Sessions and API tokens, of whose secrets nothing is kept but the digest."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select, update

from registry.credentials import Scope, Session, Token
from registry.journal.dialects import writing
from registry.journal.rows import time_of, time_text
from registry.journal.tables import LOGIN, TOKEN
from registry.ports import Clock


class SqlKeys:
    """A `registry.ports.Keys` beside the journal.

    Args:
        engine: of the journal's database.
        clock: tells when something is used.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def open_session(self, actor: str, digest: str) -> None:
        """Begins a session."""
        now = time_text(self._clock())
        row = {"digest": digest, "actor": actor, "began": now, "seen": now}
        with writing(self._engine) as connection:
            connection.execute(insert(LOGIN), row)

    def session(self, digest: str) -> Session | None:
        """Returns a session, however old."""
        with self._engine.connect() as connection:
            found = select(LOGIN).where(LOGIN.c.digest == digest)
            row = connection.execute(found).first()
        return None if row is None else _session(row)

    def sessions(self, actor: str) -> Sequence[Session]:
        """Returns somebody's sessions, the latest first."""
        own = select(LOGIN).where(LOGIN.c.actor == actor)
        with self._engine.connect() as connection:
            rows = connection.execute(own.order_by(LOGIN.c.began.desc()))
            return [_session(row) for row in rows]

    def touch_session(self, digest: str) -> None:
        """Notes that a session was used now."""
        seen = {"seen": time_text(self._clock())}
        with writing(self._engine) as connection:
            connection.execute(
                update(LOGIN).where(LOGIN.c.digest == digest).values(seen)
            )

    def close_session(self, digest: str) -> None:
        """Ends a session."""
        with writing(self._engine) as connection:
            connection.execute(delete(LOGIN).where(LOGIN.c.digest == digest))

    def close_sessions(self, actor: str) -> None:
        """Ends all of somebody's sessions."""
        with writing(self._engine) as connection:
            connection.execute(delete(LOGIN).where(LOGIN.c.actor == actor))

    def add_token(self, token: Token, digest: str) -> None:
        """Keeps a token."""
        row = {
            "id": token.id,
            "digest": digest,
            "actor": token.actor,
            "name": token.name,
            "scopes": " ".join(sorted(token.scopes)),
            "made": time_text(token.made),
            "expires": time_text(token.expires),
        }
        with writing(self._engine) as connection:
            connection.execute(insert(TOKEN), row)

    def token(self, digest: str) -> Token | None:
        """Returns a token, even one that has expired."""
        with self._engine.connect() as connection:
            found = select(TOKEN).where(TOKEN.c.digest == digest)
            row = connection.execute(found).first()
        return None if row is None else _token(row)

    def tokens(self, actor: str) -> Sequence[Token]:
        """Returns somebody's tokens, the latest first."""
        own = select(TOKEN).where(TOKEN.c.actor == actor)
        with self._engine.connect() as connection:
            rows = connection.execute(own.order_by(TOKEN.c.made.desc()))
            return [_token(row) for row in rows]

    def use_token(self, id: str) -> None:
        """Notes that a token was used now."""
        used = {"used": time_text(self._clock())}
        with writing(self._engine) as connection:
            connection.execute(update(TOKEN).where(TOKEN.c.id == id).values(used))

    def revoke_token(self, actor: str, id: str) -> None:
        """Takes one of somebody's own tokens away."""
        with writing(self._engine) as connection:
            connection.execute(
                delete(TOKEN).where(TOKEN.c.id == id, TOKEN.c.actor == actor)
            )


def _session(row: Row[Any]) -> Session:
    return Session(row.digest, row.actor, time_of(row.began), time_of(row.seen))


def _token(row: Row[Any]) -> Token:
    return Token(
        id=row.id,
        actor=row.actor,
        name=row.name,
        scopes=frozenset(map(Scope, row.scopes.split())),
        made=time_of(row.made),
        expires=time_of(row.expires),
        used=time_of(row.used) if row.used else None,
    )
