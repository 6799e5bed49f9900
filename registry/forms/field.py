"""What a form asks for: fields in groups, whatever is drawn from them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from registry.language import Text
from registry.report import Severity


class Style(StrEnum):
    """What the values of a field are."""

    TYPES = "types"
    """Classes of the thing, beside those that everything of its kind has."""
    TEXT = "text"
    """Text in each language."""
    CODES = "codes"
    """Concepts of a code list."""
    NODES = "nodes"
    """Records, nodes nested in the record, or either of them."""
    ADDRESS = "address"
    """Addresses on the web."""
    LITERAL = "literal"
    """Plain text of a certain form: a number, a date, a telephone."""


@dataclass(frozen=True, slots=True)
class Literal:
    """One input for plain text.

    Attributes:
        term: of the context; it says the datatype.
        look: the helper among the shapes that says what it looks like, such as
            `email`, or `text`.
        name: per language, where a field has several inputs; otherwise empty.
    """

    term: str
    look: str
    name: Text


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a thing, or of a node nested in it.

    Attributes:
        code: its name among the fields; nested nodes are named after it.
        term: of the context, under which a document has its values.
        path: the property.
        name: per language.
        help: how to fill it in, per language.
        style: what its values are.
        several: whether there may be more than one value.
        tier: whether it must or should be filled in.
        rules: codes of the rules about it, with the language that they ask for.
        group: code of its group; `None` within a nested node.
        long: whether its text may have several lines.
        scheme: IRI of the code list.
        classes: classes of the records that may be referred to.
        nested: fields of a nested node.
        nested_class: name of the class of a nested node.
        literals: the inputs for plain text.
        options: names of the classes to choose from.
        as_set: whether a document always has a list.
    """

    code: str
    term: str
    path: str
    name: Text
    help: Text
    style: Style
    several: bool
    tier: Severity | None
    rules: Mapping[str, str | None]
    group: str | None = None
    long: bool = False
    scheme: str | None = None
    classes: tuple[str, ...] = ()
    nested: tuple["Field", ...] = ()
    nested_class: str | None = None
    literals: tuple[Literal, ...] = ()
    options: tuple[str, ...] = ()
    as_set: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        """Every term of the context under which a document has its values."""
        return tuple(one.term for one in self.literals) or (self.term,)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together.

    Attributes:
        code: its name.
        label: per language.
        fields: in order.
    """

    code: str
    label: Text
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a kind.

    Attributes:
        kind: its slug.
        groups: in order.
        types: names of the classes that everything of the kind has.
    """

    kind: str
    groups: tuple[Group, ...]
    types: tuple[str, ...]
    fields: tuple[Field, ...] = field(init=False)

    def __post_init__(self) -> None:
        every = tuple(one for group in self.groups for one in group.fields)
        object.__setattr__(self, "fields", every)

    def walk(self) -> Iterator[Field]:
        """Yields every field, nested ones after that in which they are."""
        yield from _walk(self.fields)


def _walk(fields: Sequence[Field]) -> Iterator[Field]:
    for one in fields:
        yield one
        yield from _walk(one.nested)
