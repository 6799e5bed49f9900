"""The columns of a published slice: codes, names in one language, or all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.language import LANGUAGES, Text, choose
from registry.ports import TableRow
from registry.statistics.labels import Caption, Shown, place_key
from registry.statistics.structure import FLAG, VALUE, Role, Structure


@dataclass(frozen=True, slots=True)
class Column:
    """One column as it is published.

    Attributes:
        name: language-free, as `citizen` or `citizen_bg`.
        title: its heading.
        position: of the cell in a row of the table.
        names: what stands there instead of a code; `None` for the code itself.
        language: of the names, if they are in one.
    """

    name: str
    title: str
    position: int
    names: Mapping[str, str] | None = None
    language: str | None = None

    @property
    def number(self) -> bool:
        """Whether its cells are the measured values."""
        return self.name == VALUE

    def cell(self, row: TableRow) -> str | None:
        """Returns what stands in this column of a row; a code without name stays."""
        code = row[self.position]
        if self.names is None or code is None:
            return code
        return self.names.get(code, code)


def columns(
    structure: Structure,
    caption: Caption,
    shown: Shown,
    *,
    occurring: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Column, ...]:
    """Returns the columns of a slice.

    Args:
        structure: of the table.
        caption: its names.
        shown: what stands in the cells.
        occurring: codes of dimensions; the keys of places follow the codes of
            those that are here.
    """
    found: list[Column] = []
    for position, name in enumerate(structure.columns):
        found += _columns(name, position, structure, caption, shown)
        dimension = structure.dimension(name)
        areas = dimension is not None and dimension.role is Role.AREA
        if occurring and areas and name in occurring:
            keys = {code: place_key(code) for code in occurring[name]}
            found.append(Column(f"{name}_place", f"{name}_place", position, keys))
    return tuple(found)


def _columns(
    name: str, position: int, structure: Structure, caption: Caption, shown: Shown
) -> Sequence[Column]:
    code = Column(name, name, position)
    languages = LANGUAGES if shown is Shown.BOTH else (shown.value,)
    if shown is Shown.CODES:
        return [code]
    named = _names(name, structure, caption)
    if named is None:
        titled = said(caption.columns[name], languages[0], name)
        return [code if shown is Shown.BOTH else Column(name, titled, position)]
    both = shown is Shown.BOTH
    translated = [
        Column(
            f"{name}_{tag}" if both else name,
            f"{name}_{tag}" if both else said(caption.columns[name], tag, name),
            position,
            {one: said(text, tag, one) for one, text in named.items()},
            tag,
        )
        for tag in languages
    ]
    return [code, *translated] if both else translated


def _names(
    name: str, structure: Structure, caption: Caption
) -> Mapping[str, Text] | None:
    """Returns the names of the codes in a column; `None` if they have no names."""
    dimension = structure.dimension(name)
    if dimension is None:
        return caption.flags if name == FLAG else None
    return None if dimension.role is Role.TIME else caption.codes[name].names


def said(text: Text, language: str, otherwise: str) -> str:
    """Returns a text in the best language there is, or something else for none."""
    chosen = choose(text, language)
    return chosen.text if chosen else otherwise
