"""The people who complete the registry, and the organisations they do it for.

Names and addresses of people are personal data: they stand in erasable tables, and
the journal knows an actor's opaque id alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.iris import RecordId
from registry.language import Text
from registry.lifecycle import Role

KEEPER = "keeper"
"""Id of the organisation that keeps the registry; a role in it holds everywhere."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """A stakeholder on whose behalf people hand in records and figures.

    Attributes:
        id: opaque, or `KEEPER`; it never changes.
        name: per language.
        record: its own entry in the register of institutions or of training
            centres, if it has one.
        contact: e-mail address of the organisation, never that of a person; where
            it is asked to confirm its records.
    """

    id: str
    name: Text
    record: RecordId | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is logged in, or to whom a token belongs.

    Attributes:
        actor: opaque id, as entries of the journal have it.
        name: as others at the desk are shown it.
        email: where mails go.
        language: of mails and pages, unless another one is asked for.
        roles: by the id of the organisation; a higher role includes the lower.
    """

    actor: str
    name: str
    email: str
    language: str = "bg"
    roles: Mapping[str, Role] = field(default_factory=dict)
