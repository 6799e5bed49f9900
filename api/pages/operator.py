"""Those who keep the registry, as its own record of them says."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.pages.facts import name_of
from registry.iris import RecordId
from registry.language import Text
from registry.ports import Journal

OPERATOR = RecordId("institution", "rma-maritza")
"""The record of the Regional Municipalities Association “Maritza”."""


@dataclass(frozen=True, slots=True)
class Operator:
    """An organisation and its contacts.

    Attributes:
        record: its record.
        names: per language.
        address: per language; empty if it is not known.
        telephones: as the record has them.
        emails: as the record has them.
        homepages: as the record has them; not all may be web addresses.
    """

    record: RecordId
    names: Text
    address: Text
    telephones: Sequence[str]
    emails: Sequence[str]
    homepages: Sequence[str]


def operator(journal: Journal) -> Operator | None:
    """Returns who keeps the registry, or `None` if it has no record of them."""
    version = journal.current(OPERATOR)
    if version is None or not version.head.status.public:
        return None
    document = json.loads(version.content.document)
    address = document.get("address", {}).get("fullAddress", {})
    contact = document.get("contact", {})
    return Operator(
        record=OPERATOR,
        names=name_of(document),
        address={tag: _all(text)[0] for tag, text in address.items()},
        telephones=_all(contact.get("telephone", [])),
        emails=_all(contact.get("email", [])),
        homepages=_all(document.get("homepage", [])),
    )


def _all(value: Any) -> list[str]:
    return [str(one) for one in (value if isinstance(value, list) else [value])]
