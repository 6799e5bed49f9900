"""Literals by their value: a graph store keeps that, and not how it was written."""

import re
from decimal import Decimal, InvalidOperation

from pyoxigraph import Literal, NamedNode, Quad, Triple

from registry.namespaces import XSD

_EXACT = {
    f"{XSD}{name}"
    for name in (
        *("decimal", "integer", "long", "int", "short", "byte"),
        *("nonNegativeInteger", "positiveInteger"),
        *("nonPositiveInteger", "negativeInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
}
_APPROXIMATE = {f"{XSD}{name}" for name in ("double", "float")}
_DECIMAL = NamedNode(f"{XSD}decimal")
_TRUTH = {"1": "true", "0": "false"}
_FRACTION = re.compile(r"(T[0-9:]{8})\.([0-9]*?)0*(?=Z|[+-]|\Z)")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"


def by_value(literal: Literal) -> Literal:
    """Returns one literal for all that a graph store may take for the same.

    These are numbers of one value whatever their zeros, and whole ones whether
    decimals or integers; booleans; times whatever the zeros of their fractions;
    geometries; and texts whatever the case of their language tag.
    """
    if literal.language:
        return Literal(literal.value, language=literal.language.lower())
    datatype, value = literal.datatype.value, literal.value
    if datatype in _EXACT:
        return _exact(literal)
    if datatype in _APPROXIMATE:
        return Literal(_float(value), datatype=literal.datatype)
    if datatype == f"{XSD}boolean":
        return Literal(_TRUTH.get(value, value), datatype=literal.datatype)
    if datatype == f"{XSD}dateTime":
        return Literal(_FRACTION.sub(_shorter, value), datatype=literal.datatype)
    if datatype == _WKT:
        numbers = _NUMBER.sub(lambda match: _float(match[0]), value.upper())
        return Literal(numbers.replace(" (", "("), datatype=literal.datatype)
    return literal


def as_line(triple: Quad | Triple) -> str:
    """Returns a triple as one line, its object by value."""
    value = triple.object
    if isinstance(value, Literal):
        value = by_value(value)
    return f"{triple.subject} {triple.predicate} {value}"


def _exact(literal: Literal) -> Literal:
    try:
        number = Decimal(literal.value)
    except InvalidOperation:
        return literal
    whole = format(number, "f")
    if "." in whole:
        whole = whole.rstrip("0").rstrip(".")
    return Literal(whole, datatype=_DECIMAL)


def _float(value: str) -> str:
    try:
        return repr(float(value))
    except ValueError:
        return value


def _shorter(match: re.Match[str]) -> str:
    return f"{match[1]}.{match[2]}" if match[2] else match[1]
