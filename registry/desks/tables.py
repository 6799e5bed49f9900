"""The tables of the desk, in the database of the journal.

The values are those of `registry.journal.tables`. Nothing here is part of the
chain: who submitted and who decided is what the entries say.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from registry.journal.tables import METADATA, NUMBER

SUBMISSION = Table(
    "desk_submission",
    METADATA,
    Column(
        "number",
        NUMBER,
        # Entries reach their table in batches, later than what stands here.
        ForeignKey("entry.sequence", deferrable=True, initially="DEFERRED"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("organisation", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("amends", NUMBER, ForeignKey("entry.sequence")),
    Column("claimed_by", Text),
    Column("claimed_at", Text),
    Column("losses", Text, nullable=False, server_default="[]"),
    CheckConstraint(
        "(claimed_by IS NULL) = (claimed_at IS NULL)",
        name="desk_submission_claim_is_whole",
    ),
    Index("desk_submission_queue", "outcome", "number"),
)
"""What the desk knows of a submission; `outcome` is open until it is closed.

`losses` is a JSON array of objects, as `registry.losses.Loss` has them.
"""

COMMENT = Table(
    "desk_comment",
    METADATA,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("submission", NUMBER, ForeignKey("entry.sequence"), nullable=False),
    Column("actor", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("desk_comment_of", "submission", "number"),
)
"""What was said about submissions; `number` counts all comments."""

DRAFT = Table(
    "draft",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("based_on", NUMBER, nullable=False),
    Column("fields", Text, nullable=False),
    Column("amends", NUMBER, ForeignKey("entry.sequence")),
    Column("saved", Text, nullable=False),
    Index("draft_of", "organisation", "saved"),
)
"""What people have begun to fill in. `fields` is a JSON array of pairs."""
