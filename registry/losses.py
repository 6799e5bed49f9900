"""What of a document is not kept as it was written, and why.

A JSON-LD processor drops what it does not know without a word (JSON-LD 1.1, section
8.2). Here each such piece is listed, for whoever wrote it and for the reviewer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from registry.language import Text

UNDEFINED_TERM, BAD_IRI, BAD_LANGUAGE, RECOMPOSED = (
    "undefined-term",
    "bad-iri",
    "bad-language",
    "recomposed",
)


@dataclass(frozen=True, slots=True)
class Loss:
    """A piece of a document that is not kept, or not as it was written.

    Attributes:
        pointer: where it stands, as a JSON Pointer (RFC 6901); empty if that is not
            known. Of a harvested dataset, the property.
        value: what stands there.
        reason: one of the names in this module, or the rule that it breaks.
    """

    pointer: str
    value: str
    reason: str


def lost(losses: Iterable[Loss]) -> Sequence[Loss]:
    """Returns the losses by which a document says less than what was written."""
    return [loss for loss in losses if loss.reason != RECOMPOSED]


MESSAGES: Mapping[str, Text] = MappingProxyType(
    {
        UNDEFINED_TERM: {
            "en": "The registry has no such term.",
            "bg": "В регистъра няма такъв термин.",
        },
        BAD_IRI: {
            "en": "This is no full address.",
            "bg": "Това не е пълен адрес.",
        },
        BAD_LANGUAGE: {
            "en": "There is no such language.",
            "bg": "Няма такъв език.",
        },
        RECOMPOSED: {
            "en": "The letters were written in parts and were put together (Unicode "
            "NFC); the text is the same.",
            "bg": "Буквите бяха записани на части и бяха съединени (Unicode NFC); "
            "текстът е същият.",
        },
    }
)
"""Why, per reason."""

OTHER: Text = MappingProxyType(
    {
        "en": "This could not be taken over.",
        "bg": "Това не можа да бъде прието.",
    }
)
"""Why, where a rule of somebody else's format is broken."""
