import json
from pathlib import Path

from registry.dumping import manifest
from registry.dumping.files import Written
from registry.dumping.manifest import Manifest
from registry.ports import File

MANIFEST = Manifest(
    base="http://registry.example/",
    sequence=7,
    hash="ab" * 32,
    files=(Written(File("register.course.csv", 12, "cd" * 32), 3),),
)


def test_a_manifest_says_how_to_get_and_check_each_file(tmp_path: Path) -> None:
    """Whoever has it needs nothing else to mirror a dump."""
    manifest.write(MANIFEST, tmp_path)

    assert json.loads((tmp_path / "manifest.json").read_bytes()) == {
        "base": "http://registry.example/",
        "sequence": 7,
        "hash": "ab" * 32,
        "files": [
            {
                "name": "register.course.csv",
                "url": "http://registry.example/dump/register.course.csv",
                "mediaType": "text/csv",
                "size": 12,
                "sha256": "cd" * 32,
                "rows": 3,
            }
        ],
    }


def test_a_manifest_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Nothing is lost on the way."""
    manifest.write(MANIFEST, tmp_path)

    assert manifest.read(tmp_path) == MANIFEST
