import json
from pathlib import Path

import pytest

from registry.store.columns import FILE, Columns, Table, file_name, read_columns


def test_snapshot_without_columns_has_none(tmp_path: Path) -> None:
    """Snapshots of a store that has none are answered by the engine alone."""
    assert read_columns(tmp_path) is None


def test_columns_are_read_as_they_were_written(tmp_path: Path) -> None:
    """Each table names its file and what its columns hold, in order."""
    columns = {"<http://p>": ["<http://a>"], "<http://q>": None}
    (tmp_path / file_name(3, "json")).write_text(json.dumps(columns))
    held = {"outside": ["<http://r>"], "tables": [3]}
    (tmp_path / FILE).write_text(json.dumps(held))

    expected = Table(str(tmp_path / "columns-3.parquet"), columns)
    assert read_columns(tmp_path) == Columns(frozenset({"<http://r>"}), [expected])


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    """A snapshot that is being removed is not taken for one with fewer tables."""
    (tmp_path / FILE).write_text(json.dumps({"outside": [], "tables": [1]}))

    with pytest.raises(FileNotFoundError):
        read_columns(tmp_path)
