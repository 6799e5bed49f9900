from registry import letters
from registry.lifecycle import Role

SCHOOL = {"bg": "Школа {link}", "en": "School"}


def test_an_invitation_says_to_what_and_how() -> None:
    """In the language asked for; a name cannot pretend to be a part of the text."""
    mail = letters.invitation(
        "m@one.example",
        "bg",
        organisation=SCHOOL,
        role=Role.REVIEWER,
        link="https://two.example/bg/account/invitation/x",
        days=7,
    )

    assert (mail.to, mail.language) == ("m@one.example", "bg")
    assert "Школа {link}, като преглеждащ." in mail.body
    assert "\nhttps://two.example/bg/account/invitation/x\n" in mail.body
    assert "до 7 дни" in mail.body


def test_a_language_of_pages_alone_gets_mails_in_the_first() -> None:
    """Mails are written in the languages of the data."""
    mail = letters.reset("m@one.example", "uk", link="https://x/", minutes=60)

    assert mail.language == "bg"
    assert "до 60 минути" in mail.body


def test_a_new_password_is_told_of() -> None:
    """The mail says what to do if it was somebody else."""
    mail = letters.changed("m@one.example", "en", link="https://x/")

    assert mail.subject == "Your password was changed"
    assert "https://x/" in mail.body
