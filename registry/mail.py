"""A mail to one person, as the use cases write it."""

from dataclasses import dataclass


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
