from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry import review, submissions
from registry.catalogue.store import Store
from registry.graphs import FORMATS
from registry.iris import Iris, RecordId
from registry.journal.sql import SqlJournal
from registry.ports import Described
from registry.previewing import Foreseen, Previews
from registry.record import Content, Entry, Provenance, Source
from registry.views import record as view
from tests.cataloguing import OTHER, YEARLY, History, catalogue
from tests.tables import record, rows, table_content
from tests.versions import CONTEXT, content

LATER = datetime(2026, 5, 1, tzinfo=UTC)
PROVENANCE = Provenance((Source("https://source.example/"),), ("bg",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = catalogue(tmp_path / "catalogue.sqlite")
    yield made
    made.close()


def _previews(history: History, store: Store) -> Previews:
    return Previews(history.journal, history.sources, store, lambda: LATER)


def _submitted(history: History, record: RecordId, made: Content) -> Entry:
    with history.journal.write() as writer:
        entry = submissions.submit(
            writer, record, made, provenance=PROVENANCE, actor="a"
        )
    assert entry is not None
    return entry


def _accepted(history: History, entry: Entry) -> None:
    with history.journal.write() as writer:
        review.accept(writer, entry, actor="b")


def _described(store: Store, key: str) -> Described | None:
    found = store.standing(key)
    return Described(key, 0, found.at, found.triples) if found else None


def test_documents_are_those_to_be_served(journal: SqlJournal, store: Store) -> None:
    """What is previewed of a draft is what is served once it is accepted."""
    history, iris = History(journal), Iris(journal.base)
    history.institution("Първо")
    one = RecordId("institution", "one")
    made = content(one, {"type": "Organization", "name": {"bg": "Второ"}}, iris)
    entry = _submitted(history, one, made)

    seen = _previews(history, store).version(entry, made)
    _accepted(history, entry)

    served = journal.current(one)
    assert served is not None
    assert (seen.head.version, seen.head.status) == (2, served.head.status)
    assert seen.head.provenance == served.head.provenance
    assert seen.head.submitted == served.head.submitted
    for name in ("jsonld", "ttl", "nt", "rdf"):
        written = [
            view.render(v, FORMATS[name], iris=iris, context=CONTEXT, item=False)
            for v in (seen, served)
        ]
        assert written[0] == written[1], name


def test_a_record_of_a_known_register(journal: SqlJournal, store: Store) -> None:
    """One record more does not change how its register is described."""
    history = History(journal)
    history.institution("Първо")
    history.catch_up(store)
    one = RecordId("institution", "one")
    made = content(one, {"type": "Organization"}, Iris(journal.base))
    entry = _submitted(history, one, made)
    previews = _previews(history, store)

    seen = previews.datasets(entry, previews.version(entry, made))

    known = _described(store, "register.institution")
    assert known is not None
    assert seen == [Foreseen("register.institution", known, known)]
    assert not seen[0].changed


def test_nothing_is_kept_of_a_preview(journal: SqlJournal, store: Store) -> None:
    """How long records are fresh is told of what is published alone."""
    history, iris = History(journal), Iris(journal.base)
    one = RecordId("institution", "one")
    made = content(one, {"type": "Organization", "name": {"bg": "Второ"}}, iris)
    entry = _submitted(history, one, made)
    previews = _previews(history, store)

    previews.datasets(entry, previews.version(entry, made))

    assert store.reliability("institution") is None


def test_the_first_record_of_a_register(journal: SqlJournal, store: Store) -> None:
    """The first record of its kind brings its register into the catalogue."""
    history = History(journal)
    one = RecordId("institution", "one")
    made = content(one, {"type": "Organization"}, Iris(journal.base))
    entry = _submitted(history, one, made)
    previews = _previews(history, store)

    (seen,) = previews.datasets(entry, previews.version(entry, made))

    assert (seen.key, seen.before, seen.changed) == ("register.institution", None, True)
    assert seen.after is not None
    assert seen.after.at == LATER


def test_a_table(journal: SqlJournal, store: Store) -> None:
    """A table's own dataset, and its series, are described as they will be.

    Nothing is written by foreseeing it.
    """
    history, iris = History(journal), Iris(journal.base)
    history.table(YEARLY)
    history.catch_up(store)
    made = table_content(OTHER, rows(OTHER)[:5], "a" * 64, iris)
    entry = _submitted(history, record(OTHER), made)
    before = store.state()
    previews = _previews(history, store)

    seen = previews.datasets(entry, previews.version(entry, made))

    assert store.state() == before
    assert [(one.key, one.changed) for one in seen] == [
        ("register.table", False),
        (f"table.{OTHER}", True),
        ("series.eurostat", True),
    ]
    _accepted(history, entry)
    history.catch_up(store)
    for one in seen:
        made_later = _described(store, one.key)
        assert one.after is not None
        assert made_later is not None
        # Only the moment of the acceptance was not known.
        assert _undated(one.after.triples) == _undated(made_later.triples)


def _undated(triples: str) -> list[str]:
    return [line for line in triples.splitlines() if "XMLSchema#dateTime" not in line]


def test_a_new_edition_of_a_table(journal: SqlJournal, store: Store) -> None:
    """A further edition shows the dataset as it is beside the dataset as it will be."""
    history, iris = History(journal), Iris(journal.base)
    history.table(YEARLY)
    history.catch_up(store)
    made = table_content(YEARLY, rows(YEARLY), "b" * 64, iris)
    entry = _submitted(history, record(YEARLY), made)
    previews = _previews(history, store)

    seen = previews.datasets(entry, previews.version(entry, made))

    key = f"table.{YEARLY}"
    (own,) = [one for one in seen if one.key == key]
    assert own.before == _described(store, key)
    assert own.before is not None
    assert own.after is not None
    assert own.after.at - own.before.at > timedelta(0)
