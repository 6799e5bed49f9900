"""Where mails go: to an SMTP server, or into a folder in development."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

SECONDS = 30.0
"""How long the server may take for each answer."""

# RFC 5321, section 4.2.1: replies from here on are permanent.
_FOR_GOOD = 500


class Undeliverable(Exception):  # noqa: N818 - what became of it
    """The server wants none of a mail, however often it is tried."""


class Transport(Protocol):
    """Takes a mail on."""

    def deliver(self, mail: EmailMessage) -> None:
        """Hands a mail over.

        Raises:
            Undeliverable: it need not be tried again.
            OSError: it could not be handed over now.
        """


@dataclass(frozen=True, slots=True)
class Smtp:
    """A server for outgoing mail.

    Attributes:
        host: its name.
        port: on which it listens.
        security: `starttls`, `tls`, or `none` for a server on this machine.
        user: by which we log in, if it wants that.
        password: of that user.
        context: whom we trust to be that server.
    """

    host: str
    port: int
    security: str
    user: str
    password: str
    context: ssl.SSLContext

    def deliver(self, mail: EmailMessage) -> None:
        """Sends a mail.

        Raises:
            Undeliverable: the server refused its address for good.
            OSError: it could not be sent now.
        """
        try:
            with self._connected() as server:
                if self.security == "starttls":
                    server.starttls(context=self.context)
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            if all(code >= _FOR_GOOD for code in codes):
                raise Undeliverable(str(codes)) from error
            raise
        except smtplib.SMTPDataError as error:
            if error.smtp_code >= _FOR_GOOD:
                raise Undeliverable(str(error.smtp_code)) from error
            raise

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(
                self.host, self.port, timeout=SECONDS, context=self.context
            )
        return smtplib.SMTP(self.host, self.port, timeout=SECONDS)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder in which each mail is a file `.eml`, as mail programs open it.

    Attributes:
        path: of the folder.
    """

    path: Path

    def deliver(self, mail: EmailMessage) -> None:
        """Writes a mail; the same one twice is one file."""
        self.path.mkdir(parents=True, exist_ok=True)
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        file = self.path / f"{name}.eml"
        half = file.with_suffix(".part")
        half.write_bytes(mail.as_bytes())
        half.replace(file)
