"""What people are written about their accounts, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType

from registry.language import LANGUAGES, Text, choose
from registry.lifecycle import Role
from registry.mail import Message

ROLE_NAMES: Mapping[Role, Text] = MappingProxyType(
    {
        Role.CONTRIBUTOR: {"bg": "сътрудник", "en": "contributor"},
        Role.REVIEWER: {"bg": "преглеждащ", "en": "reviewer"},
        Role.ADMINISTRATOR: {"bg": "администратор", "en": "administrator"},
    }
)
"""How roles are called."""

_INVITATION: Text = {
    "bg": "Покана: Регистър за интеграция",
    "en": "Invitation to the integration registry",
}
_INVITED: Text = {
    "bg": """Здравейте!

Поканени сте да работите в Регистъра за интеграция от името на
{organisation}, като {role}.

Приемете поканата на този адрес:

{link}

Връзката действа веднъж, до {days} дни. Ако не очаквате такава покана,
не правете нищо: без Вас нищо няма да се случи.
""",
    "en": """Hello!

You are invited to work in the integration registry for
{organisation}, as a {role}.

Accept the invitation at this address:

{link}

The link works once, within {days} days. If you do not expect an
invitation, do nothing: nothing will happen without you.
""",
}
_RESET: Text = {
    "bg": "Нова парола: Регистър за интеграция",
    "en": "New password for the integration registry",
}
_FORGOTTEN: Text = {
    "bg": """Здравейте!

Някой, вероятно Вие, поиска нова парола за Вашия профил в Регистъра за
интеграция. Задайте я на този адрес:

{link}

Връзката действа веднъж, до {minutes} минути. Ако не сте я поискали Вие,
не правете нищо: паролата Ви остава същата.
""",
    "en": """Hello!

Somebody, probably you, asked for a new password for your account in the
integration registry. Choose it at this address:

{link}

The link works once, within {minutes} minutes. If it was not you who asked,
do nothing: your password stays as it is.
""",
}
_CHANGED: Text = {
    "bg": "Паролата Ви е сменена",
    "en": "Your password was changed",
}
_TOLD: Text = {
    "bg": """Здравейте!

Паролата на Вашия профил в Регистъра за интеграция беше сменена. Ако не
сте я сменили Вие, веднага поискайте нова на този адрес:

{link}
""",
    "en": """Hello!

The password of your account in the integration registry was changed. If it
was not you who changed it, ask for a new one at once at this address:

{link}
""",
}


def invitation(
    to: str, language: str, *, organisation: Text, role: Role, link: str, days: int
) -> Message:
    """Returns the mail that invites somebody to an organisation."""
    named = choose(organisation, language)
    values = {
        "organisation": named.text if named else "",
        "role": ROLE_NAMES[role][_known(language)],
        "link": link,
        "days": days,
    }
    return _letter(to, language, _INVITATION, _INVITED, values)


def reset(to: str, language: str, *, link: str, minutes: int) -> Message:
    """Returns the mail by which somebody chooses a new password."""
    return _letter(to, language, _RESET, _FORGOTTEN, {"link": link, "minutes": minutes})


def changed(to: str, language: str, *, link: str) -> Message:
    """Returns the mail that tells somebody of their new password."""
    return _letter(to, language, _CHANGED, _TOLD, {"link": link})


def _letter(
    to: str, language: str, subject: Text, body: Text, values: Mapping[str, object]
) -> Message:
    tongue = _known(language)
    return Message(to, subject[tongue], body[tongue].format_map(values), tongue)


def _known(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]
