"""Adjectives of the Bulgarian provinces, by which people name them.

*Хасковска област* is the province of Haskovo. Such words are formed in several
ways, so they are listed, by the keys of the places.
"""

from collections.abc import Mapping
from types import MappingProxyType

from registry.search.transliteration import key

_ADJECTIVES = {
    "bg311": "видинска",
    "bg312": "монтанска",
    "bg313": "врачанска",
    "bg314": "плевенска",
    "bg315": "ловешка",
    "bg321": "великотърновска",
    "bg322": "габровска",
    "bg323": "русенска",
    "bg324": "разградска",
    "bg325": "силистренска",
    "bg331": "варненска",
    "bg332": "добричка",
    "bg333": "шуменска",
    "bg334": "търговищка",
    "bg341": "бургаска",
    "bg342": "сливенска",
    "bg343": "ямболска",
    "bg344": "старозагорска",
    "bg412": "софийска",
    "bg413": "благоевградска",
    "bg414": "пернишка",
    "bg415": "кюстендилска",
    "bg421": "пловдивска",
    "bg422": "хасковска",
    "bg423": "пазарджишка",
    "bg424": "смолянска",
    "bg425": "кърджалийска",
}
_ENDINGS = ("а", "и", "о", "ия", "ият", "ата", "ото", "ите")

PROVINCES: Mapping[str, str] = MappingProxyType(
    {
        key(adjective[:-1] + ending): place
        for place, adjective in _ADJECTIVES.items()
        for ending in _ENDINGS
    }
)
"""Key of the place by the key of each form of its adjective."""
