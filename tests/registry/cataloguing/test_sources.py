from registry.cataloguing.sources import by_dataset
from registry.ports import File


def test_files_are_told_apart_by_dataset() -> None:
    """Keys may hold dots and extensions may too; what is no dataset's is left out."""
    names = (
        "manifest.json",
        "register.training-centre.csv",
        "register.training-centre.jsonl",
        "registry.nq.gz",
        "registry.sqlite",
        "table.a.b.csv",
        "table.a.b.parquet",
        "table.a.csv",
    )

    found = by_dataset([File(name, 1, "") for name in names])

    assert {key: [file.name for file in files] for key, files in found.items()} == {
        "register.training-centre": [
            "register.training-centre.csv",
            "register.training-centre.jsonl",
        ],
        "registry": ["registry.nq.gz", "registry.sqlite"],
        "table.a.b": ["table.a.b.csv", "table.a.b.parquet"],
        "table.a": ["table.a.csv"],
    }
