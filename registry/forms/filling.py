"""From a document to what stands in the form."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from registry.forms.field import Field, Form, Style
from registry.forms.naming import Given, Pairs
from registry.language import LANGUAGES

Node = Mapping[str, Any]
_Filled = Iterator[tuple[str, str]]


def fill(form: Form, document: Node) -> Pairs:
    """Returns the inputs of a form with what a compact document says."""
    return list(node_pairs(form.fields, document, ""))


def added(form: Form, pairs: Pairs, target: str) -> Pairs:
    """Returns what was sent with one more row, empty, under a name.

    Nothing is added under a name that the form does not know.
    """
    terms = [part for part in target.split(".") if not part.isdigit()] or [""]
    fields: Sequence[Field] = form.fields
    for term in terms[:-1]:
        fields = next((one.nested for one in fields if one.term == term), ())
    for one in fields:
        if terms[-1] in one.terms:
            return [*pairs, *_blank(one, target, Given(pairs))]
    return pairs


def _blank(field: Field, target: str, given: Given) -> _Filled:
    if field.style is not Style.NODES:
        yield target, ""
    elif field.nested:
        row = max(given.rows(target), default=-1) + 1
        yield from _row(field, {}, f"{target}.{row}")


def node_pairs(fields: Sequence[Field], node: Node, prefix: str) -> _Filled:
    """Yields the inputs of one node.

    Args:
        fields: of the node.
        node: compact.
        prefix: of their names.
    """
    for one in fields:
        yield from _FILLED[one.style](one, node, prefix)


def values(node: Node, term: str) -> list[Any]:
    """Returns the values under a term, be they one or several."""
    found = node.get(term, [])
    return found if isinstance(found, list) else [found]


def texts(node: Node, term: str) -> Mapping[str, Any]:
    """Returns the language map under a term; empty if there is something else."""
    found = node.get(term)
    plain = isinstance(found, dict) and not {"id", "@value"} & found.keys()
    return found if plain and isinstance(found, dict) else {}


def is_nested(value: Any) -> bool:
    """Says whether a value is a node with a name of its own."""
    return isinstance(value, dict) and isinstance(value.get("id"), str)


def _types(field: Field, node: Node, prefix: str) -> _Filled:
    for name in values(node, "type"):
        if name in field.options:
            yield f"{prefix}type", name


def _texts(field: Field, node: Node, prefix: str) -> _Filled:
    found = texts(node, field.term)
    for tag in LANGUAGES:
        for text in values(found, tag) or [""]:
            yield f"{prefix}{field.term}.{tag}", text


def _codes(field: Field, node: Node, prefix: str) -> _Filled:
    for value in values(node, field.term):
        if isinstance(value, str):
            yield prefix + field.term, value


def _addresses(field: Field, node: Node, prefix: str) -> _Filled:
    yield from list(_codes(field, node, prefix)) or [(prefix + field.term, "")]


def _literals(field: Field, node: Node, prefix: str) -> _Filled:
    for literal in field.literals:
        name = prefix + literal.term
        found = [v for v in values(node, literal.term) if isinstance(v, str)]
        yield from [(name, value) for value in found] or [(name, "")]


def _nodes(field: Field, node: Node, prefix: str) -> _Filled:
    name = prefix + field.term
    if field.classes:
        yield from _codes(field, node, prefix)
        yield f"{name}.search", ""
    if field.nested:
        rows = [v for v in values(node, field.term) if is_nested(v)]
        for row, value in enumerate(rows or [{}]):
            yield from _row(field, value, f"{name}.{row}")


def _row(field: Field, value: Node, start: str) -> _Filled:
    yield f"{start}.id", str(value.get("id", ""))
    yield from node_pairs(field.nested, value, f"{start}.")


_FILLED: Mapping[Style, Callable[[Field, Node, str], _Filled]] = MappingProxyType(
    {
        Style.TYPES: _types,
        Style.TEXT: _texts,
        Style.CODES: _codes,
        Style.NODES: _nodes,
        Style.ADDRESS: _addresses,
        Style.LITERAL: _literals,
    }
)
