from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from registry.iris import RecordId
from registry.journal.dialects import engine, journal_url
from registry.journal.sql import create
from registry.journal.tables import (
    ACTOR,
    CHANGE_REPORT,
    CONTENT,
    DUMP,
    ENTRY,
    HEAD,
    LINK,
    TIP,
)
from registry.lifecycle import Event
from registry.record import Change, Content

SAR = RecordId("institution", "sar")


@pytest.fixture
def path(place: str | Path, clock: Callable[[], datetime]) -> str | Path:
    """A journal with one published record and one open submission."""
    journal = create(place, "http://127.0.0.1:8000/", clock)
    with journal.write() as writer:
        for text in "ab":
            writer.append(
                Change(SAR, Event.SUBMITTED, "ann", content=Content("{}", text))
            )
        writer.append(Change(SAR, Event.ACCEPTED, "rev", decides=1))
    journal.close()
    return place


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (update(ENTRY).where(ENTRY.c.sequence == 3).values(actor="ann"), "four_eyes"),
        (update(ENTRY).where(ENTRY.c.sequence == 3).values(decides=9), "(?i)foreign"),
        (update(ENTRY).where(ENTRY.c.sequence == 1).values(digest="0"), "(?i)foreign"),
        (update(ENTRY).where(ENTRY.c.sequence == 1).values(sequence=0), "one"),
        (update(ENTRY).where(ENTRY.c.sequence == 3).values(submitter=None), "submit"),
        (update(ENTRY).where(ENTRY.c.sequence == 3).values(digest=None), "whole"),
        (update(HEAD).values(version=0), "head_has_content"),
        (insert(TIP).values(id=2, sequence=0, hash="", at=""), "tip_is_one_row"),
        (delete(CONTENT), "(?i)foreign"),
        (insert(ACTOR).values(id="1", name="Ann", erased_at="2026"), "erased_whole"),
        (
            insert(DUMP).values(number=1, sequence=4, after=3, at="", files="[]"),
            "dump_of_what_was_written",
        ),
        (
            insert(CHANGE_REPORT).values(
                number=1,
                kind="place",
                key="bg",
                text="",
                language="bg",
                at="",
                closed_by="rev",
                answer="",
            ),
            "closed_whole",
        ),
        (
            insert(LINK).values(
                address="http://a.example/", checked="1", outcome="404", dead_since="2"
            ),
            "dead_or_not",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_database_itself_refuses(
    path: str | Path, statement: Any, rule: str
) -> None:
    """What the code must never write cannot be written by hand either."""
    database = engine(journal_url(path))

    with (
        pytest.raises(IntegrityError, match=rule),
        database.begin() as connection,
    ):
        connection.execute(statement)

    database.dispose()


@pytest.mark.parametrize(
    "values",
    [
        {"decides": 1, "version": 2},
        {"decides": 2, "version": 1},
    ],
    ids=["a second decision", "the same version again"],
)
def test_a_version_is_published_once(path: str | Path, values: dict[str, int]) -> None:
    """Neither can a submission be decided twice, nor a version be made twice."""
    database = engine(journal_url(path))
    with database.connect() as connection:
        row = connection.execute(select(ENTRY).where(ENTRY.c.sequence == 3)).one()

    with (
        pytest.raises(IntegrityError, match=r"(?i)unique"),
        database.begin() as connection,
    ):
        connection.execute(insert(ENTRY), {**row._mapping, **values, "sequence": 4})

    database.dispose()
