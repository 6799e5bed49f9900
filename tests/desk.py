"""People at the desk, and a registry with a desk, for tests."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from registry import review, submissions
from registry.desk import Channel, Submission
from registry.desks.sql import SqlDesk
from registry.directory.organisations import SqlDirectory
from registry.duplicates import Duplicates
from registry.gate import Gate
from registry.intake import Intake, Proposed
from registry.iris import RecordId
from registry.journal import sql
from registry.journal.sql import SqlJournal
from registry.lifecycle import Role
from registry.people import Organisation, Person
from registry.ports import RecordList
from registry.record import Provenance, Source, Version
from registry.reviewing import Reviewing
from registry.sandbox import Worker
from registry.search import transliteration
from registry.search.index import Index
from tests.versions import BASE, IRIS, content

ROOT = Path(__file__).parents[1]


def person(actor: str, **roles: Role) -> Person:
    """Returns somebody with roles by organisation."""
    return Person(actor, actor.title(), f"{actor}@example.org", roles=roles)


ANN = person("ann", haskovo=Role.CONTRIBUTOR)
REV = person("rev", haskovo=Role.REVIEWER)
BOB = person("bob", keeper=Role.REVIEWER)
EVE = person("eve", burgas=Role.ADMINISTRATOR)
"""A contributor, a reviewer of hers, one of the keeper's, and a stranger."""

HASKOVO = Organisation(
    "haskovo", {"bg": "Община Хасково"}, RecordId("institution", "haskovo")
)

CLUB = RecordId("practice", "club")
THING = IRIS.thing(CLUB)


def named(bg: str, **more: Any) -> dict[str, Any]:
    """Returns the document of a good practice, which refers to nothing else."""
    description = {"bg": "Доброволци разговарят на български с новодошлите."}
    return {
        "type": "IntegrationMeasure",
        "title": {"bg": bg},
        "description": description,
        **more,
    }


TALKS = named("Разговорен клуб")


@dataclass
class Hours:
    """A clock that a test sets."""

    now: datetime = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **span: float) -> None:
        """Moves the clock."""
        self.now += timedelta(**span)


def gate_over(worker: Worker) -> Gate:
    """Returns the gate with the real context and shapes."""
    return Gate(worker, ontology=ROOT / "ontology", shapes=ROOT / "shapes", base=BASE)


class Office:
    """A journal with its desk, and everything that works at it."""

    def __init__(self, folder: Path, gate: Gate, stack: ExitStack) -> None:
        self.clock = Hours()
        self.gate = gate
        self.journal: SqlJournal = sql.create(
            folder / "journal.sqlite", BASE, self.clock
        )
        stack.callback(self.journal.close)
        self.lists = Index(folder / "lists.sqlite", IRIS)
        stack.callback(self.lists.close)
        self.desk = SqlDesk(self.journal, self.clock)
        self.stewards = SqlDirectory(self.journal.engine)
        self.stewards.found(HASKOVO)
        lists: RecordList = self.lists
        self.intake = Intake(
            self.journal,
            self.desk,
            gate,
            self.stewards,
            Duplicates(lists, transliteration.key, IRIS),
        )
        self.reviewing = Reviewing(
            self.journal, self.desk, gate, self.stewards, self.clock
        )

    def publish(self, name: str, document: Mapping[str, Any]) -> Version:
        """Publishes a record `kind/key` and lists it."""
        record = RecordId(*name.split("/"))
        provenance = Provenance((Source("https://source.example/"),), ("bg",))
        with self.journal.write() as writer:
            entry = submissions.submit(
                writer,
                record,
                content(record, document),
                provenance=provenance,
                actor="dataset/practices",
            )
            assert entry is not None
            review.accept(writer, entry, actor="operator")
        version = self.journal.current(record)
        assert version is not None
        self.lists.replace([version], version.head.sequence)
        return version

    def hand_in(
        self,
        person: Person = ANN,
        record: RecordId = CLUB,
        document: Mapping[str, Any] | bytes = TALKS,
        *,
        based_on: int | None = None,
        reason: str = "",
        **more: Any,
    ) -> Submission:
        """Proposes and submits one document."""
        proposals = self.intake.propose([Proposed(record, document, based_on=based_on)])
        (made,) = self.intake.submit(
            person,
            proposals,
            organisation=more.pop("organisation", "haskovo"),
            channel=Channel.API,
            reason=reason,
            **more,
        )
        return made
