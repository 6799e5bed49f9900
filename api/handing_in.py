"""Handing in figures for a table, whichever way they come: who may, and the steps."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.site import Site
from registry.desk import Channel, Submission
from registry.errors import NotAllowed
from registry.intake import Proposed
from registry.people import Organisation, Person
from registry.policy import State, Subject, Verb, allowed
from registry.record import Version
from registry.statistics import description
from registry.statistics.structure import Structure
from registry.table_uploads import Checked


@dataclass(frozen=True, slots=True)
class Given:
    """A table for which somebody hands in figures.

    Attributes:
        version: as published.
        document: of its record.
        structure: of the table.
        organisations: for which that person may.
    """

    version: Version
    document: Mapping[str, Any]
    structure: Structure
    organisations: Sequence[Organisation]

    @property
    def key(self) -> str:
        """The key of its record."""
        return self.version.head.record.key


def given(site: Site, person: Person, version: Version) -> Given:
    """Returns a table as it is for somebody, who may not be one to hand in figures.

    One with a threshold waits for the figures of every organisation, others for those
    of the organisation that keeps them.
    """
    document = json.loads(version.content.document)
    structure = description.structure_of(document)
    directory = site.registry.directory
    steward = directory.steward(version.head.record)
    state = State.PUBLISHED if structure.threshold is None else State.NEW
    organisations = [
        one
        for one in directory.organisations()
        if (state is State.NEW or one.id == steward)
        and allowed(person, Verb.SUBMIT, Subject(state, one.id))
    ]
    return Given(version, document, structure, organisations)


def asked(site: Site, person: Person, key: str) -> Given:
    """Returns a table for which somebody may hand in figures.

    Raises:
        NotFound: there is no such table.
        NotAllowed: another organisation does.
    """
    table = given(site, person, site.registry.table_uploads.version(key))
    if not table.organisations:
        raise NotAllowed(
            "Figures for this table are handed in by another organisation.",
            "Данните за тази таблица се подават от друга организация.",
        )
    return table


def submit(
    site: Site,
    person: Person,
    table: Given,
    checked: Checked,
    *,
    organisation: str,
    reason: str,
) -> Sequence[Submission]:
    """Hands in figures that were checked and found sound.

    Raises:
        Conflict: another version of the table was published meanwhile.
        NotAllowed: the person may not do so for the organisation.
    """
    registry = site.registry
    document = registry.table_uploads.document(checked)
    proposals = registry.intake.propose([Proposed(table.version.head.record, document)])
    found = registry.directory.organisation(organisation)
    # The organisation's own entry is the source: it is who says so.
    record = found.record if found else None
    sources = [registry.iris.thing(record)] if record else []
    return registry.intake.submit(
        person,
        proposals,
        organisation=organisation,
        channel=Channel.TABLE,
        reason=reason,
        provenance=registry.table_uploads.provenance(checked, sources),
        guest=table.structure.threshold is not None,
    )
