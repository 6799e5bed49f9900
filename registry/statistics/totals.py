"""Dimensions that are totalled: what `totals=sex,age` asks of a table.

Where a table has a code for the whole of a dimension, its cells are the total, as
they were published. Otherwise the cells of all its codes are added up. A filter on
the dimension means the sum of just those codes. Nothing is added that is no count,
nor codes under which somebody may be counted twice.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from registry.errors import BadParameter
from registry.statistics.labels import Known
from registry.statistics.overlap import overlap
from registry.statistics.selection import unknown_dimension
from registry.statistics.structure import Dimension, Role, Structure

COUNTS = frozenset({"NR", "PER", "THS_PER", "CASE"})
"""Units of the scheme `unit` whose values can be added up. Shares, rates and medians
cannot, whatever their unit; so one that is not here is not added."""

_PARAMETER = "totals"


@dataclass(frozen=True, slots=True)
class Totals:
    """What totals come down to.

    Attributes:
        filters: wanted codes of each dimension, those of totals among them.
        summed: dimensions whose wanted codes are added up.
    """

    filters: Mapping[str, Collection[str]]
    summed: tuple[str, ...]


def totals(
    text: str,
    filters: Mapping[str, Collection[str]],
    structure: Structure,
    known: Mapping[str, Known],
) -> Totals:
    """Returns what the dimensions that a text names come down to.

    Args:
        text: names of dimensions, with commas between.
        filters: wanted codes of dimensions, as far as they are filtered.
        structure: of the table.
        known: what is known of the codes of each dimension.

    Raises:
        BadParameter: there is no such dimension, or its codes cannot be added up.
    """
    wanted: dict[str, Collection[str]] = dict(filters)
    summed: list[str] = []
    for name in dict.fromkeys(part.strip() for part in text.split(",")):
        dimension = structure.dimension(name)
        if dimension is None:
            raise unknown_dimension(name, structure, parameter=_PARAMETER)
        if dimension.role is Role.TIME:
            raise _over_time(name)
        codes = filters.get(name)
        if codes is None:
            codes = _all(dimension, structure, known[name])
        wanted[name] = tuple(codes)
        if len(wanted[name]) > 1:
            _check(tuple(codes), dimension, structure, known[name])
            summed.append(name)
    return Totals(wanted, tuple(summed))


def _all(dimension: Dimension, structure: Structure, known: Known) -> Collection[str]:
    whole = whole_of(dimension, structure, known)
    return known.occurring if whole is None else (whole,)


def whole_of(dimension: Dimension, structure: Structure, known: Known) -> str | None:
    """Returns the code for the whole of a dimension, if the table has one.

    It is the one code that nothing in the table is above of. If there are several,
    it is the one that the first view shows, as long as others are below it; or, in
    tables under disclosure control, without that, as their totals were checked.
    """
    occurring = set(known.occurring)
    roots = [
        code
        for code in known.occurring
        if occurring.isdisjoint(known.list.path(code)[1:])
    ]
    if len(roots) == 1:
        return roots[0]
    shown = structure.default.get(dimension.id, ())
    if len(shown) != 1 or shown[0] not in roots:
        return None
    checked = structure.threshold is not None
    return shown[0] if checked or len(known.below(shown[0])) > 1 else None


def _check(
    codes: tuple[str, ...], dimension: Dimension, structure: Structure, known: Known
) -> None:
    """Refuses what cannot be added up."""
    if structure.unit not in COUNTS:
        raise _no_counts(dimension.id, structure.unit)
    found = overlap(codes, dimension, known.list)
    if found is not None:
        first, second = found.first, found.second
        raise BadParameter(
            f"“{dimension.id}” cannot be totalled over {first} and {second}: "
            f"{found.reason['en']}. Filter “{dimension.id}” by codes that can be "
            "added up, or leave it out of “totals”.",
            f"По „{dimension.id}“ не може да се сумират {first} и {second}: "
            f"{found.reason['bg']}. Филтрирайте „{dimension.id}“ по кодове, "
            "които може да се сумират, или не го посочвайте в „totals“.",
            extra={
                "parameter": _PARAMETER,
                "dimension": dimension.id,
                "codes": [first, second],
            },
        )


def _over_time(name: str) -> BadParameter:
    return BadParameter(
        f"“{name}” cannot be totalled: who is counted in one period may be counted in "
        "the next one again.",
        f"По „{name}“ не може да се сумира: преброените в един период може да са "
        "преброени и в следващия.",
        extra={"parameter": _PARAMETER, "dimension": name},
    )


def _no_counts(name: str, unit: str) -> BadParameter:
    return BadParameter(
        f"“{name}” cannot be totalled: the table has no code for the whole of what is "
        f"asked for, and its values (unit {unit}) are no counts, so that their sum "
        "means nothing.",
        f"По „{name}“ не може да се сумира: таблицата няма код за цялото на "
        f"поисканото, а стойностите ѝ (мерна единица {unit}) не са брой и сборът "
        "им не означава нищо.",
        extra={"parameter": _PARAMETER, "dimension": name, "unit": unit},
    )
