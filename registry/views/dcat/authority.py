"""The controlled terms that the catalogue uses: authority tables of the EU, ADMS.

The catalogue carries their types, labels and schemes in both languages, so that
a portal can check and show it without any other file: `authority.ttl`.
"""

_EU = "http://publications.europa.eu/resource/authority"
_ADMS = "http://purl.org/adms"

THEMES = f"{_EU}/data-theme"
"""The scheme of themes that every European portal knows."""

PUBLIC = f"{_EU}/access-right/PUBLIC"
COMPLETED = f"{_EU}/distribution-status/COMPLETED"
LANGUAGES = (f"{_EU}/language/BUL", f"{_EU}/language/ENG")

EDITED = f"{_ADMS}/status/Completed"
"""Of catalogue records: nothing is published that is still being edited."""

LICENCES = f"{_EU}/licence/"
"""What the IRI of every licence of the EU's table starts with."""

FILE_TYPES = f"{_EU}/file-type/"
ACCESS_RIGHTS = f"{_EU}/access-right/"
MEDIA_TYPES = "http://www.iana.org/assignments/media-types/"


def theme(code: str) -> str:
    """Returns a theme such as `SOCI`."""
    return f"{THEMES}/{code}"


def licence(code: str) -> str:
    """Returns a licence such as `CC_BY_4_0`."""
    return f"{LICENCES}{code}"


def country(code: str) -> str:
    """Returns a country such as `BGR`."""
    return f"{_EU}/country/{code}"


def frequency(code: str) -> str:
    """Returns a frequency such as `ANNUAL`."""
    return f"{_EU}/frequency/{code}"


def file_type(code: str) -> str:
    """Returns a file type such as `CSV`."""
    return f"{FILE_TYPES}{code}"


def media_type(name: str) -> str:
    """Returns a media type such as `text/csv`."""
    return f"{MEDIA_TYPES}{name}"


def availability(code: str) -> str:
    """Returns a planned availability such as `STABLE`."""
    return f"{_EU}/planned-availability/{code}"


def dataset_type(code: str) -> str:
    """Returns a type of dataset such as `STATISTICAL`."""
    return f"{_EU}/dataset-type/{code}"


def publisher_type(code: str) -> str:
    """Returns a type of publisher such as `NationalAuthority`."""
    return f"{_ADMS}/publishertype/{code}"
