import ssl
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from smtplib import SMTPAuthenticationError, SMTPNotSupportedError
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from registry.mailing.transports import Folder, Smtp, Undeliverable
from tests.registry.mailing.certificates import contexts
from tests.registry.mailing.conftest import PostOffice
from tests.serving import free_port


def test_a_server_gets_the_mail(office: PostOffice, mail: EmailMessage) -> None:
    """A real SMTP server receives what was written."""
    office.transport.deliver(mail)

    received = message_from_bytes(office.mails[0], policy=default)
    assert received["To"] == "m@one.example"
    assert received.get_content().strip() == "Здравейте!"


def test_an_address_that_is_refused_for_good(
    office: PostOffice, mail: EmailMessage
) -> None:
    """Nobody is there, so it need not be tried again."""
    office.answer = "550 no such user"

    with pytest.raises(Undeliverable):
        office.transport.deliver(mail)


def test_an_address_that_is_refused_for_now(
    office: PostOffice, mail: EmailMessage
) -> None:
    """A full mailbox may be emptied."""
    office.answer = "452 mailbox full"

    with pytest.raises(OSError, match="452"):
        office.transport.deliver(mail)


def test_a_server_that_is_down(office: PostOffice, mail: EmailMessage) -> None:
    """It may come back."""
    closed = replace(office.transport, port=1)

    with pytest.raises(OSError, match="refused"):
        closed.deliver(mail)


def test_nothing_is_sent_in_the_clear_unless_asked(
    office: PostOffice, mail: EmailMessage
) -> None:
    """A server that does not encrypt gets nothing, if it should."""
    with pytest.raises(SMTPNotSupportedError):
        replace(office.transport, security="starttls").deliver(mail)
    with pytest.raises(OSError, match=r"(?i)ssl"):
        replace(office.transport, security="tls").deliver(mail)

    assert office.mails == []


USER, PASSWORD = "registry", "a password of the tests"
WRONG = "another password"


def _knows(server: object, session: object, envelope: object, *told: Any) -> AuthResult:
    assert server
    assert session
    assert envelope
    _, data = told
    known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=known)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_is_trusted_and_logged_in_to(
    tmp_path: Path, mail: EmailMessage, security: str
) -> None:
    """Only over TLS, only if its certificate is trusted, and with the password."""
    server, trusting = contexts(tmp_path)
    office = PostOffice(free_port())
    early = security == "tls"
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=office.port,
        ssl_context=server if early else None,
        tls_context=None if early else server,
        require_starttls=not early,
        auth_require_tls=not early,
        authenticator=_knows,
    )
    known = Smtp("127.0.0.1", office.port, security, USER, PASSWORD, trusting)
    controller.start()
    try:
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            replace(known, context=ssl.create_default_context()).deliver(mail)
        with pytest.raises(SMTPAuthenticationError):
            replace(known, password=WRONG).deliver(mail)
        assert office.mails == []
        known.deliver(mail)
    finally:
        controller.stop()

    assert len(office.mails) == 1


def test_a_folder_gets_a_file(tmp_path: Path, mail: EmailMessage) -> None:
    """In development a mail is a file that a mail program opens."""
    folder = Folder(tmp_path / "mail")

    for _ in range(2):
        folder.deliver(mail)

    assert [file.name for file in folder.path.iterdir()] == ["abc.eml"]
    assert (folder.path / "abc.eml").read_bytes() == mail.as_bytes()
