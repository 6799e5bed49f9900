"""A form as its page draws it: what stands in it, what may be chosen, what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.pages.choosing import Choices, Option
from api.pages.terms import TYPES
from registry.forms.faults import Fault
from registry.forms.field import Field, Form
from registry.forms.naming import Given
from registry.forms.reading import Typed
from registry.forms.translation import Key, State
from registry.language import Text

INPUTS: Mapping[str, tuple[str, str]] = {
    "email": ("email", "email"),
    "telephone": ("tel", "tel"),
    "year": ("text", "numeric"),
    "isbn": ("text", "numeric"),
    "napoo": ("text", "numeric"),
    "eik": ("text", "numeric"),
    "post-code": ("text", "numeric"),
}
"""Type and keyboard of the inputs for plain text, by what it looks like."""


@dataclass(frozen=True, slots=True)
class EntryForm:
    """One form with what was typed.

    Attributes:
        form: of the kind.
        given: what was typed, by the name of the input.
        typed: the same as a document.
        faults: what is wrong.
        states: of the translations of its texts.
        choices: what can be chosen.
    """

    form: Form
    given: Given
    typed: Typed
    faults: Sequence[Fault]
    states: Mapping[Key, Mapping[str, State]]
    choices: Choices

    def values(self, name: str) -> Sequence[str]:
        """Returns what stands in the inputs of a name, or one empty text."""
        return self.given.values(name) or [""]

    def rows(self, name: str, *, several: bool) -> Sequence[int]:
        """Returns the numbers of the nodes nested under a name.

        Args:
            name: of the field.
            several: whether they can be taken away, so that there may be none.
        """
        return self.given.rows(name) or ([] if several else [0])

    def wrong(self, name: str) -> Sequence[Fault]:
        """Returns what is wrong with the inputs of a name."""
        return [fault for fault in self.faults if fault.field == name]

    def marked(self, anchor: str) -> bool:
        """Says whether something that must be mended is wrong with one input."""
        return any(
            fault.anchor == anchor and fault.severity == "must" for fault in self.faults
        )

    def codes(self, field: Field, name: str) -> Sequence[Option]:
        """Returns the codes to choose from, and whatever else is chosen."""
        known = self.choices.codes(field.scheme) if field.scheme else []
        listed = {option.value for option in known}
        other = [one for one in self.given.values(name) if one and one not in listed]
        return [*known, *map(self.choices.named, dict.fromkeys(other))]

    def chosen(self, name: str) -> Sequence[Option]:
        """Returns the records that are chosen."""
        sent = [one for one in self.given.values(name) if one]
        return [self.choices.named(one) for one in dict.fromkeys(sent)]

    def found(self, field: Field, name: str) -> Sequence[Option] | None:
        """Returns the records found by the words of a field; `None` without words."""
        words = self.searched(name)
        if not words:
            return None
        chosen = self.given.values(name)
        options = self.choices.found(field, words)
        return [option for option in options if option.value not in chosen]

    def searched(self, name: str) -> str:
        """Returns the words by which a record is to be found."""
        return self.values(f"{name}.search")[0].strip()

    def translation(self, field: Field, prefix: str, language: str) -> str | None:
        """Returns how a text stands to the same in the other language."""
        for node, place in self.typed.places.items():
            if place.prefix == prefix:
                return self.states.get((node, field.term), {}).get(language)
        return None

    def type_name(self, name: str) -> Text:
        """Returns the name of a class, per language."""
        return TYPES.get(name, {})

    def input(self, look: str) -> tuple[str, str]:
        """Returns the type and the keyboard of an input for plain text."""
        return INPUTS.get(look, ("text", "text"))
