"""What is left of a list, as a token that its reader brings back.

A token is all that is known of a harvest: nothing is kept here, so it stays good
over restarts and on any other server of the same registry.

Source: OAI-PMH 2.0, section 3.5.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass
from hashlib import sha256
from typing import Any

from registry.kinds import KINDS
from registry.views.oai import moments

_FORM = re.compile(r"[A-Za-z0-9_-]{8,512}\Z")
_CHECK = 6
_BEYOND = 2**63


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is left of a list.

    Attributes:
        verb: of the request that began the list.
        prefix: of its format of metadata.
        kind: the one kind of record in it, or `None` for all.
        until: the argument of this name, as it was given.
        datasets: the activity of the catalogue after which to read datasets, or
            `None` if none are left.
        records: the entry of the journal after which to read records, or `None`.
        cursor: how many items came before.
    """

    verb: str
    prefix: str
    kind: str | None
    until: str | None
    datasets: int | None
    records: int | None
    cursor: int


def token(remainder: Remainder) -> str:
    """Returns the token of a remainder; equal ones have equal tokens."""
    body = json.dumps(astuple(remainder), separators=(",", ":")).encode()
    return urlsafe_b64encode(_check(body) + body).decode().rstrip("=")


def remainder(token: str) -> Remainder | None:
    """Returns what the token says, or `None` if it is not one of ours."""
    if not _FORM.match(token):
        return None
    try:
        data = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    check, body = data[:_CHECK], data[_CHECK:]
    if check != _check(body):
        return None
    # The check is no secret, so what it guards may still be anything.
    try:
        return _read(json.loads(body))
    except (ValueError, TypeError, RecursionError):
        return None


def _check(body: bytes) -> bytes:
    return sha256(body).digest()[:_CHECK]


def _read(fields: Any) -> Remainder | None:
    made = Remainder(*fields)
    positions = [
        each for each in (made.datasets, made.records, made.cursor) if each is not None
    ]
    sound = (
        all(isinstance(each, str) for each in (made.verb, made.prefix))
        and (made.kind is None or made.kind in KINDS)
        and (made.until is None or moments.read(made.until) is not None)
        and all(type(each) is int and 0 <= each < _BEYOND for each in positions)
        and made.cursor is not None
        and len(positions) > 1
    )
    return made if sound else None
