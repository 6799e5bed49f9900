"""SDMX-CSV 2.0: a line for each observation, with the structure that it follows.

Source: SDMX-CSV Data Message 2.0, field guide of the SDMX Technical Working Group;
SDMX 3.0, section 6 (observational time periods).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from registry.language import LANGUAGES
from registry.ports import TableRow
from registry.statistics.formats.columns import said
from registry.statistics.formats.csv import lines
from registry.statistics.labels import Caption, Shown
from registry.statistics.structure import FLAG, VALUE, Role, Structure

AGENCY = "INTG"
"""The maintenance agency of the structures: this registry."""

_ACTION = "I"
_FIXED = {VALUE: "OBS_VALUE", FLAG: "OBS_STATUS"}
_UNIT = "UNIT_MEASURE"


@dataclass(frozen=True, slots=True)
class _Component:
    id: str
    title: str
    names: Mapping[str, str]

    def both(self, code: str | None) -> str | None:
        name = self.names.get(code) if code is not None else None
        return f"{code}: {name}" if name else code


def write(
    batches: Iterable[Sequence[TableRow]],
    structure: Structure,
    caption: Caption,
    shown: Shown,
    *,
    language: str,
) -> Iterator[bytes]:
    """Yields the message, a piece for each batch.

    Codes alone are `labels=id` of the standard. Names in one language are
    `labels=name`, which leaves each code and puts its name beside it. Both are
    `labels=both`, in the language of the reader.
    """
    language = shown.value if shown.value in LANGUAGES else language
    components = _components(structure, caption, language)
    title = said(caption.title, language, structure.key)
    identity = identifier(structure, caption)
    unit = caption.unit[0]
    if shown is Shown.CODES:
        start = ["dataflow", identity, _ACTION]
        yield lines([["STRUCTURE", "STRUCTURE_ID", "ACTION", *_ids(components)]])
        for batch in batches:
            yield lines([*start, *row, unit] for row in batch)
    elif shown is Shown.BOTH:
        start = ["dataflow", f"{identity}: {title}", _ACTION]
        heads = [f"{component.id}: {component.title}" for component in components]
        yield lines([["STRUCTURE", "STRUCTURE_ID", "ACTION", *heads]])
        for batch in batches:
            yield lines([*start, *_both([*row, unit], components)] for row in batch)
    else:
        start = ["dataflow", identity, title, _ACTION]
        heads = [name for c in components for name in (c.id, c.title)]
        yield lines([["STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", *heads]])
        for batch in batches:
            yield lines([*start, *_beside([*row, unit], components)] for row in batch)


def identifier(structure: Structure, caption: Caption) -> str:
    """Returns how SDMX calls this version of the table."""
    name = structure.key.upper().replace("-", "_").replace(".", "_")
    return f"{AGENCY}:{name}({caption.version}.0)"


def component(name: str, structure: Structure) -> str:
    """Returns how SDMX calls a column."""
    dimension = structure.dimension(name)
    if dimension is not None and dimension.role is Role.TIME:
        return "TIME_PERIOD"
    return _FIXED.get(name, name.upper())


def _components(
    structure: Structure, caption: Caption, language: str
) -> Sequence[_Component]:
    found = []
    for name in structure.columns:
        names = caption.flags
        if structure.dimension(name):
            names = caption.codes[name].names
        found.append(
            _Component(
                component(name, structure),
                said(caption.columns[name], language, name),
                {}
                if name == VALUE
                else {code: said(text, language, code) for code, text in names.items()},
            )
        )
    code, name_of_unit = caption.unit
    unit = {code: said(name_of_unit, language, code)}
    return [*found, _Component(_UNIT, _UNITS[language], unit)]


_UNITS = {"bg": "мерна единица", "en": "unit of measure"}


def _ids(components: Sequence[_Component]) -> Sequence[str]:
    return [component.id for component in components]


def _both(row: TableRow, components: Sequence[_Component]) -> list[str | None]:
    return [c.both(cell) for c, cell in zip(components, row, strict=True)]


def _beside(row: TableRow, components: Sequence[_Component]) -> list[str | None]:
    return [
        text
        for c, cell in zip(components, row, strict=True)
        for text in (cell, c.names.get(cell) if cell is not None else None)
    ]
