import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from registry.dumping import manifest
from registry.dumping.making import QUIET, Published, due, make
from registry.ports import Journal
from registry.record import Version
from tests import dumping
from tests.conftest import DAWN, ticking
from tests.dumping import CLOSED, COURSE, ONE, PERSON, Small, organisation

DAY = timedelta(days=1)


def test_a_dump_has_every_file_and_says_what_it_reflects(small: Small) -> None:
    """Each dataset has its files; the manifest has their sizes and digests."""
    made = small.make()

    names = [file.name for file in made.dump.files]
    assert names == [
        "register.course.csv",
        "register.course.jsonl",
        "register.course.nt",
        "register.institution.csv",
        "register.institution.jsonl",
        "register.institution.nt",
        "register.table.csv",
        "register.table.jsonl",
        "register.table.nt",
        "registry.nq.gz",
        "registry.sqlite",
        "table.demo-poppcctb.csv",
        "table.demo-poppcctb.parquet",
    ]
    written = json.loads(small.files()["manifest.json"])
    sequence, chained = small.journal.tip()
    assert (written["sequence"], written["hash"]) == (sequence, chained)
    assert [entry["name"] for entry in written["files"]] == names
    assert [entry["rows"] for entry in written["files"][3:6]] == [1, 1, 1]


def test_the_same_position_gives_the_same_bytes(small: Small, tmp_path: Path) -> None:
    """Another server, at another time, makes the same files of the same records."""
    small.make()
    with dumping.small(tmp_path / "other", ticking()) as other:
        shutil.rmtree(other.data / "tables")
        shutil.copytree(small.data / "tables", other.data / "tables")
        other.make()

        assert other.files() == small.files()


def test_what_was_not_published_is_in_no_file(small: Small) -> None:
    """Neither drafts nor refusals nor people; what was withdrawn leaves its end."""
    small.make()

    for name, data in small.files().items():
        text = dumping.plain(name, data)
        for secret in (PERSON, "Чернова", "Draft", "Отказано", "Refused"):
            assert secret.encode() not in text, (name, secret)
        withdrawn = b"institution/closed" in text
        assert withdrawn == (name == "registry.nq.gz"), name
    assert "Затворено".encode() in dumping.plain(
        "registry.nq.gz", small.files()["registry.nq.gz"]
    )


def test_files_that_did_not_change_make_no_new_dump(small: Small) -> None:
    """A draft moves the journal, and nothing that is public."""
    first = small.make()
    small.submit(COURSE, {"type": "LearningOpportunity", "title": {"bg": "Друг"}})

    again = small.make()

    assert (first.changed, again.changed) == (True, False)
    assert again.dump == first.dump
    assert list(small.journal.dumps.published()) == [first.dump]


def test_a_change_is_in_the_files_that_it_concerns(small: Small) -> None:
    """The others are the same files, which take no room a second time."""
    small.make()
    before = small.folder.current()
    small.publish(ONE, organisation(ONE, "Едно", "Another"))

    made = small.make()

    after = small.folder.current()
    assert before is not None
    assert after is not None
    kept = {file.name for file in set(before[0].files) & set(made.dump.files)}
    assert {file.name for file in made.dump.files} - kept == {
        "register.institution.csv",
        "register.institution.jsonl",
        "register.institution.nt",
        "registry.nq.gz",
        "registry.sqlite",
    }
    for name in kept:
        assert dumping.inode(before[1] / name) == dumping.inode(after[1] / name)
    assert made.dump.sequence == small.journal.tip()[0]


def test_files_that_were_lost_are_made_again(small: Small) -> None:
    """The journal still has the dump, and the same files fulfil it."""
    first = small.make()
    files = small.files()
    shutil.rmtree(small.data / "dump")
    small.submit(COURSE, {"type": "LearningOpportunity", "title": {"bg": "Друг"}})
    assert small.folder.current() is None

    again = small.make()

    assert again.dump == first.dump
    assert small.files() == files


def test_a_register_of_which_nothing_is_left_stays_empty(small: Small) -> None:
    """Its files have no records, so that whoever follows them sees them go."""
    small.make()
    small.retire(COURSE)

    small.make()

    files = small.files()
    assert files["register.course.jsonl"] == files["register.course.nt"] == b""
    assert files["register.course.csv"].count(b"\r\n") == 1
    listed = {w.file.name: w.rows for w in manifest.read(_place(small)).files}
    assert listed["register.course.csv"] == 0


def test_a_withdrawn_table_has_no_files(small: Small) -> None:
    """Its figures leave with it."""
    small.make()
    small.retire(dumping.SHARES)

    made = small.make()

    assert not [f for f in made.dump.files if f.name.startswith("table.")]


def test_a_dump_breaks_off_without_a_trace(small: Small) -> None:
    """What cannot be finished is nowhere, and the dump before stays."""
    small.make()
    files = small.files()
    small.publish_table(edition=1)
    for lost in (small.data / "tables").rglob("*.parquet"):
        lost.unlink()

    with pytest.raises(AssertionError, match="has no"):
        small.make()

    assert small.files() == files
    assert len(small.journal.dumps.published()) == 1
    left = {path.name for path in (small.data / "dump").iterdir()}
    assert left == {"lock", _place(small).name}


def test_a_dump_is_of_one_moment(small: Small) -> None:
    """What is published while the dump is begun is in all of it, or in none."""
    published = small.published
    interfered = _Interfering(published.journal, small)
    made = make(
        Published(
            interfered,  # type: ignore[arg-type]
            published.tables,
            published.vocabulary,
            published.iris,
        ),
        small.folder,
    )

    assert made.dump.sequence == small.journal.tip()[0]
    assert "По средата" in small.files()["register.institution.jsonl"].decode()


class _Interfering:
    """A journal into which somebody writes just when it is first read whole."""

    def __init__(self, journal: Journal, small: Small) -> None:
        self._journal = journal
        self._small: Small | None = small

    def __getattr__(self, name: str) -> object:
        return getattr(self._journal, name)

    def heads(self) -> Iterator[Version]:
        if self._small is not None:
            small, self._small = self._small, None
            small.publish(CLOSED, organisation(CLOSED, "По средата", "In between"))
        return self._journal.heads()


def test_the_first_dump_waits_until_the_registry_is_filled(small: Small) -> None:
    """It is due when nothing has been written for a while."""
    last = small.journal.entries(after=small.journal.tip()[0] - 1)[0].at

    assert not due(small.journal, small.folder, last, DAY)
    assert due(small.journal, small.folder, last + QUIET, DAY)


def test_the_next_dump_is_due_a_day_later_if_anything_happened(small: Small) -> None:
    """As long as the journal does not move, none is."""
    at = small.make().dump.at

    assert not due(small.journal, small.folder, at + 2 * DAY, DAY)
    small.publish(ONE, organisation(ONE, "Едно", "Another"))
    assert not due(small.journal, small.folder, at + DAY / 2, DAY)
    assert due(small.journal, small.folder, at + DAY, DAY)


def test_an_empty_registry_needs_no_dump(journal: Journal, tmp_path: Path) -> None:
    """There is nothing to take away."""
    empty = Small(journal, tmp_path)  # type: ignore[arg-type]

    assert not due(journal, empty.folder, DAWN + DAY, DAY)
    assert [file.name for file in empty.make().dump.files] == [
        "registry.nq.gz",
        "registry.sqlite",
    ]


def _place(small: Small) -> Path:
    current = small.folder.current()
    assert current is not None
    return current[1]
