"""All the datasets, in SQLite and in PostgreSQL, by the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.journal.dialects import engine, journal_url
from registry.settings import Settings
from registry.wiring import open_registry
from tests import sharing
from tests.postgres import Server
from tests.rows import written
from tests.serving import Operator, free_port


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """A data directory of all the datasets."""
    data = sharing.loaded(tmp_path_factory)
    registry = open_registry(Settings(data=data))
    base = registry.iris.base
    registry.close()
    return Operator(data, free_port(), base)


@pytest.fixture(scope="module")
def copied(
    loaded: Operator, postgres: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operator]:
    """The same, copied into a database of PostgreSQL."""
    url = postgres.database()
    ran = loaded.run("journal", "copy", str(loaded.data), url)
    assert ran.returncode == 0, ran.stderr
    folder = tmp_path_factory.mktemp("node")
    yield Operator(folder, free_port(), loaded.base, {"REGISTRY_JOURNAL__URL": url})
    postgres.drop(url)


def rows(place: str | Path) -> str:
    """Returns every value of the journal's database but the bytes of files."""
    made = engine(journal_url(place))
    try:
        return written(made, ("file", "file_part"))
    finally:
        made.dispose()


def test_real_data_come_back_as_they_were(
    loaded: Operator, copied: Operator, tmp_path: Path
) -> None:
    """From SQLite into PostgreSQL and back: the same rows, the same files."""
    url, back = copied.settings["REGISTRY_JOURNAL__URL"], tmp_path / "back"

    ran = copied.run("journal", "copy", url, str(back))
    again = copied.run("journal", "copy", url, str(back))

    assert ran.returncode == 0, ran.stderr
    assert again.returncode == 1
    assert rows(back / "journal.sqlite") == rows(loaded.data / "journal.sqlite")
    files = sorted((back / "blobs").glob("??/*"))
    assert [path.name for path in files] == [
        path.name for path in sorted((loaded.data / "blobs").glob("??/*"))
    ]
    assert Operator(back, free_port(), loaded.base).run("verify").returncode == 0


def test_the_same_registry_is_read_from_either(
    loaded: Operator, copied: Operator
) -> None:
    """Every document, and what is verified."""
    for command in (("verify",), ("export", "--format", "json")):
        one, two = loaded.run(*command), copied.run(*command)

        assert (one.returncode, two.returncode) == (0, 0), two.stderr
        assert two.stdout == one.stdout


def test_a_backup_of_a_server_is_one_like_any_other(
    loaded: Operator, copied: Operator, postgres: Server, tmp_path: Path
) -> None:
    """It is restored into a data directory, or into another empty database."""
    copy, url = tmp_path / "copy", postgres.database()
    other = Operator(
        tmp_path / "other", free_port(), loaded.base, {"REGISTRY_JOURNAL__URL": url}
    )
    local = Operator(tmp_path / "local", free_port(), loaded.base)

    made = copied.run("backup", str(copy))
    restored = [one.run("restore", str(copy)) for one in (other, local)]

    assert made.returncode == 0, made.stderr
    assert [ran.returncode for ran in restored] == [0, 0], restored
    assert {ran.stdout for ran in restored} == {made.stdout}
    assert json.loads((copy / "manifest.json").read_text())["form"] == 1
    assert rows(url) == rows(local.data / "journal.sqlite")
    assert other.run("verify").returncode == 0
    assert other.run("restore", str(copy)).returncode == 1
    postgres.drop(url)


def test_a_registry_is_created_in_the_database_once(
    postgres: Server, tmp_path: Path
) -> None:
    """Any number of machines may say so; the base stays that of the first."""
    url = postgres.database()
    settings = {"REGISTRY_JOURNAL__URL": url}
    one = Operator(tmp_path / "one", free_port(), "https://a.example/", settings)
    two = Operator(tmp_path / "two", free_port(), "https://a.example/", settings)
    three = Operator(tmp_path / "three", free_port(), "https://b.example/", settings)

    assert one.run("init").returncode == 0
    assert two.run("init").returncode == 1
    assert two.run("init", "--if-missing").returncode == 0
    assert two.run("load", "schemes/place-level.csv").returncode == 0
    assert "https://a.example/" in three.run("verify").stderr
    assert one.run("export").stdout == two.run("export").stdout != ""
    assert not (one.data / "journal.sqlite").exists()
    postgres.drop(url)


def test_a_server_that_is_out_of_reach_is_named(tmp_path: Path) -> None:
    """The refusal is a sentence, in which there is no password."""
    url = f"postgresql://registry:hidden@127.0.0.1:{free_port()}/registry"
    operator = Operator(
        tmp_path / "data", free_port(), settings={"REGISTRY_JOURNAL__URL": url}
    )

    refused = operator.run("verify")

    assert refused.returncode == 1
    assert "cannot reach its database" in refused.stderr
    assert "hidden" not in refused.stderr
