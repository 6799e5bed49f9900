"""The files in which a slice can be taken along: every format, and its labels."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.negotiation import Offer
from api.pages.translations import Language, msgid
from api.slicing import CSV, JSON, JSON_STAT, PARQUET, SDMX_CSV, XLSX, Fields
from registry.language import LANGUAGES
from registry.settings import TableSettings
from registry.statistics.labels import Shown

LABELS = {
    "names": msgid("names"),
    "codes": msgid("codes"),
    "both": msgid("codes and names"),
}
"""What stands in the cells of a file, in the words of the page."""

_NAMES = {
    CSV: "CSV",
    XLSX: "XLSX",
    JSON: "JSON",
    JSON_STAT: "JSON-stat",
    SDMX_CSV: "SDMX-CSV",
    PARQUET: "Parquet",
}
_LABELLED = (CSV, XLSX, JSON)
_WHOLE = frozenset({JSON_STAT, XLSX})


@dataclass(frozen=True, slots=True)
class SliceFile:
    """A format of a slice.

    Attributes:
        name: of the format.
        media_type: of the format.
        ways: what stands in the cells, and the address of the file with that; none
            if the slice is too large for the format.
        most: observations that the format can have.
    """

    name: str
    media_type: str
    ways: Sequence[tuple[str, str]]
    most: int


def files(
    address: str, asked: Fields, count: int, limits: TableSettings, language: Language
) -> Sequence[SliceFile]:
    """Returns the files of a slice.

    Args:
        address: of the slice, up to the dot before the format.
        asked: the slice.
        count: observations in it.
        limits: how many a file may have.
        language: of the page.
    """
    found = []
    for offer, name in _NAMES.items():
        most = limits.document_cells if offer in _WHOLE else limits.cells
        ways = _ways(f"{address}.{offer.extension}", offer, asked, language)
        found.append(
            SliceFile(name, offer.media_type, ways if count <= most else (), most)
        )
    return found


def _ways(
    address: str, offer: Offer, asked: Fields, language: Language
) -> Sequence[tuple[str, str]]:
    if offer not in _LABELLED:
        return [("", address + asked.query())]
    # Names are in the languages of the data, which may not have that of the page.
    named = language.tag if language.tag in LANGUAGES else Shown.ENGLISH.value
    wanted = {"names": named, "codes": None, "both": Shown.BOTH.value}
    return [
        (language.say(LABELS[way]), address + asked.query(labels=labels))
        for way, labels in wanted.items()
    ]
