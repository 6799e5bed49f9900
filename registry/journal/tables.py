"""The tables of the journal, as the last migration leaves them.

Text and whole numbers only, but for the bytes of files, so that every database keeps
the same values: times are RFC 3339 text in UTC with microseconds, which sorts as time
does; digests are lower-case hexadecimal; a record that is pointed to is `kind/key`.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

METADATA = MetaData()

NUMBER = Integer().with_variant(BigInteger(), "postgresql")
"""A whole number of 64 bits, which is what SQLite calls an integer."""

META = Table(
    "meta",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What is fixed when the registry is created: its `base`."""

MIGRATION = Table(
    "migration",
    METADATA,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("applied", Text, nullable=False),
)
"""The migrations that were applied."""

CONTENT = Table(
    "content",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("document", Text, nullable=False),
    Column("triples", Text, nullable=False),
)
"""What records say, by the digest of their triples, each kept once."""

ENTRY = Table(
    "entry",
    METADATA,
    Column("sequence", NUMBER, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("version", NUMBER, nullable=False),
    Column("digest", Text, ForeignKey("content.digest")),
    Column("document_digest", Text),
    Column("provenance", Text, nullable=False),
    Column("based_on", NUMBER),
    Column("decides", NUMBER, ForeignKey("entry.sequence")),
    Column("successor", Text),
    Column("actor", Text, nullable=False),
    Column("submitter", Text),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("decides", name="entry_decided_once"),
    CheckConstraint("sequence > 0", name="entry_counted_from_one"),
    CheckConstraint("submitter <> actor", name="entry_four_eyes"),
    CheckConstraint(
        "(submitter IS NULL) = (decides IS NULL)", name="entry_decision_has_submitter"
    ),
    CheckConstraint(
        "(digest IS NULL) = (document_digest IS NULL)", name="entry_content_is_whole"
    ),
    Index("entry_of_record", "kind", "key", "sequence"),
    Index(
        "entry_publishes_once",
        "kind",
        "key",
        "version",
        unique=True,
        sqlite_where=text("event = 'accepted'"),
        postgresql_where=text("event = 'accepted'"),
    ),
)
"""The entries. `submitter` is who made the submission that an entry decides."""

HEAD = Table(
    "head",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("sequence", NUMBER, nullable=False),
    Column("version", NUMBER, nullable=False),
    Column("status", Text, nullable=False),
    Column("digest", Text, ForeignKey("content.digest")),
    Column("provenance", Text, nullable=False),
    Column("successor", Text),
    Column("submitted", Text, nullable=False),
    Column("modified", Text, nullable=False),
    Column("verified", Text),
    CheckConstraint("(version = 0) = (digest IS NULL)", name="head_has_content"),
    Index("head_moved", "sequence"),
    Index("head_of_kind_moved", "kind", "sequence"),
)
"""Where every record stands; always what its entries add up to."""

TIP = Table(
    "tip",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("sequence", NUMBER, nullable=False),
    Column("hash", Text, nullable=False),
    Column("at", Text, nullable=False),
    CheckConstraint("id = 1", name="tip_is_one_row"),
)
"""The last entry, in one row, which whoever appends must lock."""

IDEMPOTENCY = Table(
    "idempotency",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("base", NUMBER, nullable=False),
    Column("answers", Text, nullable=False),
    Column("at", Text, nullable=False),
)
"""What each keyed transaction was asked and answered, from sequence `base` on."""

ACTOR = Table(
    "actor",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text),
    Column("email", Text),
    Column("erased_at", Text),
    CheckConstraint(
        "erased_at IS NULL OR (name IS NULL AND email IS NULL)",
        name="actor_is_erased_whole",
    ),
    Index("actor_with_address", "email"),
)
"""The people behind the ids in entries; the one place with personal data."""

DUMP = Table(
    "dump",
    METADATA,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("sequence", NUMBER, nullable=False),
    Column("after", NUMBER, nullable=False),
    Column("at", Text, nullable=False),
    Column("files", Text, nullable=False),
    CheckConstraint("number > 0", name="dump_counted_from_one"),
    CheckConstraint("sequence <= after", name="dump_of_what_was_written"),
)
"""The dumps. `files` is a JSON array of arrays: name, size and digest."""

ORGANISATION = Table(
    "organisation",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("record", Text),
    Column("contact", Text),
)
"""The organisations; `name` is a JSON object of text by language."""

STEWARD = Table(
    "steward",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("organisation", Text, ForeignKey("organisation.id"), nullable=False),
    Index("steward_of", "organisation"),
)
"""Which organisation keeps which record; what is not here the keeper keeps."""

ACCOUNT = Table(
    "account",
    METADATA,
    Column("actor", Text, ForeignKey("actor.id"), primary_key=True),
    Column("language", Text, nullable=False),
    Column("password", Text),
    Column("subject", Text),
    UniqueConstraint("subject", name="account_of_one_subject"),
)
"""Who can log in; the name and the address are those of the actor."""

MEMBERSHIP = Table(
    "membership",
    METADATA,
    Column("actor", Text, ForeignKey("account.actor"), primary_key=True),
    Column("organisation", Text, ForeignKey("organisation.id"), primary_key=True),
    Column("role", Text, nullable=False),
    Index("membership_in", "organisation"),
)
"""The roles of people in organisations."""

LOGIN = Table(
    "login",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("actor", Text, ForeignKey("account.actor"), nullable=False),
    Column("began", Text, nullable=False),
    Column("seen", Text, nullable=False),
    Index("login_of", "actor"),
)
"""The sessions, by the digest of their secrets."""

TOKEN = Table(
    "token",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("actor", Text, ForeignKey("account.actor"), nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("made", Text, nullable=False),
    Column("expires", Text, nullable=False),
    Column("used", Text),
    UniqueConstraint("digest", name="token_is_one"),
    Index("token_of", "actor"),
)
"""The API tokens, by the digest of their secrets; scopes are separated by blanks."""

TICKET = Table(
    "ticket",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("expires", Text, nullable=False),
    Column("used", Text),
)
"""What mailed links are good for, by the digest of their secrets."""

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("made", Text, nullable=False),
    Column("due", Text, nullable=False),
    Column("attempts", NUMBER, nullable=False),
    Index("outbox_due", "due"),
)
"""The mails that are still to be sent."""

CHANGE_REPORT = Table(
    "change_report",
    METADATA,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("closed_by", Text),
    Column("closed_at", Text),
    Column("answer", Text, nullable=False),
    CheckConstraint("number > 0", name="change_report_counted_from_one"),
    CheckConstraint(
        "(closed_by IS NULL) = (closed_at IS NULL)",
        name="change_report_is_closed_whole",
    ),
    Index(
        "change_report_open",
        "number",
        sqlite_where=text("closed_by IS NULL"),
        postgresql_where=text("closed_by IS NULL"),
    ),
)
"""What readers say is wrong with records."""

REMINDER = Table(
    "reminder",
    METADATA,
    Column("recipient", Text, primary_key=True),
    Column("at", Text, primary_key=True),
    Column("records", Text, nullable=False),
)
"""Who was reminded when. `recipient` is the SHA-256 of the address, `records` a JSON
array of `kind/key`."""

LINK = Table(
    "link",
    METADATA,
    Column("address", Text, primary_key=True),
    Column("checked", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("dead_since", Text),
    CheckConstraint("dead_since <= checked", name="link_is_dead_or_not"),
)
"""The addresses that records link to: when each was last tried, with which outcome,
and since when it has not answered."""

FILE = Table(
    "file",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("size", NUMBER, nullable=False),
)
"""The blobs, in a database that several machines share; elsewhere they are files."""

FILE_PART = Table(
    "file_part",
    METADATA,
    Column("digest", Text, ForeignKey("file.digest"), primary_key=True),
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("bytes", LargeBinary, nullable=False),
)
"""Their bytes, in parts counted from 0."""
