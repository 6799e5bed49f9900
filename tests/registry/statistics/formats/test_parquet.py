import json

from registry.statistics.formats.json_rows import about
from registry.statistics.formats.parquet import metadata
from tests.registry.statistics.cubes import caption, small

STRUCTURE, _ = small()


def test_metadata() -> None:
    """All that is said around the figures is in the file too."""
    found = metadata(caption(STRUCTURE), STRUCTURE)

    assert found["table"] == "http://registry.example/id/table/migr-imm8"
    assert json.loads(found["title"]) == {"bg": "Заглавие", "en": "Title"}
    assert found.keys() == about(caption(STRUCTURE), STRUCTURE).keys()
