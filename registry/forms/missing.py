"""What a record lacks at a glance: the fields that must or should be filled in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.forms.field import Field, Form, Style
from registry.forms.filling import texts, values
from registry.language import LANGUAGES


@dataclass(frozen=True, slots=True)
class Gap:
    """A field in which there is nothing.

    Attributes:
        field: the field.
        language: in which it lacks a text; `None` if it lacks everything.
    """

    field: Field
    language: str | None = None


def gaps(form: Form, document: Mapping[str, Any]) -> Sequence[Gap]:
    """Returns what a record lacks, in the order of its form; no rule is evaluated."""
    return [gap for one in form.fields if one.tier for gap in _gaps(one, document)]


def _gaps(one: Field, document: Mapping[str, Any]) -> Iterator[Gap]:
    if not any(values(document, term) for term in one.terms):
        yield Gap(one)
    elif one.style is Style.TEXT:
        said = texts(document, one.term)
        yield from (Gap(one, tag) for tag in LANGUAGES if not said.get(tag))
