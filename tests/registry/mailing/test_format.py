from datetime import UTC, datetime

import pytest

from registry.mail import Message
from registry.mailing.format import written

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_mail_has_the_headers_that_mail_has() -> None:
    """It is plain text in UTF-8, and says that no person wrote it."""
    message = Message("m@one.example", "Покана", "Здравейте!\n", "bg")

    mail = written(message, id="abc", sender="registry@two.example", at=AT)

    assert mail.get_content() == "Здравейте!\n"
    assert mail.as_bytes().isascii()
    assert dict(mail.items()) == {
        "From": "registry@two.example",
        "To": "m@one.example",
        "Subject": "Покана",
        "Date": "Sun, 01 Mar 2026 12:00:00 +0000",
        "Message-ID": "<abc@two.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "bg",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": mail["Content-Transfer-Encoding"],
        "MIME-Version": "1.0",
    }


def test_a_subject_is_one_line() -> None:
    """What somebody typed cannot add a header."""
    subject = "Покана\r\nBcc: all@one.example"

    mail = written(
        Message("m@one.example", subject, "", "bg"),
        id="abc",
        sender="registry@two.example",
        at=AT,
    )

    assert mail["Subject"] == "Покана Bcc: all@one.example"
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    "address",
    [
        "m@one.example\r\nBcc: all@one.example",
        "a@b.example, c@d.example",
        "nobody@",
        "",
    ],
)
def test_what_is_no_address_gets_no_mail(address: str) -> None:
    """Neither two addresses nor a second line is one address."""
    with pytest.raises(ValueError, match="no address"):
        written(
            Message(address, "s", "b", "bg"),
            id="abc",
            sender="registry@two.example",
            at=AT,
        )
