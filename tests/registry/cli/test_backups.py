from pathlib import Path

from tests.serving import Operator, free_port


def test_a_backup_of_a_running_server_is_the_same_registry(tmp_path: Path) -> None:
    """It is made beside the server, and restored and rebuilt it is exported alike."""
    operator = Operator(tmp_path / "data", free_port())
    other = Operator(tmp_path / "other", free_port(), operator.base)
    assert operator.run("init").returncode == 0
    assert operator.run("load", "schemes/place-level.csv").returncode == 0

    with operator.serving():
        made = operator.run("backup", str(tmp_path / "copy"))
    restored = other.run("restore", str(tmp_path / "copy"))

    assert (made.returncode, restored.returncode) == (0, 0), restored.stderr
    assert made.stdout == restored.stdout
    assert len(made.stdout) == 65
    assert other.run("verify").returncode == 0
    assert "up to entry 2" in other.run("rebuild").stderr
    assert other.run("export").stdout == operator.run("export").stdout
    names = {path.name for path in (tmp_path / "copy").iterdir()}
    assert names == {"journal.sqlite", "blobs", "manifest.json"}


def test_a_registry_is_not_overwritten(tmp_path: Path) -> None:
    """Nor is a backup put under another base."""
    operator = Operator(tmp_path / "data", free_port())
    other = Operator(tmp_path / "other", free_port(), "http://elsewhere.example/")
    assert operator.run("init").returncode == 0
    assert operator.run("backup", str(tmp_path / "copy")).returncode == 0

    assert operator.run("restore", str(tmp_path / "copy")).returncode == 1
    assert operator.run("backup", str(tmp_path / "copy")).returncode == 1
    refused = other.run("restore", str(tmp_path / "copy"))
    assert refused.returncode == 1
    assert operator.base in refused.stderr
