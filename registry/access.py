"""Who is asking: sessions of browsers and tokens of programs.

A secret is 256 random bits; what is kept of it is its SHA-256. A session ends 8
hours after it was last used, and 7 days after it began.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex

from registry.credentials import (
    TOKEN_PREFIX,
    Scope,
    Session,
    Token,
    digest_of,
    new_secret,
)
from registry.errors import BadParameter, NotAllowed, StorageUnavailable
from registry.people import Person
from registry.ports import Clock, Directory, Keys

IDLE = timedelta(hours=8)
"""How long a session lasts without being used."""
LONGEST = timedelta(days=7)
"""How long a session lasts at most."""
NOTED = timedelta(minutes=1)
"""How exactly it is noted when a session or token was last used."""
TOKEN_DAYS = (30, 90, 365)
"""For how many days a token can be made."""
TOKENS = 20
"""Tokens that a person can have at one time."""
NAME = 100
"""Characters that the name of a token can have."""


@dataclass(frozen=True, slots=True)
class Access:
    """Lets people and their programs in.

    Attributes:
        keys: the sessions and tokens.
        directory: the people.
        clock: tells what has expired.
    """

    keys: Keys
    directory: Directory
    clock: Clock

    def enter(self, actor: str) -> str:
        """Begins a session and returns its secret; sessions past their end go."""
        for session in self.keys.sessions(actor):
            if self._ended(session):
                self.keys.close_session(session.digest)
        secret = new_secret()
        self.keys.open_session(actor, digest_of(secret))
        return secret

    def session(self, secret: str) -> Session | None:
        """Returns the session of a secret unless it has ended, and notes its use."""
        found = self.keys.session(digest_of(secret))
        if found is None or self._ended(found):
            return None
        if self.clock() - found.seen > NOTED:
            self._note(self.keys.touch_session, found.digest)
        return found

    def visitor(self, secret: str) -> Person | None:
        """Returns whose session a secret is of."""
        found = self.session(secret)
        return self.directory.person(found.actor) if found else None

    def leave(self, secret: str) -> None:
        """Ends a session."""
        self.keys.close_session(digest_of(secret))

    def leave_everywhere(self, person: Person) -> None:
        """Ends all of somebody's sessions."""
        self.keys.close_sessions(person.actor)

    def sessions(self, person: Person) -> Sequence[Session]:
        """Returns somebody's sessions that have not ended, the latest first."""
        return [s for s in self.keys.sessions(person.actor) if not self._ended(s)]

    def bearer(self, secret: str, scope: Scope) -> Person | None:
        """Returns whose token a secret is, if it has not expired.

        Raises:
            NotAllowed: the token was not made for this scope.
        """
        if not secret.startswith(TOKEN_PREFIX):
            return None
        token = self.keys.token(digest_of(secret))
        if token is None or token.expires <= self.clock():
            return None
        if scope not in token.scopes:
            raise NotAllowed(
                f"This token was not made for the scope “{scope}”.",
                f"Този код за достъп не е създаден за обхвата „{scope}“.",
                extra={"scope": str(scope)},
            )
        if token.used is None or self.clock() - token.used > NOTED:
            self._note(self.keys.use_token, token.id)
        return self.directory.person(token.actor)

    def tokens(self, person: Person) -> Sequence[Token]:
        """Returns somebody's tokens, the latest first, expired ones too."""
        return self.keys.tokens(person.actor)

    def issue(
        self, person: Person, name: str, scopes: Collection[Scope], days: int
    ) -> str:
        """Makes a token and returns its secret, which is told this once.

        Args:
            person: whose it will be.
            name: what its person calls it.
            scopes: what it may be used for, beside reading.
            days: for how many it works, one of `TOKEN_DAYS`.

        Raises:
            BadParameter: the name is none, or the time is not on offer.
            NotAllowed: the person has very many.
        """
        called = " ".join(name.split())
        if not called or len(called) > NAME:
            raise BadParameter(
                f"A token needs a name of at most {NAME} characters.",
                f"Кодът за достъп трябва да има име до {NAME} знака.",
                extra={"field": "token"},
            )
        if days not in TOKEN_DAYS:
            raise BadParameter(
                "A token is made for 30, 90 or 365 days.",
                "Код за достъп се създава за 30, 90 или 365 дни.",
                extra={"field": "days"},
            )
        if len(self.keys.tokens(person.actor)) >= TOKENS:
            raise NotAllowed(
                f"You have {TOKENS} tokens; revoke one first.",
                f"Имате {TOKENS} кода за достъп; първо отменете някой.",
            )
        secret, now = f"{TOKEN_PREFIX}{new_secret()}", self.clock()
        token = Token(
            id=token_hex(8),
            actor=person.actor,
            name=called,
            scopes=frozenset({Scope.READ, *scopes}),
            made=now,
            expires=now + timedelta(days=days),
        )
        self.keys.add_token(token, digest_of(secret))
        return secret

    def revoke(self, person: Person, id: str) -> None:
        """Takes one of somebody's own tokens away; nothing else, whatever the id."""
        self.keys.revoke_token(person.actor, id)

    def _note(self, note: Callable[[str], None], of: str) -> None:
        # Who may read may go on reading though the disk takes nothing in.
        with suppress(StorageUnavailable):
            note(of)

    def _ended(self, session: Session) -> bool:
        now = self.clock()
        return now - session.seen > IDLE or now - session.began > LONGEST
