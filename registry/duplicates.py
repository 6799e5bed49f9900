"""Records that may be about the same thing as what is being handed in.

A name, a place, an address of a site or of mail, a telephone or a number in a
public register that a record of the same kind has too: each is a reason to look,
and none is proof.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from registry.iris import Iris, RecordId
from registry.language import Text
from registry.ports import RecordList
from registry.record import Content

LIMIT = 5
"""Records that are named at most, those with the most reasons first."""

NAME, PLACE, HOMEPAGE, EMAIL, TELEPHONE, NUMBER = (
    "same-name",
    "same-place",
    "same-homepage",
    "same-email",
    "same-telephone",
    "same-number",
)

MESSAGES: Mapping[str, Text] = MappingProxyType(
    {
        NUMBER: {
            "en": "It has the same number in a public register.",
            "bg": "Има същия номер в публичен регистър.",
        },
        NAME: {
            "en": "Its name is the same, or is only spelled differently.",
            "bg": "Името му е същото или само е изписано различно.",
        },
        HOMEPAGE: {
            "en": "It has the same site.",
            "bg": "Има същия сайт.",
        },
        EMAIL: {
            "en": "It has the same e-mail address.",
            "bg": "Има същия адрес на електронна поща.",
        },
        TELEPHONE: {
            "en": "It has the same telephone.",
            "bg": "Има същия телефон.",
        },
        PLACE: {
            "en": "It is in the same place.",
            "bg": "Намира се на същото място.",
        },
    }
)
"""What each reason says, the most telling first."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A record that may be about the same thing.

    Attributes:
        name: per language.
        reasons: codes of `MESSAGES`, the most telling first.
    """

    record: RecordId
    name: Text
    reasons: tuple[str, ...]


class Duplicates:
    """Finds records about the same thing.

    Args:
        lists: know the traits of every record.
        key: the key of a word, equal for all its spellings.
        iris: the registry's own.
    """

    def __init__(
        self, lists: RecordList, key: Callable[[str], str], iris: Iris
    ) -> None:
        self._lists = lists
        self._key = key
        self._iris = iris

    def of(self, record: RecordId, content: Content) -> Sequence[Duplicate]:
        """Returns records of the same kind with which a content has much in common.

        It is one look-up, whose cost does not grow with the register.
        """
        document = json.loads(content.document)
        place = self._iris.parse(_text(document.get("location")))
        found = []
        for like in self._lists.alike(record.kind, set(traits(document, self._key))):
            if like.listed.record == record:
                continue
            near = place is not None and like.listed.place == place.key
            codes = {*like.traits, *({PLACE} if near else ())}
            reasons = tuple(code for code in MESSAGES if code in codes)
            found.append(Duplicate(like.listed.record, like.listed.name, reasons))
        order = list(MESSAGES)
        found.sort(
            key=lambda one: (-len(one.reasons), order.index(one.reasons[0]), one.record)
        )
        return found[:LIMIT]


def traits(
    document: Mapping[str, Any], key: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """Yields what tells a thing from others: codes of `MESSAGES` with values.

    However a name, a number or an address is written, the value is the same. The
    place is not among them: by itself it tells nothing.

    Args:
        document: of the record.
        key: the key of a word, equal for all its spellings.
    """
    contact = _node(document.get("contact"))
    for name in _strings(document.get("name") or document.get("title")):
        yield NAME, _spelling(name, key)
    for iri in _strings(document.get("homepage")):
        yield HOMEPAGE, _site(iri)
    for mail in _strings(contact.get("email")):
        yield EMAIL, mail.lower()
    for call in _strings(contact.get("telephone")):
        yield TELEPHONE, _digits(call)
    for number in _numbers(document):
        yield NUMBER, number


def _spelling(name: str, key: Callable[[str], str]) -> str:
    # The key of a word has no letter twice in a row; 11 is another number than 1.
    words = re.findall(r"\w+", name)
    return " ".join(word if word.isdigit() else key(word) for word in words)


def _numbers(document: Mapping[str, Any]) -> Iterator[str]:
    identifiers = document.get("identifier")
    nodes = identifiers if isinstance(identifiers, list) else [identifiers]
    holders = [document, *map(_node, nodes)]
    for term in ("eik", "napoo", "ekatte", "isbn"):
        for holder in holders:
            if term in holder:
                yield from _strings(holder[term])


def _node(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _strings(value: object) -> Iterator[str]:
    """Yields the texts of a value: itself, those of a list or of a language map."""
    if isinstance(value, Mapping):
        value = list(value.values())
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str) and each.strip():
            yield each


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _site(iri: str) -> str:
    """Returns what tells a site from others, however its address is written."""
    return re.sub(r"^https?://(www\.)?", "", iri.lower()).rstrip("/")


def _digits(telephone: str) -> str:
    """Returns the digits of a number without the code of Bulgaria."""
    return re.sub(r"^(00359|359|0)", "", re.sub(r"\D", "", telephone))
