"""What a folder of datasets declares."""

import json
from pathlib import Path
from typing import Any

import pytest

from registry.errors import Misconfigured
from registry.sources.mapping import mappings

PLACES: dict[str, Any] = {
    "kind": "place",
    "key": "{code}",
    "record": {"type": ["Location"], "name": {"bg": "{name}"}, "note": "{level}"},
    "provenance": {"note": {"en": "{doubt}"}},
    "files": [{"file": "nuts.csv", "level": "nuts"}, {"file": "other.csv"}],
}


def declare(folder: Path, mapping: object) -> None:
    """Writes a folder of datasets with one mapping file and two data files."""
    (folder / "places").mkdir()
    (folder / "datasets.json").write_text('["places/mapping.json"]')
    (folder / "places/mapping.json").write_text(json.dumps(mapping))
    for file in ("nuts.csv", "other.csv"):
        (folder / "places" / file).write_text("code\n")


def test_each_file_gets_the_mapping_with_its_constants(tmp_path: Path) -> None:
    """A constant of a file is no longer asked of its columns."""
    declare(tmp_path, PLACES)

    nuts, other = mappings(tmp_path)

    assert (nuts.file, other.file) == ("places/nuts.csv", "places/other.csv")
    assert nuts.constants == {"level": "nuts"}
    assert set(nuts.needed) == {"name", "code", "doubt"}
    assert set(other.needed) == {"name", "level", "code", "doubt"}
    assert nuts.columns == {"name": ("name",), "note": ("level",)}
    assert nuts.nested is None


@pytest.mark.parametrize(
    "mapping",
    [
        [],
        {**PLACES, "kind": "planet"},
        {**PLACES, "record": {"name": {"$upper": "{name}"}}},
        {**PLACES, "files": [{"file": "missing.csv"}]},
        {**PLACES, "files": ["nuts.csv"]},
        {name: value for name, value in PLACES.items() if name != "key"},
    ],
    ids=["no object", "kind", "operator", "file", "entry", "member"],
)
def test_a_mapping_outside_the_language_is_refused(
    tmp_path: Path, mapping: object
) -> None:
    """The refusal names the mapping file."""
    declare(tmp_path, mapping)

    with pytest.raises(Misconfigured, match=r"places/mapping\.json"):
        mappings(tmp_path)


def test_a_folder_without_its_list_is_refused(tmp_path: Path) -> None:
    """The list of mapping files must be there and be JSON."""
    with pytest.raises(Misconfigured, match=r"datasets\.json"):
        mappings(tmp_path)

    (tmp_path / "datasets.json").write_text("[")

    with pytest.raises(Misconfigured, match=r"datasets\.json"):
        mappings(tmp_path)
