"""The columns of a register as a sheet: one for each input of the kind's form.

A column is called as the input is, such as `address.0.postCode`, followed by its name
for people. Codes and records stand in cells as `registry.sheets.wording` has them, and
several values one per line.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from registry.forms.field import Field, Form, Style
from registry.forms.naming import Pairs
from registry.language import LANGUAGES, Text, choose
from registry.sheets.wording import BETWEEN, Names, Wording, spoken

KEY, VERSION = "key", "version"
"""The columns that say which record a row is, and what it was when downloaded."""

_FACTS: Mapping[str, Text] = {
    KEY: {
        "bg": "ключ; за нов запис оставете празно",
        "en": "leave empty for a new one",
    },
    VERSION: {"bg": "версия; не променяйте", "en": "leave as it is"},
}
_IN: Mapping[str, Text] = {
    "bg": {"bg": "на български", "en": "in Bulgarian"},
    "en": {"bg": "на английски", "en": "in English"},
}
_LONGEST = 32_767
"""Characters that a cell may have. Source: ECMA-376, part 1, section 18.3.1.4."""

NESTED = 20
"""Nodes of one field that have columns."""

_DIGITS = 9
_UNWRITABLE = {n: None for n in range(32) if chr(n) not in "\n\t"} | {0xFFFE: None}


@dataclass(frozen=True, slots=True)
class Lists:
    """Where the codes and records come from that cells may name.

    Attributes:
        scheme: the codes of a code list, by its IRI.
        records: the ids of records of classes, such as `place/bg`, by those.
        base: of their IRIs.
    """

    scheme: Callable[[str], Names]
    records: Callable[[Sequence[str]], Names]
    base: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: of the input.
        label: for people.
        several: whether a cell may have several values, one per line.
        start: of the IRIs that the codes end; empty where cells are plain.
        names: what cells may say, if they are codes or records.
        long: whether a text may have several lines.
    """

    name: str
    label: Text
    several: bool = False
    start: str = ""
    names: Names = field(default_factory=dict)
    long: bool = False
    wording: Wording | None = None

    def heading(self, language: str) -> str:
        """Returns what stands above the column."""
        return spoken(self.name, self.label, language)

    def text(self, values: Sequence[str], language: str) -> str:
        """Returns the cell that has these values."""
        return shown("\n".join(self._said(value, language) for value in values))

    def values(self, cell: str) -> tuple[Sequence[str], Sequence[str]]:
        """Returns the values of a cell, and what in it is no code."""
        text = normal(cell)
        if not self.several and self.wording is None:
            return ([text] if text else []), []
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        if self.wording is None:
            return lines, []
        codes = [(line, self._code(line)) for line in lines]
        return (
            [f"{self.start}{code}" for _, code in codes if code is not None],
            [line for line, code in codes if code is None],
        )

    def unchanged(self, cell: str, before: Sequence[str]) -> bool:
        """Says whether a cell still says what it was written for."""
        same = {normal(self.text(before, language)) for language in LANGUAGES}
        if normal(cell) in same:
            return True
        values, unknown = self.values(cell)
        return not unknown and sorted(values) == sorted(before)

    def _said(self, value: str, language: str) -> str:
        if self.wording is None or not value.startswith(self.start):
            return value
        code = value.removeprefix(self.start)
        return spoken(code, self.names.get(code, {}), language)

    def _code(self, line: str) -> str | None:
        if self.wording is None:
            return None
        if self.start and line.startswith(self.start):
            line = line.removeprefix(self.start)
        return self.wording.code(line)


def shown(text: str) -> str:
    """Returns a text as far as a cell can hold it."""
    return text.translate(_UNWRITABLE)[:_LONGEST]


def normal(text: str) -> str:
    """Returns a text without what programs change in it: line ends, blanks around."""
    ends = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return shown(ends).strip()


def fact(name: str, language: str) -> str:
    """Returns the heading of `KEY` or `VERSION`."""
    return f"{name}{BETWEEN}{_FACTS[name][language]}"


def name_of(heading: str) -> str:
    """Returns the name of a column by its heading, whatever its language."""
    return heading.replace("—", "–").partition("–")[0].strip()


def columns(form: Form, lists: Lists, filled: Sequence[Pairs]) -> Sequence[Column]:
    """Returns the columns of a kind.

    Args:
        form: of the kind.
        lists: of codes and records.
        filled: forms of records; nested nodes have as many columns as one needs.
    """
    return list(_columns(form.fields, lists, _rows(filled), "", ()))


def _rows(filled: Sequence[Pairs]) -> Mapping[str, int]:
    """Returns how many nested nodes there are at most, by the name of the field."""
    most: dict[str, int] = {}
    for pairs in filled:
        for name, _ in pairs:
            parts = name.split(".")
            for position, part in enumerate(parts):
                if position and part.isdigit() and int(part[:_DIGITS]) < NESTED:
                    start = ".".join(p for p in parts[:position] if not p.isdigit())
                    most[start] = max(most.get(start, 1), int(part[:_DIGITS]) + 1)
    return most


def _columns(
    fields: Sequence[Field],
    lists: Lists,
    rows: Mapping[str, int],
    prefix: str,
    above: Sequence[Text],
) -> Iterator[Column]:
    for one in fields:
        name = prefix + one.term
        if one.style is Style.TEXT:
            for tag in LANGUAGES:
                label = _label(*above, one.name, within=_IN[tag])
                yield Column(f"{name}.{tag}", label, long=one.long)
        elif one.style is Style.LITERAL:
            for literal in one.literals:
                label = _label(*above, one.name, within=literal.name)
                yield Column(prefix + literal.term, label, several=one.several)
        elif one.style is not Style.NODES or one.classes:
            yield _of_values(one, name, _label(*above, one.name), lists)
        plain = ".".join(p for p in name.split(".") if not p.isdigit())
        for row in range(rows.get(plain, 1)) if one.nested else ():
            number: Text = {tag: str(row + 1) for tag in LANGUAGES}
            label = _label(one.name, within=number) if row else one.name
            start = f"{name}.{row}."
            yield from _columns(one.nested, lists, rows, start, (*above, label))


def _of_values(one: Field, name: str, label: Text, lists: Lists) -> Column:
    names: Names = {}
    start = ""
    match one.style:
        case Style.CODES:
            names, start = lists.scheme(one.scheme or ""), f"{one.scheme}#"
        case Style.NODES:
            names, start = lists.records(one.classes), f"{lists.base}id/"
        case Style.TYPES:
            names = {option: {} for option in one.options}
        case _:
            return Column(name, label, several=one.several)
    several = one.several or one.style is Style.TYPES
    return Column(name, label, several, start, names, wording=Wording(names))


def _label(*parts: Text, within: Text | None = None) -> Text:
    found: dict[str, str] = {}
    for tag in LANGUAGES:
        said = [chosen.text for part in parts if (chosen := choose(part, tag))]
        more = choose(within, tag) if within else None
        found[tag] = ": ".join(said) + (f" ({more.text})" if more else "")
    return found
