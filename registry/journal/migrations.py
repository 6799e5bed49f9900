"""The migrations, numbered from 1, and how they are applied.

A migration is never changed once released: what is wrong in one is mended by
the next. Each is plain SQL as SQLite reads it, which `dialects` says for others.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, inspect, select

from registry.errors import Misconfigured
from registry.journal.dialects import tables_as
from registry.journal.rows import time_text
from registry.journal.tables import MIGRATION
from registry.ports import Clock


@dataclass(frozen=True, slots=True)
class Migration:
    """One step from a schema to the next.

    Attributes:
        title: what it brings, in a few words.
        statements: the SQL, in order.
    """

    title: str
    statements: tuple[str, ...]


_LEDGER = """
CREATE TABLE migration (
    number INTEGER NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    applied TEXT NOT NULL
)
"""

_JOURNAL = Migration(
    "the journal",
    (
        """
        CREATE TABLE meta (
            name TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE content (
            digest TEXT NOT NULL PRIMARY KEY,
            document TEXT NOT NULL,
            triples TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE entry (
            sequence INTEGER NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            event TEXT NOT NULL,
            status TEXT NOT NULL,
            version INTEGER NOT NULL,
            digest TEXT REFERENCES content (digest),
            document_digest TEXT,
            provenance TEXT NOT NULL,
            based_on INTEGER,
            decides INTEGER REFERENCES entry (sequence),
            successor TEXT,
            actor TEXT NOT NULL,
            submitter TEXT,
            reason TEXT NOT NULL,
            at TEXT NOT NULL,
            previous TEXT NOT NULL,
            hash TEXT NOT NULL,
            CONSTRAINT entry_decided_once UNIQUE (decides),
            CONSTRAINT entry_counted_from_one CHECK (sequence > 0),
            CONSTRAINT entry_four_eyes CHECK (submitter <> actor),
            CONSTRAINT entry_decision_has_submitter
                CHECK ((submitter IS NULL) = (decides IS NULL)),
            CONSTRAINT entry_content_is_whole
                CHECK ((digest IS NULL) = (document_digest IS NULL))
        )
        """,
        "CREATE INDEX entry_of_record ON entry (kind, key, sequence)",
        """
        CREATE UNIQUE INDEX entry_publishes_once ON entry (kind, key, version)
            WHERE event = 'accepted'
        """,
        """
        CREATE TABLE head (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            version INTEGER NOT NULL,
            status TEXT NOT NULL,
            digest TEXT REFERENCES content (digest),
            provenance TEXT NOT NULL,
            successor TEXT,
            submitted TEXT NOT NULL,
            modified TEXT NOT NULL,
            verified TEXT,
            PRIMARY KEY (kind, key),
            CONSTRAINT head_has_content CHECK ((version = 0) = (digest IS NULL))
        )
        """,
        "CREATE INDEX head_moved ON head (sequence)",
        """
        CREATE TABLE tip (
            id INTEGER NOT NULL PRIMARY KEY,
            sequence INTEGER NOT NULL,
            hash TEXT NOT NULL,
            at TEXT NOT NULL,
            CONSTRAINT tip_is_one_row CHECK (id = 1)
        )
        """,
        """
        CREATE TABLE idempotency (
            key TEXT NOT NULL PRIMARY KEY,
            base INTEGER NOT NULL,
            answers TEXT NOT NULL,
            at TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE actor (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT,
            email TEXT,
            erased_at TEXT,
            CONSTRAINT actor_is_erased_whole
                CHECK (erased_at IS NULL OR (name IS NULL AND email IS NULL))
        )
        """,
        """
        INSERT INTO tip (id, sequence, hash, at) VALUES (
            1, 0, '0000000000000000000000000000000000000000000000000000000000000000',
            '0001-01-01T00:00:00.000000Z'
        )
        """,
    ),
)

_DUMPS = Migration(
    "the dumps",
    (
        """
        CREATE TABLE dump (
            number INTEGER NOT NULL PRIMARY KEY,
            sequence INTEGER NOT NULL,
            after INTEGER NOT NULL,
            at TEXT NOT NULL,
            files TEXT NOT NULL,
            CONSTRAINT dump_counted_from_one CHECK (number > 0),
            CONSTRAINT dump_of_what_was_written CHECK (sequence <= after)
        )
        """,
    ),
)

_MOVES = Migration(
    "changes of one kind",
    ("CREATE INDEX head_of_kind_moved ON head (kind, sequence)",),
)

_PEOPLE = Migration(
    "people and organisations",
    (
        "CREATE INDEX actor_with_address ON actor (email)",
        """
        CREATE TABLE organisation (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            record TEXT,
            contact TEXT
        )
        """,
        """
        INSERT INTO organisation (id, name) VALUES (
            'keeper', '{"bg": "Екип на регистъра", "en": "Keepers of the registry"}'
        )
        """,
        """
        CREATE TABLE steward (
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            organisation TEXT NOT NULL REFERENCES organisation (id),
            PRIMARY KEY (kind, key)
        )
        """,
        "CREATE INDEX steward_of ON steward (organisation)",
        """
        CREATE TABLE account (
            actor TEXT NOT NULL PRIMARY KEY REFERENCES actor (id),
            language TEXT NOT NULL,
            password TEXT,
            subject TEXT,
            CONSTRAINT account_of_one_subject UNIQUE (subject)
        )
        """,
        """
        CREATE TABLE membership (
            actor TEXT NOT NULL REFERENCES account (actor),
            organisation TEXT NOT NULL REFERENCES organisation (id),
            role TEXT NOT NULL,
            PRIMARY KEY (actor, organisation)
        )
        """,
        "CREATE INDEX membership_in ON membership (organisation)",
        """
        CREATE TABLE login (
            digest TEXT NOT NULL PRIMARY KEY,
            actor TEXT NOT NULL REFERENCES account (actor),
            began TEXT NOT NULL,
            seen TEXT NOT NULL
        )
        """,
        "CREATE INDEX login_of ON login (actor)",
        """
        CREATE TABLE token (
            id TEXT NOT NULL PRIMARY KEY,
            digest TEXT NOT NULL,
            actor TEXT NOT NULL REFERENCES account (actor),
            name TEXT NOT NULL,
            scopes TEXT NOT NULL,
            made TEXT NOT NULL,
            expires TEXT NOT NULL,
            used TEXT,
            CONSTRAINT token_is_one UNIQUE (digest)
        )
        """,
        "CREATE INDEX token_of ON token (actor)",
    ),
)

_LETTERS = Migration(
    "mailed links and mails",
    (
        """
        CREATE TABLE ticket (
            digest TEXT NOT NULL PRIMARY KEY,
            purpose TEXT NOT NULL,
            payload TEXT NOT NULL,
            expires TEXT NOT NULL,
            used TEXT
        )
        """,
        """
        CREATE TABLE outbox (
            id TEXT NOT NULL PRIMARY KEY,
            recipient TEXT NOT NULL,
            subject TEXT NOT NULL,
            body TEXT NOT NULL,
            language TEXT NOT NULL,
            made TEXT NOT NULL,
            due TEXT NOT NULL,
            attempts INTEGER NOT NULL
        )
        """,
        "CREATE INDEX outbox_due ON outbox (due)",
    ),
)

_DESK = Migration(
    "the desk",
    (
        """
        CREATE TABLE desk_submission (
            number INTEGER NOT NULL PRIMARY KEY
                REFERENCES entry (sequence) DEFERRABLE INITIALLY DEFERRED,
            organisation TEXT NOT NULL,
            channel TEXT NOT NULL,
            outcome TEXT NOT NULL,
            amends INTEGER REFERENCES entry (sequence),
            claimed_by TEXT,
            claimed_at TEXT,
            CONSTRAINT desk_submission_claim_is_whole
                CHECK ((claimed_by IS NULL) = (claimed_at IS NULL))
        )
        """,
        "CREATE INDEX desk_submission_queue ON desk_submission (outcome, number)",
        # What harvests had handed in before there was a desk, the last of each.
        """
        INSERT INTO desk_submission (number, organisation, channel, outcome)
        SELECT entry.sequence, 'keeper', 'harvest', 'open' FROM entry
        WHERE entry.event = 'submitted' AND entry.actor LIKE 'harvest/%'
            AND NOT EXISTS (
                SELECT 1 FROM entry AS decision
                WHERE decision.decides = entry.sequence)
            AND NOT EXISTS (
                SELECT 1 FROM entry AS later
                WHERE later.kind = entry.kind AND later.key = entry.key
                    AND later.actor = entry.actor AND later.event = 'submitted'
                    AND later.sequence > entry.sequence)
        """,
        """
        CREATE TABLE desk_comment (
            number INTEGER NOT NULL PRIMARY KEY,
            submission INTEGER NOT NULL REFERENCES entry (sequence),
            actor TEXT NOT NULL,
            text TEXT NOT NULL,
            at TEXT NOT NULL
        )
        """,
        "CREATE INDEX desk_comment_of ON desk_comment (submission, number)",
        """
        CREATE TABLE draft (
            id TEXT NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            organisation TEXT NOT NULL,
            author TEXT NOT NULL,
            based_on INTEGER NOT NULL,
            fields TEXT NOT NULL,
            amends INTEGER REFERENCES entry (sequence),
            saved TEXT NOT NULL
        )
        """,
        "CREATE INDEX draft_of ON draft (organisation, saved)",
    ),
)

_UPKEEP = Migration(
    "reports of changes, reminders and links",
    (
        """
        CREATE TABLE change_report (
            number INTEGER NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            text TEXT NOT NULL,
            language TEXT NOT NULL,
            at TEXT NOT NULL,
            closed_by TEXT,
            closed_at TEXT,
            answer TEXT NOT NULL,
            CONSTRAINT change_report_counted_from_one CHECK (number > 0),
            CONSTRAINT change_report_is_closed_whole
                CHECK ((closed_by IS NULL) = (closed_at IS NULL))
        )
        """,
        """
        CREATE INDEX change_report_open ON change_report (number)
            WHERE closed_by IS NULL
        """,
        """
        CREATE TABLE reminder (
            recipient TEXT NOT NULL,
            at TEXT NOT NULL,
            records TEXT NOT NULL,
            PRIMARY KEY (recipient, at)
        )
        """,
        """
        CREATE TABLE link (
            address TEXT NOT NULL PRIMARY KEY,
            checked TEXT NOT NULL,
            outcome TEXT NOT NULL,
            dead_since TEXT,
            CONSTRAINT link_is_dead_or_not CHECK (dead_since <= checked)
        )
        """,
    ),
)

_LOSSES = Migration(
    "what a submission does not keep of what was written",
    ("ALTER TABLE desk_submission ADD COLUMN losses TEXT NOT NULL DEFAULT '[]'",),
)

_FILES = Migration(
    "files in the database",
    (
        """
        CREATE TABLE file (
            digest TEXT NOT NULL PRIMARY KEY,
            size INTEGER NOT NULL
        )
        """,
        """
        CREATE TABLE file_part (
            digest TEXT NOT NULL REFERENCES file (digest),
            number INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            PRIMARY KEY (digest, number)
        )
        """,
    ),
)

MIGRATIONS = (
    *(_JOURNAL, _DUMPS, _MOVES, _PEOPLE, _LETTERS, _DESK, _UPKEEP, _LOSSES),
    _FILES,
)
"""Every migration, in order; the first is number 1."""


def applied(connection: Connection) -> int:
    """Returns the number of the last migration applied, 0 for an empty database.

    Raises:
        Misconfigured: the database was made by a newer version of the registry.
    """
    if not inspect(connection).has_table(MIGRATION.name):
        return 0
    number: int = connection.scalar(select(func.max(MIGRATION.c.number))) or 0
    if number > len(MIGRATIONS):
        raise Misconfigured(
            f"The journal is of version {number}, and this program knows "
            f"version {len(MIGRATIONS)}: use a newer program.",
            f"Журналът е с версия {number}, а тази програма познава версия "
            f"{len(MIGRATIONS)}: използвайте по-нова програма.",
        )
    return number


def migrate(connection: Connection, clock: Clock) -> int:
    """Applies what is missing, within the caller's transaction.

    Returns:
        How many migrations were applied.

    Raises:
        Misconfigured: the database was made by a newer version of the registry.
    """
    present = applied(connection)
    if not present:
        connection.exec_driver_sql(tables_as(connection.dialect, _LEDGER))
    now = time_text(clock())
    for number, migration in enumerate(MIGRATIONS[present:], start=present + 1):
        for statement in migration.statements:
            connection.exec_driver_sql(tables_as(connection.dialect, statement))
        connection.execute(
            insert(MIGRATION),
            {
                "number": number,
                "title": migration.title,
                "applied": now,
            },
        )
    return len(MIGRATIONS) - present
