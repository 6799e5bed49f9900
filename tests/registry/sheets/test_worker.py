import json
from pathlib import Path

from registry.sandbox import Worker
from registry.sheets.answers import parted
from registry.sheets.worker import serve

MEMORY = 2 * 1024**3


def test_the_sandbox_reads_rows_and_gives_files_back(tmp_path: Path) -> None:
    """Although it may write no file; empty rows are left out."""
    path = tmp_path / "file"
    path.write_text("a,b\n\n1,2\n")
    remarks = [[3, "b", "Not so."]]

    with Worker("registry.sheets.worker:serve", memory=MEMORY) as worker:
        rows = worker.call(
            json.dumps({"task": "rows", "path": str(path)}).encode(), 30.0
        )
        marked = worker.call(
            json.dumps(
                {
                    "task": "mark",
                    "path": str(path),
                    "remarks": remarks,
                    "language": "en",
                }
            ).encode(),
            30.0,
        )

    assert parted(rows) == (
        {"rows": [[1, "a", "b"], [3, "1", "2"]], "findings": []},
        b"",
    )
    said, body = parted(marked)
    assert said == {}
    assert body.decode("utf-8-sig").endswith("1,2,b: Not so.\r\n")


def test_what_cannot_be_read_is_an_answer(tmp_path: Path) -> None:
    """Not a failure of the worker."""
    path = tmp_path / "file"
    path.write_bytes(b"\0\0")

    said, _ = parted(serve(json.dumps({"task": "rows", "path": str(path)}).encode()))

    assert [found["rule"] for found in said["findings"]] == ["not-a-table"]
