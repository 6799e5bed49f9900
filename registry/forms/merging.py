"""Two people changed the same record: what each did, and what is made of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.forms.naming import Pairs, slot

Values = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """A part of the form that somebody else has changed meanwhile.

    Attributes:
        slot: a text in a language, or a whole property.
        base: what stood there when the draft was begun.
        theirs: what stands there now.
        mine: what was typed.
        both: whether it was changed here too, in another way.
    """

    slot: str
    base: Values
    theirs: Values
    mine: Values
    both: bool


def clashes(base: Pairs, theirs: Pairs, mine: Pairs) -> Sequence[Clash]:
    """Returns every part in which the version now differs from the one before.

    Args:
        base: the form filled from the version that the draft was made from.
        theirs: the form filled from the current version.
        mine: what was typed.
    """
    old, new, typed = _slots(base), _slots(theirs), _slots(mine)
    found = []
    for name in dict.fromkeys((*old, *new)):
        before, now, here = (one.get(name, ()) for one in (old, new, typed))
        if _said(before) != _said(now):
            both = _said(here) not in (_said(before), _said(now))
            found.append(Clash(name, before, now, here, both))
    return found


def rebased(mine: Pairs, found: Sequence[Clash], taken: frozenset[str]) -> Pairs:
    """Returns what was typed, with the parts of the current version that are taken.

    Args:
        mine: what was typed.
        found: the parts that clash.
        taken: slots of those of which the current version is taken.
    """
    replaced = {one.slot: one.theirs for one in found if one.slot in taken}
    kept = [one for one in mine if slot(one[0]) not in replaced]
    return [*kept, *(pair for values in replaced.values() for pair in values)]


def _slots(pairs: Pairs) -> Mapping[str, Values]:
    made: dict[str, Values] = {}
    for name, value in pairs:
        if not name.endswith(".search"):
            made[slot(name)] = (*made.get(slot(name), ()), (name, value))
    return made


def _said(values: Values) -> frozenset[tuple[str, str]]:
    """Returns what is said, whatever its order and whatever is left empty."""
    return frozenset(
        (name, " ".join(value.split())) for name, value in values if value.strip()
    )
