"""What a slice has that its table has not: computed totals, and kinds of change.

All formats read columns, codes and names from a structure and a caption, so that
what is said here stands in each of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from registry.language import Text
from registry.statistics.labels import Caption, CodeList
from registry.statistics.selection import Slice
from registry.statistics.structure import FLAG, Dimension, Role, Structure

TOTAL = "_T"
"""Stands for the codes that were added up; no code of a list starts like that.

Source: SDMX, guidelines for the creation and management of code lists: generic codes.
"""

MISSING = "O"
"""The flag of a sum of which a part is missing.

Source: SDMX code list CL_OBS_STATUS.
"""

CHANGE = "obs_change"
"""The column of what happened to an observation."""

ADDED, CHANGED, REMOVED = "added", "changed", "removed"

_TOTAL: Text = {"bg": "Общо (изчислено)", "en": "Total (computed)"}
_MISSING: Text = {
    "bg": "няма стойност, защото част от сбора липсва",
    "en": "no value, because a part of the sum is missing",
}
_CHANGE: Text = {"bg": "промяна", "en": "change"}
_FLAG: Text = {"bg": "бележка", "en": "flag"}
_CHANGES: Mapping[str, Text] = MappingProxyType(
    {
        ADDED: {"bg": "добавено", "en": "added"},
        CHANGED: {"bg": "променено", "en": "changed"},
        REMOVED: {"bg": "премахнато", "en": "removed"},
    }
)


def shaped(structure: Structure, wanted: Slice) -> Structure:
    """Returns the structure of a slice's rows.

    Sums have flags, whether their table has any or not. What happened to an
    observation is one dimension more, after its own.
    """
    if wanted.changes is not None:
        happened = Dimension(CHANGE, "", Role.CODED, None, _CHANGE)
        return replace(structure, dimensions=(*structure.dimensions, happened))
    return replace(structure, flags=True) if wanted.summed else structure


def captioned(caption: Caption, wanted: Slice) -> Caption:
    """Returns the caption of a slice, with names for all that its rows can have."""
    if wanted.changes is not None:
        return replace(
            caption,
            columns={**caption.columns, CHANGE: _CHANGE},
            codes={**caption.codes, CHANGE: CodeList(_CHANGES, {}, CHANGE)},
        )
    if not wanted.summed:
        return caption
    return replace(
        caption,
        columns={FLAG: _FLAG, **caption.columns},
        codes={**caption.codes, **dict(_totalled(caption, wanted.summed))},
        flags={MISSING: _MISSING, **caption.flags},
    )


def _totalled(
    caption: Caption, summed: Iterable[str]
) -> Iterable[tuple[str, CodeList]]:
    for name in summed:
        codes = caption.codes[name]
        yield name, replace(codes, names={**codes.names, TOTAL: _TOTAL})
