"""From what was sent with the form to a document.

What a form does not show stays as it was: other languages, other terms, nodes
without a form. A text that differs in its ends alone, or in how a browser writes
the ends of lines, is the same text.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from registry.forms.field import Field, Form, Style
from registry.forms.filling import Node, is_nested, node_pairs, texts, values
from registry.forms.naming import Given, Pairs
from registry.language import LANGUAGES


@dataclass(frozen=True, slots=True)
class Place:
    """Where the inputs of a node stand.

    Attributes:
        prefix: of their names.
        fields: of the node.
    """

    prefix: str
    fields: Sequence[Field]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, as a document.

    Attributes:
        document: compact.
        places: of every node, by its IRI.
    """

    document: Mapping[str, Any]
    places: Mapping[str, Place]


def blank(form: Form, thing: str) -> Node:
    """Returns the document of a new record, of which nothing is known."""
    types = list(form.types)
    found = {"type": types[0] if len(types) == 1 else types} if types else {}
    return {"id": thing, **found}


def read(form: Form, pairs: Pairs, base: Node, thing: str) -> Typed:
    """Returns what was typed into a form.

    Args:
        form: of the kind.
        pairs: that were sent.
        base: the document that the form was filled from.
        thing: IRI of the thing.
    """
    reader = _Reader(Given(pairs), thing, set(_names(base)))
    reader.places[thing] = Place("", form.fields)
    return Typed(reader.node(form.fields, base, ""), reader.places)


def unknown(form: Form, pairs: Pairs) -> Pairs:
    """Returns what was sent under names that the form does not have, if not empty."""
    known = set(_inputs(form.fields, ""))
    return [one for one in pairs if one[1] and _plain(one[0]) not in known]


def _plain(name: str) -> str:
    return ".".join(part for part in name.split(".") if not part.isdigit())


def _inputs(fields: Sequence[Field], prefix: str) -> Iterator[str]:
    for one in fields:
        name = prefix + one.term
        if one.style is Style.TEXT:
            yield from (f"{name}.{tag}" for tag in LANGUAGES)
        else:
            yield from (prefix + term for term in one.terms)
        if one.classes:
            yield f"{name}.search"
        if one.nested:
            yield f"{name}.id"
            yield from _inputs(one.nested, f"{name}.")


def _names(value: Any) -> Iterator[str]:
    """Yields the IRI of every node of a document."""
    if isinstance(value, list):
        for one in value:
            yield from _names(one)
    elif isinstance(value, dict):
        if isinstance(value.get("id"), str):
            yield value["id"]
        for one in value.values():
            yield from _names(one)


@dataclass(frozen=True, slots=True)
class _Reader:
    given: Given
    thing: str
    taken: set[str]
    places: dict[str, Place] = field(default_factory=dict)

    def node(self, fields: Sequence[Field], base: Node, prefix: str) -> dict[str, Any]:
        made = dict(base)
        for one in fields:
            _READ[one.style](self, one, made, prefix)
        return made

    def types(self, one: Field, made: dict[str, Any], prefix: str) -> None:
        kept = [name for name in values(made, "type") if name not in one.options]
        sent = self.given.values(f"{prefix}type")
        _put(made, "type", [*kept, *(n for n in one.options if n in sent)], False)

    def texts(self, one: Field, made: dict[str, Any], prefix: str) -> None:
        before = texts(made, one.term)
        if one.term in made and not before:
            return
        after = {tag: text for tag, text in before.items() if tag not in LANGUAGES}
        for tag in LANGUAGES:
            sent = self.given.values(f"{prefix}{one.term}.{tag}")
            _put(after, tag, _kept(sent, values(before, tag)), False)
        _put(made, one.term, [after] if after else [], False)

    def plain(self, one: Field, made: dict[str, Any], prefix: str) -> None:
        self._strings(one.term, made, prefix, one.as_set)

    def literals(self, one: Field, made: dict[str, Any], prefix: str) -> None:
        for literal in one.literals:
            self._strings(literal.term, made, prefix, False)

    def _strings(
        self, term: str, made: dict[str, Any], prefix: str, as_set: bool
    ) -> None:
        before = values(made, term)
        sent = _kept(self.given.values(prefix + term), before)
        _put(made, term, [*sent, *(v for v in before if type(v) is not str)], as_set)

    def nodes(self, one: Field, made: dict[str, Any], prefix: str) -> None:
        before, name = values(made, one.term), prefix + one.term
        after: list[Any] = []
        if one.classes:
            after += dict.fromkeys(v for v in self.given.values(name) if v.strip())
        else:
            after += [v for v in before if isinstance(v, str)]
        if one.nested:
            after += self._rows(one, [v for v in before if is_nested(v)], name)
        else:
            after += [v for v in before if is_nested(v)]
        after += [v for v in before if not isinstance(v, str) and not is_nested(v)]
        _put(made, one.term, after, one.as_set)

    def _rows(
        self, one: Field, before: Sequence[Node], name: str
    ) -> Iterator[dict[str, Any]]:
        known = {str(node["id"]): node for node in before}
        for row in self.given.rows(name):
            start = f"{name}.{row}"
            sent = next(iter(self.given.values(f"{start}.id")), "")
            made = self._row(one, known.pop(sent, None), f"{start}.")
            if made:
                self.places[made["id"]] = Place(f"{start}.", one.nested)
                yield made

    def _row(self, one: Field, base: Node | None, prefix: str) -> dict[str, Any] | None:
        made = self.node(one.nested, base or {}, prefix)
        if base is None:
            return {**self._new(one), **made} if made else None
        shown = any(value for _, value in _shown(one.nested, base))
        return None if shown and made.keys() <= {"id", "type"} else made

    def _new(self, one: Field) -> dict[str, Any]:
        name, number = f"{self.thing}#{one.code}", 1
        while name in self.taken:
            number += 1
            name = f"{self.thing}#{one.code}-{number}"
        self.taken.add(name)
        return {"id": name, **({"type": one.nested_class} if one.nested_class else {})}


def _shown(fields: Sequence[Field], node: Node) -> Iterator[tuple[str, str]]:
    return (one for one in node_pairs(fields, node, ""))


_READ: Mapping[Style, Callable[[_Reader, Field, dict[str, Any], str], None]] = (
    MappingProxyType(
        {
            Style.TYPES: _Reader.types,
            Style.TEXT: _Reader.texts,
            Style.CODES: _Reader.plain,
            Style.NODES: _Reader.nodes,
            Style.ADDRESS: _Reader.plain,
            Style.LITERAL: _Reader.literals,
        }
    )
)


def _kept(sent: Sequence[str], before: Sequence[Any]) -> list[str]:
    """Returns what was sent, each as it stood before if it is the same text."""
    old = {_trimmed(value): value for value in before if isinstance(value, str)}
    exact = {value for value in before if isinstance(value, str)}
    found = (
        value if value in exact else old.get(_trimmed(value), _trimmed(value))
        for value in sent
        if value in exact or _trimmed(value)
    )
    return list(dict.fromkeys(found))


def _trimmed(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _put(made: dict[str, Any], term: str, after: list[Any], as_set: bool) -> None:
    """Writes values under a term, in the order in which they stood."""
    before = values(made, term)
    order = sorted(after, key=lambda v: _position(v, before))
    if not order:
        made.pop(term, None)
    else:
        many = as_set or len(order) > 1 or isinstance(made.get(term), list)
        made[term] = order if many else order[0]


def _position(value: Any, before: Sequence[Any]) -> int:
    name = value.get("id") if isinstance(value, dict) else None
    for position, old in enumerate(before):
        same = isinstance(old, dict) and name is not None and old.get("id") == name
        if same or old == value:
            return position
    return len(before)
