from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.iris import RecordId
from registry.lifecycle import Event
from registry.record import Change, Content, Provenance


def test_the_digest_is_the_sha_256_of_the_triples() -> None:
    """Anybody can recompute it from the N-Triples, whatever the document is."""
    triples = '<urn:a> <urn:b> "Хасково"@bg .\n'

    assert {Content(document, triples).digest for document in ("{}", "")} == {
        "b5c5e8daca9bf7f9ddf1924cfc8198360f6829f07b76fe2f99b8a2e82f18a096"
    }


@given(one=st.text(), other=st.text())
def test_other_triples_have_another_digest(one: str, other: str) -> None:
    """Digests are equal exactly when the triples are."""
    assert (Content("", one).digest == Content("", other).digest) == (one == other)


def test_values_do_not_change() -> None:
    """A record's values are frozen, so that they can be shared."""
    change = Change(RecordId("course", "a"), Event.RETIRED, "ann")

    with pytest.raises(FrozenInstanceError):
        change.actor = "bob"  # type: ignore[misc]


def test_a_change_says_nothing_that_was_not_said() -> None:
    """The optional parts of a change are absent by default."""
    change = Change(RecordId("course", "a"), Event.RETIRED, "ann")

    assert change == Change(
        record=RecordId("course", "a"),
        event=Event.RETIRED,
        actor="ann",
        status=None,
        content=None,
        provenance=Provenance(sources=(), name_seen_in=(), note={}, dataset=None),
        based_on=None,
        decides=None,
        successor=None,
        reason="",
    )
