import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.iris import RecordId
from registry.journal.rows import (
    GENESIS,
    change_digest,
    entry_hash,
    entry_of,
    entry_row,
    head_of,
    head_row,
    provenance_of,
    provenance_text,
    time_of,
    time_text,
)
from registry.journal.tables import ENTRY, HEAD
from registry.lifecycle import Event, Status
from registry.record import Change, Content, Entry, Head, Provenance, Source

texts = st.text(st.characters(codec="utf-8"))
records = st.builds(RecordId, st.sampled_from(["place", "course"]), st.just("a.b-1"))
moments = st.datetimes(timezones=st.just(UTC))
digests = st.none() | texts
provenances = st.builds(
    Provenance,
    st.lists(st.builds(Source, texts, st.none() | texts)).map(tuple),
    st.lists(texts).map(tuple),
    st.dictionaries(texts, texts),
    digests,
)
numbers = st.none() | st.integers(0, 9)
entries = st.builds(
    Entry,
    st.integers(1, 9),
    records,
    st.sampled_from(Event),
    st.sampled_from(Status),
    st.integers(0, 9),
    digests,
    provenances,
    numbers,
    numbers,
    st.none() | records,
    texts,
    texts,
    moments,
    texts,
    texts,
    digests,
)
heads = st.builds(
    Head,
    records,
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from(Status),
    digests,
    provenances,
    st.none() | records,
    moments,
    moments,
    st.none() | moments,
)


@given(entry=entries, submitter=st.none() | texts)
def test_an_entry_comes_back_from_its_row(entry: Entry, submitter: str | None) -> None:
    """Nothing of an entry is lost in its row, which has every column."""
    row = entry_row(entry, submitter)

    assert entry_of(row) == entry
    assert set(row) == set(ENTRY.c.keys())


@given(head=heads)
def test_a_head_comes_back_from_its_row(head: Head) -> None:
    """Nothing of a head is lost in its row, which has every column."""
    row = head_row(head)

    assert head_of(row) == head
    assert set(row) == set(HEAD.c.keys())


@given(one=moments, other=moments)
def test_times_sort_as_text(one: datetime, other: datetime) -> None:
    """The text of a moment comes back as it was, and sorts as moments do."""
    assert time_of(time_text(one)) == one
    assert (time_text(one) < time_text(other)) == (one < other)


def test_a_time_is_written_in_utc() -> None:
    """A moment in any zone is RFC 3339 in UTC with microseconds."""
    moment = datetime(2026, 7, 1, 2, tzinfo=timezone(timedelta(hours=3)))

    assert time_text(moment) == "2026-06-30T23:00:00.000000Z"


def test_a_time_without_a_zone_is_refused() -> None:
    """A local time of nobody knows where is not a moment."""
    with pytest.raises(ValueError, match="time zone"):
        time_text(datetime(2026, 7, 1))  # noqa: DTZ001 - the case itself


def test_provenance_is_json_with_sorted_keys() -> None:
    """Equal provenance has equal text, in letters as they are."""
    provenance = Provenance(
        (Source("http://a/", "2024"),), ("bg",), {"en": "b", "bg": "б"}
    )

    text = provenance_text(provenance)

    assert text == (
        '{"dataset":null,"name_seen_in":["bg"],"note":{"bg":"б","en":"b"},'
        '"sources":[["http://a/","2024"]]}'
    )
    assert provenance_of(text) == provenance


@given(entry=entries)
def test_the_hash_is_made_with_standard_tools(entry: Entry) -> None:
    """Anybody can recompute it: JSON of the row, sorted, compact, in UTF-8."""
    row = entry_row(entry, "ann")
    named = {name: value for name, value in row.items() if name != "hash"}
    text = json.dumps(named, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert entry_hash(row) == sha256(text.encode()).hexdigest()


def test_every_part_of_a_change_is_in_its_digest() -> None:
    """Two changes that differ in anything are told apart."""
    change = Change(
        RecordId("course", "a"), Event.SUBMITTED, "ann", content=Content("{}", "")
    )
    others = {
        "record": RecordId("course", "b"),
        "event": Event.RETIRED,
        "actor": "bob",
        "status": Status.STABLE,
        "content": Content("{ }", ""),
        "provenance": Provenance(dataset=GENESIS),
        "based_on": 0,
        "decides": 0,
        "successor": RecordId("course", "b"),
        "reason": "why",
    }
    assert set(others) == {field.name for field in fields(Change)}
    same = {field.name: getattr(change, field.name) for field in fields(Change)}

    seen = {change_digest(Change(**{**same, name: others[name]})) for name in others}

    assert change_digest(Change(**same)) == change_digest(change)
    assert len(seen | {change_digest(change)}) == len(others) + 1
