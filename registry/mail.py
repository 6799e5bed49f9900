"""A mail to one person, as the use cases write it."""

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,189}\Z")


@dataclass(frozen=True, slots=True)
class Message:
    """A plain text that is sent to one address.

    Attributes:
        to: the address.
        subject: one line.
        body: lines of plain text.
        language: tag of the language of both.
    """

    to: str
    subject: str
    body: str
    language: str


def is_address(text: str) -> bool:
    """Says whether a text is one e-mail address, as browsers check it.

    **Source:** HTML Standard, section 4.10.5.1.5 (valid e-mail address).
    """
    local, _, domain = text.partition("@")
    dotted = [*local.split("."), *domain.split(".")]
    return bool(_ADDRESS.match(text)) and all(dotted)
