from pathlib import Path

import pytest

from registry.dumping.folder import DumpFolder
from registry.errors import Busy
from registry.journal.sql import SqlJournal
from registry.ports import Dump, File

ONE = File("registry.nq.gz", 3, "ab" * 32)
TWO = File("registry.nq.gz", 3, "cd" * 32)
THREE = File("registry.nq.gz", 3, "ef" * 32)


@pytest.fixture
def folder(journal: SqlJournal, tmp_path: Path) -> DumpFolder:
    """An empty folder."""
    return DumpFolder(tmp_path / "dump", journal.dumps)


def put(folder: DumpFolder, file: File) -> Dump:
    """Makes a dump of one file that says what its digest is."""
    with folder.making() as made:
        (made / file.name).write_text(file.digest)
        return folder.put(made, 0, [file])


def places(folder: DumpFolder) -> set[str]:
    """Returns what stands in the folder."""
    return {path.name for path in folder.folder.iterdir()}


def test_there_is_no_dump_before_the_first(folder: DumpFolder) -> None:
    """Nothing is public, and nothing is made by looking."""
    assert folder.current() is None
    assert not folder.folder.exists()


def test_a_dump_is_public_when_it_has_been_put(folder: DumpFolder) -> None:
    """Its files stand in a folder of their own."""
    dump = put(folder, ONE)

    current = folder.current()
    assert current is not None
    assert current[0] == dump
    assert (current[1] / ONE.name).read_text() == ONE.digest
    assert current[1].stat().st_mode & 0o055 == 0o055


def test_the_dump_before_is_kept_and_no_older_one(folder: DumpFolder) -> None:
    """Whoever is downloading gets to the end."""
    put(folder, ONE)
    put(folder, TWO)
    assert places(folder) == {
        "lock",
        folder.place(0, [ONE]).name,
        folder.place(0, [TWO]).name,
    }

    put(folder, THREE)

    assert places(folder) == {
        "lock",
        folder.place(0, [TWO]).name,
        folder.place(0, [THREE]).name,
    }


def test_one_makes_a_dump_at_a_time(folder: DumpFolder) -> None:
    """Who comes second is told so, and disturbs nothing."""
    with folder.making() as made:
        with pytest.raises(Busy), folder.making():
            pass

        assert made.is_dir()


def test_what_somebody_left_behind_is_removed(folder: DumpFolder) -> None:
    """Half a dump, and a whole one that never became public, take no room."""
    put(folder, ONE)
    (folder.folder / ".new-abc" / "files").mkdir(parents=True)
    folder.place(0, [TWO]).mkdir()

    with folder.making():
        pass

    assert places(folder) == {"lock", folder.place(0, [ONE]).name}


def test_a_dump_whose_files_are_lost_is_not_public(folder: DumpFolder) -> None:
    """Another machine may have the journal, but not the files."""
    put(folder, ONE)
    folder.place(0, [ONE]).rename(folder.folder / ".new-gone")

    assert folder.current() is None


def test_the_place_depends_on_position_and_files(folder: DumpFolder) -> None:
    """Not on the order in which files are named."""
    csv = File("register.course.csv", 1, "ab" * 32)

    assert folder.place(7, [ONE, csv]) == folder.place(7, [csv, ONE])
    assert folder.place(7, [ONE]).name.startswith("000000000007-")
    assert len({folder.place(s, [f]) for s in (1, 2) for f in (ONE, TWO)}) == 4
