"""A mail as it goes over the wire.

**Source:** RFC 5322 (the format), RFC 3834 (`Auto-Submitted`).
"""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from registry.mail import Message, is_address


def written(message: Message, *, id: str, sender: str, at: datetime) -> EmailMessage:
    """Returns a mail with its headers; none of them can hold a second line.

    Args:
        message: what is sent.
        id: of the mail, the same whenever it is tried.
        sender: address that it comes from.
        at: when it was written.

    Raises:
        ValueError: the recipient is no address.
    """
    if not is_address(message.to):
        raise ValueError("the recipient is no address")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(addr_spec=sender)
    mail["To"] = Address(addr_spec=message.to)
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body, cte="quoted-printable")
    mail["Content-Language"] = message.language
    return mail
