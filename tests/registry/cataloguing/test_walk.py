from datetime import date, datetime
from pathlib import Path

import pytest

from registry.catalogue.store import Store
from registry.iris import RecordId
from registry.journal.sql import create
from registry.namespaces import DCAT, DQV, M8G
from registry.ports import Activity, Deed, Reliability
from registry.views.dcat import datasets
from tests.cataloguing import (
    IRIS,
    OTHER,
    OWN,
    QUARTERLY,
    YEARLY,
    History,
    catalogue,
    definition,
    told,
)
from tests.conftest import BASE, DAWN

TABLE = f"table.{YEARLY}"


def news(history: History, store: Store) -> list[Activity]:
    """Returns the activities that catching up adds."""
    before = store.state().number
    history.catch_up(store)
    return list(store.activities(before))


def test_first_record_of_a_kind_creates_its_register(
    history: History, store: Store
) -> None:
    """Further records, and confirmations, are nothing new about the register."""
    history.institution("Едно")
    accepted = history.journal.entries()[-1].at
    assert news(history, store) == [
        Activity(
            1,
            Deed.CREATE,
            "register.institution",
            accepted,
            datasets.register(
                "institution",
                (),
                issued=accepted,
                modified=accepted,
                iris=IRIS,
                definition=definition(),
            ),
        )
    ]

    history.institution("Друго")
    assert news(history, store) == []


def test_published_table_creates_a_dataset_in_a_series(
    history: History, store: Store
) -> None:
    """The register comes first, then the table, then the series that it joins."""
    history.table(YEARLY)

    assert told(news(history, store)) == [
        ("Create", "register.table"),
        ("Create", TABLE),
        ("Create", "series.eurostat"),
    ]
    accepted = history.journal.entries()[-1]
    version = history.journal.after_entry(accepted)
    assert version is not None
    found = store.dataset(TABLE)
    assert found is not None
    assert found.triples == datasets.table(
        version,
        (),
        issued=accepted.at,
        modified=accepted.at,
        iris=IRIS,
        definition=definition(),
        series=0,
    )
    assert f"{M8G}numSeries" in found.triples


def test_new_edition_updates_its_table_alone(history: History, store: Store) -> None:
    """A series hears of members that come and go, not of what they hold."""
    history.table(YEARLY, 1)
    history.catch_up(store)
    history.table(YEARLY, 2)

    (update,) = news(history, store)

    assert told([update]) == [("Update", TABLE)]
    assert update.at == history.journal.entries()[-1].at
    left = store.standing(TABLE)
    assert left is not None
    assert (left.version, left.issued < left.modified) == (2, True)


def test_submissions_and_confirmations_change_nothing(
    history: History, store: Store
) -> None:
    """What is not public, or says nothing new, is no activity."""
    history.table(YEARLY)
    history.catch_up(store)
    history.submission(YEARLY)
    history.verify(YEARLY)

    assert news(history, store) == []
    assert store.position().sequence == history.journal.tip()[0]


@pytest.mark.parametrize("end", ["retire", "supersede"])
def test_ended_table_is_deleted_and_leaves_its_series(
    history: History, store: Store, end: str
) -> None:
    """A successor needs no activity: it stands on its own."""
    for key in (YEARLY, OTHER):
        history.table(key)
    history.catch_up(store)
    if end == "retire":
        history.retire(YEARLY)
    else:
        history.supersede(YEARLY, OTHER)

    assert told(news(history, store)) == [
        ("Delete", TABLE),
        ("Update", "series.eurostat"),
    ]
    series = store.standing("series.eurostat")
    assert series is not None
    assert series.members == (f"table.{OTHER}",)
    assert f"<{IRIS.dataset(TABLE)}>" not in series.triples


def test_series_ends_with_its_last_table(history: History, store: Store) -> None:
    """A series without members would be a promise without data."""
    history.table(YEARLY)
    history.catch_up(store)
    history.retire(YEARLY)

    assert told(news(history, store)) == [
        ("Delete", TABLE),
        ("Delete", "series.eurostat"),
    ]


def test_tables_of_others_or_of_other_periods_join_no_series(
    history: History, store: Store
) -> None:
    """A series is of the yearly tables of one publisher."""
    for key in (YEARLY, QUARTERLY, OWN):
        history.table(key)
    history.catch_up(store)

    series = store.standing("series.eurostat")
    assert series is not None
    assert series.members == (TABLE,)
    own = store.standing("series.registry")
    assert own is not None
    assert own.members == (f"table.{OWN}",)


def test_returning_table_is_created_again(history: History, store: Store) -> None:
    """It keeps the day on which it was first issued."""
    history.table(YEARLY, 1)
    history.catch_up(store)
    first = store.standing(TABLE)
    history.retire(YEARLY)
    history.table(YEARLY, 2)

    assert told(news(history, store)) == [
        ("Delete", TABLE),
        ("Delete", "series.eurostat"),
        ("Create", TABLE),
        ("Create", "series.eurostat"),
    ]
    again = store.standing(TABLE)
    assert first is not None
    assert again is not None
    assert first.issued == again.issued < again.modified


FILES = {
    "manifest.json": 1,
    "register.institution.csv": 10,
    "registry.nq.gz": 30,
    f"{TABLE}.csv": 20,
}


def test_dump_names_the_files_of_datasets(history: History, store: Store) -> None:
    """The first dump creates the dataset of everything, and updates those it is of."""
    history.institution("Едно")
    history.table(YEARLY)
    history.catch_up(store)
    dump = history.dump(FILES)

    found = news(history, store)

    assert told(found) == [
        ("Update", "register.institution"),
        ("Create", "registry"),
        ("Update", TABLE),
    ]
    assert {activity.at for activity in found} == {dump.at}
    for activity, name in zip(found, sorted(FILES)[1:], strict=True):
        assert f"<{IRIS.base}dump/{name}>" in activity.triples


def test_only_files_that_differ_update_their_dataset(
    history: History, store: Store
) -> None:
    """A dump in which one file changed is news of one dataset."""
    history.table(YEARLY)
    history.dump(FILES)
    history.catch_up(store)
    history.dump({**FILES, f"{TABLE}.csv": 21, "manifest.json": 2})

    assert told(news(history, store)) == [("Update", TABLE)]


def test_dataset_keeps_its_files_until_the_next_dump(
    history: History, store: Store
) -> None:
    """What becomes of a table does not change which of its files are public."""
    history.table(YEARLY, 1)
    history.dump(FILES)
    history.table(YEARLY, 2)
    history.catch_up(store)
    address = f"<{IRIS.base}dump/{TABLE}.csv>"
    found = store.dataset(TABLE)
    assert found is not None
    assert address in found.triples

    history.dump({"registry.nq.gz": 30})

    assert told(news(history, store)) == [("Update", TABLE)]
    left = store.dataset(TABLE)
    assert left is not None
    assert address not in left.triples


def test_files_of_deleted_tables_are_passed_over(
    history: History, store: Store
) -> None:
    """A dump that still has them brings nothing back."""
    history.table(YEARLY)
    history.retire(YEARLY)
    history.catch_up(store)
    history.dump({f"{TABLE}.csv": 5, "table.nobody.csv": 5})

    assert news(history, store) == []
    assert store.position().dump == 1


def test_times_never_go_back(tmp_path: Path) -> None:
    """Who asks for what changed since a moment is told of all of it."""
    moments = [DAWN.replace(day=day) for day in (9, 9, 9, 9, 20, 10, 10, 10, 10)]
    clock = iter(moments)

    def going_back() -> datetime:
        return next(clock)

    journal = create(tmp_path / "journal.sqlite", BASE, going_back)
    history, store = History(journal), catalogue(tmp_path / "catalogue.sqlite")
    history.institution("Едно")
    history.dump(FILES)
    history.table(OWN)
    history.catch_up(store)

    times = [activity.at for activity in store.activities()]

    assert times == sorted(times)
    assert store.state().at == times[-1]
    store.close()
    journal.close()


def test_catalogue_lists_each_dataset(history: History, store: Store) -> None:
    """The link from the catalogue comes and goes with its dataset."""
    history.table(OWN)
    history.catch_up(store)
    key = f"table.{OWN}"
    link = f"<{IRIS.catalogue}> <{DCAT}dataset> <{IRIS.dataset(key)}> .\n"
    listed = "".join(found.triples for found in store.datasets())
    assert link in listed
    assert RecordId("table", OWN).key in listed

    history.retire(OWN)
    history.catch_up(store)

    assert link not in "".join(found.triples for found in store.datasets())


def test_a_register_is_measured_with_its_files(history: History, store: Store) -> None:
    """A confirmation alone is no news; the files that have it are, once."""
    history.table(YEARLY)
    history.dump({"register.table.csv": 1})
    news(history, store)
    history.verify(YEARLY)
    assert news(history, store) == []

    history.dump({"register.table.csv": 2})

    [activity] = news(history, store)
    assert activity.dataset == "register.table"
    register = f"{IRIS.dataset('register.table')}#confirmedRecords"
    assert f'<{register}> <{DQV}value> "1"' in activity.triples
    assert store.reliability("table") == Reliability(
        1, date(2027, 2, 5), date(2027, 2, 5)
    )


def test_what_ends_is_measured_no_more(history: History, store: Store) -> None:
    """Nor is a kind that does not age."""
    history.table(YEARLY)
    history.retire(YEARLY)

    news(history, store)

    assert store.reliability("table") is None
