"""Text per language, and the one fallback that every face of the registry uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Text = Mapping[str, str]
"""Text by lower-case BCP 47 tag, such as `{"bg": "Хасково", "en": "Haskovo"}`."""

LANGUAGES: Sequence[str] = ("bg", "en")
"""The languages that every text should have, the first being the default."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A text and the language it is in, which may not be the one asked for."""

    text: str
    language: str


def choose(text: Text, wanted: str) -> Chosen | None:
    """Returns the text in the wanted language, or in the best one there is.

    The order is: the language asked for, then `LANGUAGES`, then the first tag
    by alphabet. Every answer says which language it is in, so that a page can
    mark it.

    Returns:
        `None` when the text is empty in every language.
    """
    for tag in (wanted, *LANGUAGES, *sorted(text)):
        if text.get(tag):
            return Chosen(text[tag], tag)
    return None
