"""Where in a form the results of a check, and what was lost, belong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.forms.field import Field, Style
from registry.forms.filling import is_nested
from registry.forms.naming import Given, Pairs, anchor
from registry.forms.reading import Place, Typed
from registry.language import LANGUAGES, Text
from registry.losses import Loss
from registry.report import Result, Severity


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an input, or with the record as a whole.

    Attributes:
        anchor: `id` of the input, or of the group of inputs; `None` if there is none.
        severity: `must` refuses publication, `should` is counted and listed.
        code: of the rule, empty for something that would be lost.
        message: per language.
        field: the name of the inputs.
    """

    anchor: str | None
    severity: Severity
    code: str
    message: Text
    field: str | None = None


LOST: Mapping[str, Text] = {
    "bad-iri": {
        "bg": "Това не е пълен адрес: започнете с https:// и не оставяйте интервали.",
        "en": "This is no full address: start with https:// and leave no spaces.",
    },
    "bad-scheme": {
        "bg": "Такъв адрес не се приема: започнете с https://.",
        "en": "An address like this is not taken: start with https://.",
    },
    "control-character": {
        "bg": "Изтрийте от този текст невидимите управляващи знаци.",
        "en": "Delete the invisible control characters from this text.",
    },
}
"""What a person is told of the reasons why something typed would be lost."""

_UNKEPT: Text = {
    "bg": "Това не може да се запише.",
    "en": "This cannot be kept.",
}


def placed(results: Sequence[Result], typed: Typed, pairs: Pairs) -> Sequence[Fault]:
    """Returns the results of a check where they belong, in their order.

    Args:
        results: about the thing of the form.
        typed: the document that was checked.
        pairs: that it was read from.
    """
    given = Given(pairs)
    return [_fault(result, typed.places.get(result.node), given) for result in results]


def _fault(result: Result, place: Place | None, given: Given) -> Fault:
    for one in place.fields if place else ():
        if one.path == result.path and place:
            language = one.rules.get(result.code)
            name, position = _input(one, place.prefix, given, result.value, language)
            return Fault(
                anchor(name, position),
                result.severity,
                result.code,
                result.message,
                name,
            )
    return Fault(None, result.severity, result.code, result.message)


def lost(losses: Sequence[Loss], typed: Typed, pairs: Pairs) -> Sequence[Fault]:
    """Returns what a document would lose, each at the input that it was typed in."""
    given = Given(pairs)
    return [_loss(one, typed, given) for one in losses]


def _loss(loss: Loss, typed: Typed, given: Given) -> Fault:
    message = LOST.get(loss.reason, _UNKEPT)
    node, terms = _towards(typed.document, loss.pointer.split("/")[1:])
    place = typed.places.get(str(node.get("id")))
    for one in place.fields if place and terms else ():
        if place and terms[0] in one.terms:
            name, position = _input(one, place.prefix, given, loss.value, None)
            return Fault(anchor(name, position), "must", "", message, name)
    found = given.where(loss.value)
    if found:
        return Fault(anchor(*found), "must", "", message, found[0])
    return Fault(None, "must", "", message)


def _towards(
    node: Mapping[str, Any], terms: Sequence[str]
) -> tuple[Mapping[str, Any], Sequence[str]]:
    """Returns the innermost node that a pointer passes, and what follows in it."""
    found: Any = node.get(terms[0]) if terms else None
    rest = terms[1:]
    if isinstance(found, list) and rest and rest[0].isdigit():
        found, rest = found[int(rest[0])], rest[1:]
    return _towards(found, rest) if rest and is_nested(found) else (node, terms)


def _input(
    one: Field, prefix: str, given: Given, value: str | None, language: str | None
) -> tuple[str, int]:
    """Returns the name of the input that a value stands in, and its number."""
    names = list(_inputs(one, prefix, language))
    for name in names:
        sent = [text.strip() for text in given.values(name)]
        if value is not None and value.strip() in sent:
            single = one.style in (Style.TEXT, Style.ADDRESS, Style.LITERAL)
            return name, sent.index(value.strip()) if single else 0
    return names[0], 0


def _inputs(one: Field, prefix: str, language: str | None) -> Iterator[str]:
    if one.style is Style.TEXT:
        tags = [language] if language else LANGUAGES
        yield from (f"{prefix}{one.term}.{tag}" for tag in tags)
    elif one.style is Style.LITERAL:
        yield from (prefix + literal.term for literal in one.literals)
    else:
        yield prefix + one.term
