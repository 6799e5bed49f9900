"""What a form lets readers choose of a table: the codes of its dimensions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from api.pages.code_names import CodeNames
from registry.language import Chosen
from registry.statistics.selection import Slice
from registry.statistics.structure import Role, Structure


@dataclass(frozen=True, slots=True)
class Code:
    """One code to choose.

    Attributes:
        code: as it stands in the table.
        name: of the code.
        figures: how many the table has with it.
        chosen: whether the slice is limited to it and others that are chosen.
    """

    code: str
    name: Chosen
    figures: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One dimension to choose in; those that have a single code are none.

    Attributes:
        id: of the dimension.
        name: of the dimension.
        codes: in the order in which readers look for them.
        over_time: whether it is the dimension of periods, chosen from one to another.
    """

    id: str
    name: Chosen
    codes: Sequence[Code]
    over_time: bool

    @property
    def chosen(self) -> Sequence[Code]:
        """The codes that the slice is limited to; none if it has all of them."""
        return [code for code in self.codes if code.chosen]

    @property
    def ends(self) -> tuple[str, str]:
        """The first and the last code that are chosen; empty if all are."""
        chosen = self.chosen
        return (chosen[0].code, chosen[-1].code) if chosen else ("", "")


def choices(
    structure: Structure,
    counts: Mapping[str, Mapping[str, int]],
    wanted: Slice,
    names: CodeNames,
) -> Sequence[Choice]:
    """Returns what can be chosen of a table.

    Args:
        structure: of the table.
        counts: of each dimension, the codes that it has and how often.
        wanted: the slice that is shown.
        names: of the codes.
    """
    return [
        Choice(
            id=dimension.id,
            name=names.column(dimension.id),
            codes=[
                Code(code, names.code(dimension.id, code), found[code], code in chosen)
                for code in names.ordered(dimension.id, found)
            ],
            over_time=dimension.role is Role.TIME,
        )
        for dimension in structure.dimensions
        if len(found := counts[dimension.id]) > 1
        for chosen in [_chosen(dimension.id, wanted, found)]
    ]


def _chosen(name: str, wanted: Slice, occurring: Collection[str]) -> Collection[str]:
    """Returns the codes that a filter leaves; none if it leaves all of them."""
    codes = wanted.filters.get(name, ())
    if name in wanted.summed and len(codes) == len(occurring):
        return ()
    return () if set(occurring) <= set(codes) else codes
