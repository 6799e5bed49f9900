import json
from pathlib import Path
from shutil import copytree

import pytest

from registry import wiring
from registry.settings import Settings
from tests.serving import Operator, free_port
from tests.torture.processes import kill, of_role

ROOT = Path(__file__).parents[3]


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """Somebody with a registry that is still empty."""
    operator = Operator(tmp_path / "data", free_port())
    assert operator.run("init").returncode == 0
    return operator


def test_registry_is_created_once(operator: Operator) -> None:
    """A second `init` is refused, unless it was only to make sure."""
    assert operator.run("init").returncode == 1
    assert operator.run("init", "--if-missing").returncode == 0


def test_base_cannot_change(operator: Operator) -> None:
    """Settings that name another base than the registry's are refused."""
    other = Operator(operator.data, operator.port, "http://elsewhere.example/")

    ran = other.run("verify")

    assert ran.returncode == 1
    assert "http://elsewhere.example/" in ran.stderr
    assert operator.base in ran.stderr


def test_loading_twice_says_that_nothing_changed(operator: Operator) -> None:
    """The outcome counts what was added and what was there already."""
    files = ("schemes/place-level.csv", "places/nuts.csv")
    first = json.loads(operator.run("load", *files, "--format", "json").stdout)
    again = json.loads(operator.run("load", *files, "--format", "json").stdout)

    counts = ("file", "added", "updated", "unchanged", "refused")
    assert [[line[name] for name in counts] for line in first] == [
        ["schemes/place-level.csv", 1, 0, 0, 0],
        ["places/nuts.csv", 37, 0, 0, 0],
    ]
    assert [[line[name] for name in counts] for line in again] == [
        ["schemes/place-level.csv", 0, 0, 1, 0],
        ["places/nuts.csv", 0, 0, 37, 0],
    ]


def test_unknown_file_is_refused_with_what_there_is(operator: Operator) -> None:
    """A misspelt name is answered with the names of the files."""
    ran = operator.run("load", "places/nust.csv")

    assert ran.returncode == 1
    assert "places/nuts.csv" in ran.stderr


def test_bad_row_names_file_row_column_value_and_rule(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report is enough to mend the row; --strict loads nothing of the file."""
    datasets = tmp_path / "datasets"
    copytree(ROOT / "datasets", datasets)
    file = datasets / "places" / "nuts.csv"
    text = file.read_text(encoding="utf-8")
    assert text.count("http://data.europa.eu/nuts/code/BG422") == 1
    file.write_text(
        text.replace("http://data.europa.eu/nuts/code/BG422", "nuts BG422"),
        encoding="utf-8",
    )
    monkeypatch.setenv("REGISTRY_DATASETS", str(datasets))
    line = next(
        number
        for number, row in enumerate(text.splitlines(), 1)
        if row.startswith("BG422")
    )
    assert operator.run("load", "schemes/place-level.csv").returncode == 0

    strict = operator.run("load", "--strict", "places/nuts.csv")
    lenient = operator.run("load", "places/nuts.csv", "--format", "json")

    told = f"places/nuts.csv, row {line}, column same_as: “nuts BG422” "
    assert strict.returncode == 1
    assert told in strict.stderr
    assert told in lenient.stderr
    assert [line["added"] for line in json.loads(lenient.stdout)] == [36]


def test_verify_finds_a_changed_file(operator: Operator) -> None:
    """One altered byte in a kept file is noticed."""
    operator.run("load", "schemes/place-level.csv")
    assert operator.run("verify").returncode == 0
    blob = next((operator.data / "blobs").glob("??/*"))
    blob.write_bytes(blob.read_bytes() + b"x")

    ran = operator.run("verify")

    assert ran.returncode == 1
    assert blob.name in ran.stderr


def test_rebuild_reports_what_it_projected(operator: Operator) -> None:
    """Rebuilding says how far it came; a live server's store is left alone."""
    operator.run("load", "schemes/place-level.csv")

    assert "up to entry 2" in operator.run("rebuild").stderr
    with operator.serving() as server:
        # What the server has projected itself shows that it holds the store.
        operator.run("load", "schemes/qualification-degree.csv")
        operator.wait(server)
        ran = operator.run("rebuild")
    assert ran.returncode == 1
    assert "Another process is writing" in ran.stderr


def test_rebuild_does_without_its_helper(operator: Operator) -> None:
    """Should the process that fills the lists be killed, they are filled anyway."""
    operator.run("load", "schemes/place-level.csv", "places/nuts.csv")
    killed = False
    with operator.start("rebuild") as process:
        while process.poll() is None and not killed:
            killed = any(map(kill, of_role(process.pid, "helper")))
        process.communicate()

    assert (killed, process.returncode) == (True, 0)
    settings = Settings(data=operator.data)
    with wiring.writer(settings) as writer:
        tip, _ = writer.journal.tip()
        reached = writer.index.sequence(), writer.graphs.sequence()
        assert (*reached, writer.catalogue.position().sequence) == (tip, tip, tip)


def test_verify_compares_the_graph_store_if_asked(operator: Operator) -> None:
    """Until it was made there is nothing to compare; then it is as the journal says."""
    operator.run("init")
    assert operator.run("load", "schemes/place-level.csv").returncode == 0

    before = operator.run("verify", "--engine")
    operator.run("rebuild")
    after = operator.run("verify", "--engine")

    assert (before.returncode, after.returncode) == (1, 0)
    assert "No data have been published" in before.stderr
    assert "holds what the journal says" in after.stderr
