"""The languages of the pages: sentences, direction, and how dates are written.

A language is one catalogue, `locale/{tag}/LC_MESSAGES/messages.po`, in which each
message is identified by its English sentence; English itself needs none. These are
the languages of what the pages say of themselves. The languages of the data are
`registry.language.LANGUAGES`, and a record is read in any of these pages.

**Source:** GNU gettext, "PO Files"; Unicode CLDR, by Babel.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal
from babel.units import format_unit

from registry.errors import Misconfigured
from registry.language import LANGUAGES

CATALOGUES = Path(__file__).parent / "locale"
SOURCE = "en"
"""The language that messages are written in."""

_BRITISH = "en_GB"

_CATALOGUES = 16
"""Catalogues that are kept."""
_THOUSAND = 1000
_FEW = 100
"""From here on a decimal of a size tells nothing."""


_NUMBERS = 4096
"""Numbers that are remembered as they are written: the same ones come again."""


def msgid(message: str) -> str:
    """Returns the message itself; marks one that is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages.

    Attributes:
        tag: in lower case, as in addresses and in `lang`.
        name: what its speakers call it, such as `Български`.
        direction: `ltr` or `rtl`.
        locale: how dates and numbers are written.
        catalogue: its sentences.
    """

    tag: str
    name: str
    direction: str
    locale: Locale
    catalogue: NullTranslations

    def say(self, message: str) -> str:
        """Returns a message in this language."""
        return self.catalogue.gettext(message)

    def date(self, value: date) -> str:
        """Returns a date in words, such as `22 November 2026`."""
        return format_date(value, "long", locale=self.locale)

    def moment(self, value: datetime) -> str:
        """Returns a date and time, in the time zone that it has."""
        return format_datetime(value, "d MMMM y, HH:mm z", locale=self.locale)

    def number(self, value: float) -> str:
        """Returns a number with the separators of this language."""
        return _decimal(value, self.locale)

    def size(self, count: int) -> str:
        """Returns a number of bytes in the unit that suits it, such as `1.2 MB`."""
        unit, value = "byte", float(count)
        for larger in ("kilobyte", "megabyte", "gigabyte", "terabyte"):
            if value < _THOUSAND:
                break
            unit, value = larger, value / _THOUSAND
        digits = "0.#" if value < _FEW else "0"
        return format_unit(
            value, f"digital-{unit}", "short", format=digits, locale=self.locale
        )

    def language(self, tag: str) -> str:
        """Returns the name of another language in this one, or its tag."""
        return str(self.locale.languages.get(tag.replace("-", "_"), tag))


def languages(catalogues: Path = CATALOGUES) -> Mapping[str, Language]:
    """Returns the languages of the pages by tag, those of the data first.

    Raises:
        Misconfigured: a catalogue cannot be read, or its language is unknown.
    """
    found = {SOURCE: _language(SOURCE, _BRITISH, NullTranslations())}
    for path in sorted(catalogues.glob("*/LC_MESSAGES/messages.po")):
        folder = path.parts[-3]
        try:
            tag = folder.replace("_", "-").lower()
            found[tag] = _language(tag, folder, read(path))
        except (PoFileError, UnknownLocaleError, UnicodeDecodeError) as error:
            raise Misconfigured(
                f"The catalogue {path} cannot be read: {error}.",
                f"Каталогът {path} не може да бъде прочетен: {error}.",
            ) from error
    first = [tag for tag in LANGUAGES if tag in found]
    return MappingProxyType({tag: found[tag] for tag in [*first, *sorted(found)]})


@lru_cache(_CATALOGUES)
def read(path: Path) -> GNUTranslations:
    """Returns the sentences of a catalogue, without those marked as doubtful.

    It is read once: what is changed later is seen after a restart.
    """
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parts[-3], abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _language(tag: str, name_of_locale: str, catalogue: NullTranslations) -> Language:
    locale = Locale.parse(name_of_locale)
    name = locale.language_name or tag
    return Language(
        tag=tag,
        name=name[:1].upper() + name[1:],
        direction=locale.text_direction,
        locale=locale,
        catalogue=catalogue,
    )


@lru_cache(_NUMBERS)
def _decimal(value: float, locale: Locale) -> str:
    return format_decimal(value, locale=locale)
