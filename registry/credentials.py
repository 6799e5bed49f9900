"""By what a person is recognised: an account, a session, a token, and their secrets."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe

TOKEN_PREFIX = "intg_"  # noqa: S105 - no secret, but how each of them begins
"""How API tokens begin, so that one that leaked is recognised as such."""


class Scope(StrEnum):
    """What an API token may be used for, beside what its person's roles allow."""

    READ = "read"
    """To see what its person may see; every token can."""
    SUBMIT = "submit"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who was invited.

    Attributes:
        actor: opaque id, as entries of the journal have it.
        email: in lower case.
        name: empty until the invitation is accepted.
        language: of mails and pages.
        password: hash of the password, if there is one.
        subject: who the person is on the site by which they log in, if they do.
    """

    actor: str
    email: str
    name: str = ""
    language: str = "bg"
    password: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody is logged in.

    Attributes:
        digest: SHA-256 of its secret, by which it is known.
        actor: who is logged in.
        began: in UTC.
        seen: when it was last used, to the minute or so, in UTC.
    """

    digest: str
    actor: str
    began: datetime
    seen: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """What a program shows in place of its person.

    Attributes:
        id: opaque; it says nothing of the secret.
        actor: whose it is.
        name: what its person calls it.
        scopes: what it may be used for.
        made: in UTC.
        expires: in UTC.
        used: when it was last used, to the minute or so, in UTC.
    """

    id: str
    actor: str
    name: str
    scopes: frozenset[Scope]
    made: datetime
    expires: datetime
    used: datetime | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom another site says that somebody is.

    Attributes:
        subject: the site, and its own id for the person.
        email: in lower case, if the site has verified it.
    """

    subject: str
    email: str | None


def new_secret() -> str:
    """Returns 256 random bits as text that fits into addresses and headers."""
    return token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Returns all of a secret that is kept: its SHA-256 in hexadecimal.

    No salt is needed, since nobody can try out 256 random bits.
    """
    return sha256(secret.encode()).hexdigest()
