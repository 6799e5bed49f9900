import threading
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from registry import wiring
from registry.cli.mails import sending
from registry.mail import Message
from registry.settings import MailSettings, Settings
from tests.registry.mailing.conftest import PostOffice
from tests.serving import free_port

PATIENCE = 20.0


class Watched(PostOffice):
    """A server that tells when something has come."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.came = threading.Event()

    async def handle_DATA(self, *told: object) -> str:  # noqa: N802 - as the server calls it
        answer = await super().handle_DATA(*told)
        self.came.set()
        return answer


@pytest.fixture
def office() -> Iterator[Watched]:
    """A server that takes everything."""
    made = Watched(free_port())
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    yield made
    controller.stop()


def test_a_server_sends_what_is_in_its_outbox(tmp_path: Path, office: Watched) -> None:
    """Even what was put there while no server ran."""
    mail = MailSettings(host="127.0.0.1", port=office.port, security="none")
    settings = Settings(data=tmp_path, mail=mail)
    wiring.create(settings)
    with closing(wiring.open_registry(settings)) as registry:
        registry.mailer.send(Message("m@one.example", "Покана", "Здравейте!\n", "bg"))

    with sending(settings, look=0.01):
        assert office.came.wait(PATIENCE)

    received = message_from_bytes(office.mails[0], policy=default)
    assert received["Subject"] == "Покана"


def test_without_a_server_mails_are_files(tmp_path: Path) -> None:
    """In the data directory, where somebody who develops finds them."""
    settings = Settings(data=tmp_path)
    wiring.create(settings)

    with closing(wiring.open_registry(settings)) as registry:
        registry.mailer.send(Message("m@one.example", "s", "Здравейте!\n", "bg"))
        assert registry.send_mails() == 1

    (file,) = (tmp_path / "mail").glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert mail.get_content().strip() == "Здравейте!"
