"""What tables are about, by what their publishers call them.

Eurostat names its tables by subject: `migr_asy…` is asylum, `lfsa_…` work. A table
whose name says nothing that is known here stands under the last topic.
"""

from collections.abc import Mapping
from types import MappingProxyType

from api.pages.translations import msgid

OTHER = "other"

TOPICS: Mapping[str, str] = MappingProxyType(
    {
        "population": msgid("Population and migration"),
        "protection": msgid("Asylum and protection"),
        "residence": msgid("Residence permits"),
        "work": msgid("Work"),
        "living": msgid("Education, health and income"),
        "borders": msgid("Borders and returns"),
        OTHER: msgid("Other tables"),
    }
)
"""The messages, by topic, in the order of the page."""

_STARTS: Mapping[str, str] = MappingProxyType(
    {
        "asylum": "protection",
        "demo": "population",
        "edat": "living",
        "foreign-residents": "population",
        "hlth": "living",
        "ilc": "living",
        "lfs": "work",
        "migr-asy": "protection",
        "migr-ei": "borders",
        "migr-emi": "population",
        "migr-imm": "population",
        "migr-pop": "population",
        "migr-res": "residence",
        "nsi-external-migration": "population",
        "sar-": "protection",
        "tps00170": "residence",
        "tps00171": "residence",
        "tps00176": "population",
        "tps00177": "population",
        "undesa": "population",
        "unhcr": "protection",
    }
)
"""What a name begins with, in the form of a key."""


def topic(name: str) -> str:
    """Returns what a table is about.

    Args:
        name: its key, such as `migr-imm8`.
    """
    found = (about for start, about in _STARTS.items() if name.startswith(start))
    return next(found, OTHER)
