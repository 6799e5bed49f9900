"""What the registry says of itself in answers to programs, in both languages.

Pages say it in their own catalogues.
"""

from types import MappingProxyType

from registry.language import Text

NAME: Text = MappingProxyType(
    {"bg": "Регистър за интеграция", "en": "Integration registry"}
)
"""What it is called."""

PURPOSE: Text = MappingProxyType(
    {
        "bg": "Свързани отворени данни за институции, обучения, услуги и "
        "публикации, полезни за имигрантите в България.",
        "en": "Linked open data on the institutions, courses, services and "
        "publications that concern immigrants in Bulgaria.",
    }
)
"""What it holds."""

FEEDS: Text = MappingProxyType({"bg": "Потоци на промените", "en": "Feeds of changes"})
"""What its feeds are called, all of them together."""
