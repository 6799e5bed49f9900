"""What a submission would make public, as if it were accepted now.

The catalogue is foreseen by walking on from where it stands over an acceptance that
has not happened, so that what is foreseen is what will be made.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from registry.cataloguing.sources import Published, Sources
from registry.cataloguing.walk import Walk
from registry.iris import RecordId
from registry.lifecycle import Event, Status
from registry.ports import CatalogueWriter, Clock, Described, Standing
from registry.record import Content, Entry, Head, Version


class Heads(Published, Protocol):
    """A journal that says where records stand."""

    def head(self, record: RecordId) -> Head | None:
        """Returns where the record stands, or `None` if it was never submitted."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A dataset of the catalogue that holds a record, before and after.

    Attributes:
        key: such as `register.institution` or `table.migr-imm8`.
        before: as the catalogue has it; `None` if it does not.
        after: as it would be described; `None` if it would be there no longer.
    """

    key: str
    before: Described | None
    after: Described | None

    @property
    def changed(self) -> bool:
        """Whether its description would be another one."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A journal in which one more version is published."""

    journal: Published
    foreseen: Version

    def entries(self, after: int = 0, limit: int = 1000) -> Sequence[Entry]:
        return self.journal.entries(after, limit)

    def version(self, record: RecordId, number: int) -> Version | None:
        return self.journal.version(record, number)

    def after_entry(self, _: Entry) -> Version | None:
        return self.foreseen

    def changed(self, after: int, limit: int = 1000) -> Sequence[Version]:
        return self.journal.changed(after, limit)


@dataclass(frozen=True, slots=True)
class Previews:
    """Foresees what becomes of submissions; writes nothing.

    Attributes:
        journal: the truth.
        sources: what the catalogue is made from.
        catalogue: from where it walks on.
        clock: tells when the acceptance would be.
    """

    journal: Heads
    sources: Sources
    catalogue: CatalogueWriter
    clock: Clock

    def version(
        self, submission: Entry, content: Content, status: Status = Status.STABLE
    ) -> Version:
        """Returns the version that accepting a submission would publish.

        Its documents are, byte for byte, those that would be served.

        Args:
            submission: the journal's entry.
            content: what it submits.
            status: which status the acceptance would give.
        """
        head = self.journal.head(submission.record)
        return Version(
            Head(
                record=submission.record,
                sequence=submission.sequence,
                version=(head.version if head else 0) + 1,
                status=status,
                digest=content.digest,
                provenance=submission.provenance,
                successor=None,
                submitted=head.submitted if head else submission.at,
                modified=self.clock(),
                verified=head.verified if head else None,
            ),
            content,
        )

    def datasets(self, submission: Entry, version: Version) -> Sequence[Foreseen]:
        """Returns the datasets that would hold a version, the register's first.

        Args:
            submission: the journal's entry.
            version: what accepting it would publish.
        """
        head = version.head
        ahead = replace(self.sources, journal=_Ahead(self.journal, version))
        walk = Walk(ahead, self.catalogue, self.catalogue.position().dump)
        walk.take_entry(
            replace(
                submission,
                event=Event.ACCEPTED,
                status=head.status,
                version=head.version,
                decides=submission.sequence,
                at=head.modified,
            )
        )
        after = {change.key: change for change in walk.changes}
        keys = dict.fromkeys([f"register.{head.record.kind}", *after])
        return [self._foreseen(key, after) for key in keys]

    def _foreseen(self, key: str, after: dict[str, Standing]) -> Foreseen:
        before = self.catalogue.standing(key)
        return Foreseen(key, _described(before), _described(after.get(key, before)))


def _described(standing: Standing | None) -> Described | None:
    if standing is None or not standing.triples:
        return None
    return Described(standing.key, 0, standing.at, standing.triples)
