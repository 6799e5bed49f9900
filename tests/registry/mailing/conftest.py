import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from registry.mailing.transports import Smtp
from tests.serving import free_port


@dataclass
class PostOffice:
    """A real SMTP server that keeps what it gets.

    Attributes:
        port: on which it listens.
        answer: what it says to a recipient.
        mails: whole, as they came.
    """

    port: int
    answer: str = "250 OK"
    mails: list[bytes] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the server calls it so
        self, *told: Any
    ) -> str:
        _, _, envelope, address, _ = told
        if self.answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, *told: Any) -> str:  # noqa: N802 - as above
        _, _, envelope = told
        self.mails.append(envelope.content)
        return "250 OK"

    @property
    def transport(self) -> Smtp:
        """How mails are brought there."""
        context = ssl.create_default_context()
        return Smtp("127.0.0.1", self.port, "none", "", "", context)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A server that takes everything."""
    made = PostOffice(free_port())
    controller = Controller(made, hostname="127.0.0.1", port=made.port)
    controller.start()
    yield made
    controller.stop()


@pytest.fixture
def mail() -> EmailMessage:
    """A mail as it goes over the wire."""
    made = EmailMessage()
    made["From"], made["To"] = "registry@two.example", "m@one.example"
    made["Message-ID"] = "<abc@two.example>"
    made.set_content("Здравейте!\n")
    return made
