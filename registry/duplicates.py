"""Records that may be about the same thing as what is being handed in.

A name, a place, an address of a site or of mail, a telephone or a number in a
public register that a record of the same kind has too: each is a reason to look,
and none is proof.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from registry.iris import Iris, RecordId
from registry.language import Text
from registry.ports import Journal, Listed, ListQuery, RecordList
from registry.record import Content

LIMIT = 5
"""Records that are named at most, those with the most reasons first."""

LOOKED_AT = 20
"""Records that each search brings to be looked at."""

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
        journal: where they are published.
        lists: finds which to look at.
        key: the key of a word, equal for all its spellings.
    """

    def __init__(
        self, journal: Journal, lists: RecordList, key: Callable[[str], str]
    ) -> None:
        self._journal = journal
        self._lists = lists
        self._key = key
        self._iris = Iris(journal.base)

    def of(self, record: RecordId, content: Content) -> Sequence[Duplicate]:
        """Returns records of the same kind with which a content has much in common.

        Its cost does not grow with the register: some searches, and the reading of
        what they bring. Lists know no sites, and telephones only as they are
        written, so these are noticed of what has something else in common too.
        """
        document = json.loads(content.document)
        own = self._traits(document)
        found = []
        for other in sorted(self._candidates(record.kind, document) - {record}):
            version = self._journal.current(other)
            if version is None or not version.head.status.public:
                continue
            theirs = json.loads(version.content.document)
            common = self._traits(theirs)
            reasons = tuple(code for code in MESSAGES if own[code] & common[code])
            if set(reasons) - {PLACE}:
                found.append(Duplicate(other, _name(theirs), reasons))
        order = list(MESSAGES)
        found.sort(key=lambda each: (-len(each.reasons), order.index(each.reasons[0])))
        return found[:LIMIT]

    def _candidates(self, kind: str, document: Mapping[str, Any]) -> set[RecordId]:
        asked = [ListQuery(kind, text, limit=LOOKED_AT) for text in _told(document)]
        place = self._iris.parse(_text(document.get("location")))
        if place is not None:
            asked.append(ListQuery(kind, place=place.key, limit=LOOKED_AT))
        return {listed.record for query in asked for listed in self._search(query)}

    def _search(self, query: ListQuery) -> Sequence[Listed]:
        return self._lists.search(query).items

    def _traits(self, document: Mapping[str, Any]) -> Mapping[str, Set[str]]:
        contact = _node(document.get("contact"))
        return {
            NAME: {self._spelling(name) for name in _strings(_name(document))},
            PLACE: set(_strings(document.get("location"))),
            HOMEPAGE: {_site(iri) for iri in _strings(document.get("homepage"))},
            EMAIL: {mail.lower() for mail in _strings(contact.get("email"))},
            TELEPHONE: {_digits(call) for call in _strings(contact.get("telephone"))},
            NUMBER: set(_numbers(document)),
        }

    def _spelling(self, name: str) -> str:
        return " ".join(self._key(word) for word in re.findall(r"\w+", name))


def _told(document: Mapping[str, Any]) -> Iterator[str]:
    """Yields what to look for: names, and whatever is as good as a name."""
    yield from _strings(_name(document))
    contact = _node(document.get("contact"))
    yield from _strings(contact.get("email"))
    yield from _strings(contact.get("telephone"))
    yield from _numbers(document)


def _numbers(document: Mapping[str, Any]) -> Iterator[str]:
    for term in ("eik", "napoo", "ekatte", "isbn"):
        yield from _strings(document.get(term))
        identifiers = document.get("identifier")
        for each in identifiers if isinstance(identifiers, list) else [identifiers]:
            yield from _strings(_node(each).get(term))


def _name(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return _node(document.get("name") or document.get("title"))


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
