"""The mapping language: JSON-LD with holes that the cells of a row fill.

A template is a JSON-LD document in the terms of the registry's context. Text in it
may name columns: `"{name_bg}"` stands for the cell. What a row leaves empty drops
out: a text with an empty cell, an object without members, and a node of which only
`id` and `type` are left. The member `id` is an IRI below the base, or, if it starts
with `#`, below the thing. An object with one of these members computes its value:

    {"$iri": "id/place/{place}"}         an IRI below the base (or `#…` the thing);
                                         in keys, letters become small and `_`
                                         becomes `-`; in a fragment, whatever is no
                                         letter, digit, `.`, `_` or `-` becomes `-`
    {"$url": "{website}"}                an http(s) address
    {"$isbn": "{isbn}"}                  an ISBN, as 13 digits
    {"$date": "{source_date}"}           a date to the day, month or year
    {"$text": "{street}, {code} {town}"} a text from the parts that are there
    {"$each": "services", …}             the rest of the object, once for each value
                                         of a `;` list (or another `$by`), in which
                                         `{}` is the value
    {"$when": "parent", "$then": …, "$else": …}        is the cell filled?
    {"$switch": "kind", "$cases": {…}, "$default": …}  by the value of the cell

A member `$issued` of a node becomes `issuedDate`, `issuedMonth` or `issuedYear`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias

from registry.iris import KEY
from registry.sources.rules import CellError
from registry.sources.values import is_address, is_date, isbn_digits

Json: TypeAlias = (
    str | int | float | bool | Sequence["Json"] | Mapping[str, "Json"] | None
)

PART = ""
"""The name under which `{}` finds the value of an `$each`."""

ISSUED: Mapping[int, str] = MappingProxyType(
    {4: "issuedYear", 7: "issuedMonth", 10: "issuedDate"}
)
"""The member that a date goes to, by its length."""

_HOLE = re.compile(r"\{([a-z0-9_]*)\}")
_NOT_IN_FRAGMENT = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a template is filled from.

    Attributes:
        base: base of the registry's IRIs.
        thing: IRI of the thing that the record is about.
        cells: column to value; also the value of an `$each`, under `PART`.
        each: the column that the value of an `$each` comes from.
    """

    base: str
    thing: str
    cells: Mapping[str, str]
    each: str = ""

    def column(self, name: str) -> str:
        """Returns the column behind the name in a hole."""
        return self.each if name == PART else name


def fill(template: Json, scope: Scope) -> Json:
    """Returns the template with its holes filled; `None` if nothing is left of it.

    Raises:
        CellError: a cell breaks a rule of the operator that it is put through.
    """
    if isinstance(template, str):
        return fill_text(template, scope)
    if isinstance(template, Mapping):
        for name, operator in _OPERATORS.items():
            if name in template:
                return operator(template, scope)
        return _node(template, scope)
    if isinstance(template, Sequence):
        return _list(template, scope)
    return template


def members(template: Mapping[str, Json], scope: Scope) -> dict[str, Json]:
    """Returns the members of an object that are left when its holes are filled.

    Raises:
        CellError: as for `fill`.
    """
    filled: dict[str, Json] = {}
    for name, value in template.items():
        if name == "$issued":
            issued = _date_of(str(value), scope)
            if issued:
                filled[ISSUED[len(issued)]] = issued
            continue
        member = _iri_of(str(value), scope) if name == "id" else fill(value, scope)
        if member is not None:
            filled[name] = member
    return filled


def fill_text(template: str, scope: Scope) -> str | None:
    """Returns the text with its holes filled, or `None` if a cell is empty."""
    if not all(scope.cells[name] for name in holes(template)):
        return None
    return _HOLE.sub(lambda hole: scope.cells[hole[1]], template)


def holes(template: str) -> Sequence[str]:
    """Returns the names in the holes of a text."""
    return _HOLE.findall(template)


def _node(template: Mapping[str, Json], scope: Scope) -> Json:
    node = members(template, scope)
    return node if node.keys() - {"id", "type"} else None


def _list(template: Sequence[Json], scope: Scope) -> Json:
    items: list[Json] = []
    for item in template:
        filled = fill(item, scope)
        if isinstance(filled, list):
            items.extend(filled)
        elif filled is not None:
            items.append(filled)
    return items or None


def _each(template: Mapping[str, Json], scope: Scope) -> Json:
    column = str(template["$each"])
    if not scope.cells[column]:
        return None
    separator = str(template.get("$by", ";"))
    # A list by blanks has no empty values: several blanks are one separator.
    parts = scope.cells[column].split(separator if separator.strip() else None)
    item = {name: value for name, value in template.items() if name not in _EACH}
    filled: list[Json] = []
    for part in map(str.strip, parts):
        if not part:
            raise CellError("empty-part", column, scope.cells[column])
        cells = {**scope.cells, PART: part}
        filled.append(fill(item, replace(scope, cells=cells, each=column)))
    return filled


def _when(template: Mapping[str, Json], scope: Scope) -> Json:
    filled = scope.cells[str(template["$when"])]
    return fill(template.get("$then" if filled else "$else"), scope)


def _switch(template: Mapping[str, Json], scope: Scope) -> Json:
    cases = template["$cases"]
    value = scope.cells[str(template["$switch"])]
    if isinstance(cases, Mapping) and value in cases:
        return fill(cases[value], scope)
    return fill(template.get("$default"), scope)


def _composed(template: Mapping[str, Json], scope: Scope) -> Json:
    """Joins the parts that are there; the first separator of a gap closes it."""
    # Splitting at the holes gives text and names by turns: t0 n1 t1 n2 t2.
    pieces = _HOLE.split(str(template["$text"]))
    composed, gap = "", ""
    for separator, name in zip(pieces[0::2], pieces[1::2], strict=False):
        gap = gap or separator
        if scope.cells[name]:
            composed += (gap if composed else "") + scope.cells[name]
            gap = ""
    return composed or None


def _iri(template: Mapping[str, Json], scope: Scope) -> Json:
    return _iri_of(str(template["$iri"]), scope)


def _iri_of(template: str, scope: Scope) -> str | None:
    if fill_text(template, scope) is None:
        return None
    path, hash_sign, fragment = template.partition("#")
    start = scope.base + _HOLE.sub(_key(scope), path) if path else scope.thing
    end = _HOLE.sub(lambda hole: fragment_of(scope.cells[hole[1]]), fragment)
    return start + hash_sign + end


def _key(scope: Scope) -> Callable[[re.Match[str]], str]:
    def key(hole: re.Match[str]) -> str:
        value = scope.cells[hole[1]]
        if not KEY.match(key_of(value)):
            raise CellError("bad-key", scope.column(hole[1]), value)
        return key_of(value)

    return key


def key_of(code: str) -> str:
    """Returns the code as it stands in the key of a record."""
    return code.lower().replace("_", "-")


def fragment_of(code: str) -> str:
    """Returns the code as it stands in the fragment of a concept's IRI."""
    return _NOT_IN_FRAGMENT.sub("-", code)


def _url(template: Mapping[str, Json], scope: Scope) -> Json:
    address = fill_text(str(template["$url"]), scope)
    if address is not None and not is_address(address):
        raise CellError("bad-address", _first(template["$url"], scope), address)
    return address


def _isbn(template: Mapping[str, Json], scope: Scope) -> Json:
    written = fill_text(str(template["$isbn"]), scope)
    if written is None:
        return None
    digits = isbn_digits(written)
    if digits is None:
        raise CellError("bad-isbn", _first(template["$isbn"], scope), written)
    return digits


def _date(template: Mapping[str, Json], scope: Scope) -> Json:
    return _date_of(str(template["$date"]), scope)


def _date_of(template: str, scope: Scope) -> str | None:
    written = fill_text(template, scope)
    if written is not None and not is_date(written):
        raise CellError("bad-date", _first(template, scope), written)
    return written


def _first(template: Json, scope: Scope) -> str:
    """Returns the column of the first hole of a text."""
    return scope.column(holes(str(template))[0])


_EACH = ("$each", "$by")
_OPERATORS: Mapping[str, Callable[[Mapping[str, Json], Scope], Json]] = (
    MappingProxyType(
        {
            "$each": _each,
            "$when": _when,
            "$switch": _switch,
            "$iri": _iri,
            "$url": _url,
            "$isbn": _isbn,
            "$date": _date,
            "$text": _composed,
        }
    )
)
