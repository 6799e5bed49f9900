import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from registry.directory.organisations import SqlDirectory
from registry.iris import RecordId
from registry.journal.sql import SqlJournal
from registry.journal.tables import MEMBERSHIP, STEWARD
from registry.people import KEEPER


def test_the_keeper_is_there_from_the_start(journal: SqlJournal) -> None:
    """The first administrator has an organisation to be invited to."""
    keeper = SqlDirectory(journal.engine).organisation(KEEPER)

    assert keeper is not None
    assert dict(keeper.name) == {
        "bg": "Екип на регистъра",
        "en": "Keepers of the registry",
    }


def test_the_database_knows_no_role_of_nobody(journal: SqlJournal) -> None:
    """A role, or a record, that points nowhere is refused by the tables too."""
    role = {"actor": "person/nobody", "organisation": KEEPER, "role": "reviewer"}
    record = RecordId("course", "one")
    kept = {"kind": record.kind, "key": record.key, "organisation": "nobody"}

    with journal.engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(MEMBERSHIP), role)
    with journal.engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(STEWARD), kept)
