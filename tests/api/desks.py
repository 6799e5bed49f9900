"""A registry in which people of two organisations fill in forms."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from api.application import application
from registry.directory.accounts import SqlAccounts
from registry.iris import RecordId
from registry.journal.sql import SqlJournal
from registry.lifecycle import Role
from registry.people import Organisation
from registry.settings import DeskSettings
from registry.wiring import now
from tests.api.client import Client
from tests.api.conftest import Sample, build, concepts, publish
from tests.api.paper import Desk
from tests.versions import concept, place

SCHEMES: Mapping[str, Mapping[str, Any]] = {
    "scheme/operating-state": concepts(
        "operating-state",
        ("active", "действа", "active"),
        ("closed", "закрито", "closed"),
    ),
    "scheme/institution-kind": concepts(
        "institution-kind",
        ("ngo", "НПО", "NGO"),
        ("ministry", "министерство", "ministry"),
    ),
    "scheme/service-kind": concepts(
        "service-kind", ("legal-aid", "правна помощ", "legal aid")
    ),
    "scheme/target-group": concepts(
        "target-group", ("refugees", "бежанци", "refugees")
    ),
    "scheme/language": concepts("language", ("bg", "български", "Bulgarian")),
    "scheme/course-type": concepts(
        "course-type", ("language-course", "езиков", "language")
    ),
    "place/bg422": {
        "type": ["Location", "AdminUnit"],
        "name": {"bg": "Хасково", "en": "Haskovo"},
    },
    "place/bg343": {
        "type": ["Location", "AdminUnit"],
        "name": {"bg": "Ямбол", "en": "Yambol"},
    },
}

CENTRE: Mapping[str, Any] = {
    "type": "Organization",
    "name": {"bg": "Център", "en": "Centre"},
    "description": {"bg": "Помага.", "en": "It helps."},
    "classification": [concept("institution-kind", "ngo")],
    "state": concept("operating-state", "active"),
    "location": place("bg422"),
    "homepage": ["https://centre.example/"],
}


@dataclass
class Stage:
    """Attributes: the registry, who works in it, and a browser for each of them."""

    sample: Sample
    client: Client
    ann: Desk
    rev: Desk
    eve: Desk
    nobody: Desk
    roles: Mapping[str, str]

    def publish(self, name: str, document: Mapping[str, Any]) -> None:
        """Publishes a record `kind/key` and lists it."""
        journal = self.sample.journal
        publish(journal, name, dict(document))
        version = journal.current(RecordId(*name.split("/")))
        assert version is not None
        self.sample.lists.replace([version], version.head.sequence)


def _fill(journal: SqlJournal) -> None:
    for name, document in SCHEMES.items():
        publish(journal, name, dict(document))
    publish(journal, "institution/centre", dict(CENTRE))


@contextmanager
def stage(folder: Path, *, person: int = 0) -> Iterator[Stage]:
    """Sets up Ann and Rev of Haskovo, and Eve of Burgas.

    Args:
        folder: where their registry is made.
        person: what each of them may send within a minute; 0 for no limit.
    """
    sample = build(folder, _fill)
    pace = DeskSettings(person=person, organisation=0)
    sample = replace(sample, settings=sample.settings.model_copy(update={"desk": pace}))
    accounts = SqlAccounts(sample.journal.engine, now)
    directory = sample.directory
    directory.found(Organisation("haskovo", {"bg": "Община Хасково"}))
    directory.found(Organisation("burgas", {"bg": "Община Бургас"}))
    directory.assign(RecordId("institution", "centre"), "haskovo")
    with Client(application(sample, close=lambda: None)) as client:
        desks, actors = {}, {}
        for name, organisation, role in (
            ("ann", "haskovo", Role.CONTRIBUTOR),
            ("rev", "haskovo", Role.REVIEWER),
            ("eve", "burgas", Role.ADMINISTRATOR),
        ):
            actor = accounts.enrol(f"{name}@example.org", "en").actor
            directory.join(actor, organisation, role)
            actors[name] = actor
            desks[name] = Desk(client, f"session={sample.access.enter(actor)}")
        yield Stage(sample, client, **desks, nobody=Desk(client), roles=actors)
    sample.lists.close()
    sample.catalogue.close()
    sample.journal.close()
