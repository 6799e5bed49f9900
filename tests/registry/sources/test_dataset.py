"""Dataset files as records."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from registry.iris import Iris, RecordId
from registry.ports import Dataset, Row, RowError
from registry.record import Provenance, Source
from registry.sources.dataset import datasets

IRIS = Iris("http://registry.example/")
PLACES: Mapping[str, Any] = {
    "kind": "place",
    "key": "{code}",
    "record": {
        "type": ["Location"],
        "name": {"bg": "{name}"},
        "sameAs": [{"$url": "{same_as}"}],
    },
    "provenance": {
        "sources": [
            {"iri": {"$url": "{source}"}, "issued": {"$date": "{read}"}},
            {"$each": "more", "$by": " ", "iri": {"$url": "{}"}},
        ],
        "nameSeenIn": {"$each": "seen", "$text": "{}"},
        "note": {"en": "{doubt}"},
    },
    "files": [{"file": "places.csv"}],
}
HEADER = "code,name,same_as,source,read,more,seen,doubt\n"
SCHEME: Mapping[str, Any] = {
    "kind": "scheme",
    "key": "{scheme}",
    "record": {"type": ["ConceptScheme"], "title": {"en": "{title}"}},
    "rows": {"concepts": {"id": "#{code}", "type": ["Concept"], "notation": "{code}"}},
    "provenance": {"sources": [{"iri": {"$url": "{source}"}}]},
    "files": [
        {
            "file": "sex.csv",
            "scheme": "sex",
            "title": "Sex",
            "source": "https://example.org/",
        }
    ],
}


def dataset(folder: Path, mapping: Mapping[str, Any], text: str) -> Dataset:
    """Returns the only dataset of a folder with this mapping and file."""
    (folder / "datasets.json").write_text('["mapping.json"]')
    (folder / "mapping.json").write_text(json.dumps(mapping))
    (folder / mapping["files"][0]["file"]).write_text(text, encoding="utf-8")
    (found,) = datasets(folder, IRIS)
    return found


def reports(found: Dataset) -> list[tuple[int, str, str, str]]:
    """Returns line, column, value and rule of every error of the file."""
    return [
        (row.line, row.column, row.value, row.rule)
        for row in found.rows()
        if isinstance(row, RowError)
    ]


def test_a_row_becomes_a_record(tmp_path: Path) -> None:
    """A row gives the document, where it comes from, and how it was filled."""
    cells = (
        "BG422,Хасково,http://data.europa.eu/nuts/code/BG422,"
        "https://example.org/a,2024-05,https://example.org/b https://example.org/c,"
        "bg;en,Check it."
    )
    found = dataset(tmp_path, PLACES, f"{HEADER}{cells}\n")

    assert list(found.rows()) == [
        Row(
            line=2,
            record=RecordId("place", "bg422"),
            document={
                "id": "http://registry.example/id/place/bg422",
                "type": ["Location"],
                "name": {"bg": "Хасково"},
                "sameAs": ["http://data.europa.eu/nuts/code/BG422"],
            },
            provenance=Provenance(
                sources=(
                    Source("https://example.org/a", "2024-05"),
                    Source("https://example.org/b"),
                    Source("https://example.org/c"),
                ),
                name_seen_in=("bg", "en"),
                note={"en": "Check it."},
            ),
            cells=dict(zip(HEADER.strip().split(","), cells.split(","), strict=True)),
            columns={"name": ("name",), "sameAs": ("same_as",)},
        )
    ]


def test_what_a_row_leaves_empty_is_not_said(tmp_path: Path) -> None:
    """An empty cell leaves no trace in document or provenance."""
    found = dataset(tmp_path, PLACES, f"{HEADER}bg,,,,,,,\n")

    (row,) = found.rows()

    assert isinstance(row, Row)
    assert row.document == {
        "id": "http://registry.example/id/place/bg",
        "type": ["Location"],
    }
    assert row.provenance == Provenance()


def test_rows_that_break_a_rule_are_reported_and_the_rest_is_read(
    tmp_path: Path,
) -> None:
    """Every report has line, column, value and rule; good rows still come."""
    found = dataset(
        tmp_path,
        PLACES,
        HEADER
        + "bg,България,,,,,,\n"
        + ",Никъде,,,,,,\n"
        + "Стара Загора,Стара Загора,,,,,,\n"
        + "BG,Пак България,,,,,,\n"
        + "bg3,Север,www.example.org,,,,,\n"
        + "bg4,Юг,,https://example.org/,вчера,,,\n"
        + "bg42,Юг,,,,,bg;,\n"
        + "bg422\n"
        + "bg41,Запад,,,,,,\n",
    )

    assert reports(found) == [
        (3, "code", "", "empty-key"),
        (4, "code", "Стара Загора", "bad-key"),
        (5, "code", "BG", "duplicate-key"),
        (6, "same_as", "www.example.org", "bad-address"),
        (7, "read", "вчера", "bad-date"),
        (8, "seen", "bg;", "empty-part"),
        (9, "", "bg422", "row-width"),
    ]
    assert [row.record.key for row in found.rows() if isinstance(row, Row)] == [
        "bg",
        "bg41",
    ]
    assert len(found) == 9


def test_a_repeated_key_names_the_line_of_the_first(tmp_path: Path) -> None:
    """Whoever mends the file need not search for the other row."""
    found = dataset(tmp_path, PLACES, f"{HEADER}bg,,,,,,,\nBG,,,,,,,\n")

    *_, report = found.rows()

    assert isinstance(report, RowError)
    assert report.file == "places.csv"
    assert report.message["en"].startswith("The same key stands in line 2;")
    assert report.message["bg"].startswith("Същият ключ стои и на ред 2;")


def test_a_file_without_a_needed_column_gives_no_record(tmp_path: Path) -> None:
    """Each column that is missing is named."""
    found = dataset(tmp_path, PLACES, "code,name,same_as,read,more,seen\nbg,,,,,\n")

    assert reports(found) == [
        (1, "source", "", "missing-column"),
        (1, "doubt", "", "missing-column"),
    ]
    assert len(list(found.rows())) == 2


def test_all_rows_of_a_code_list_make_one_record(tmp_path: Path) -> None:
    """The rows are nested in the record, which the mapping file describes."""
    found = dataset(tmp_path, SCHEME, "code\nF\nM 1\n")
    scheme = "http://registry.example/id/scheme/sex"

    assert list(found.rows()) == [
        Row(
            line=1,
            record=RecordId("scheme", "sex"),
            document={
                "id": scheme,
                "type": ["ConceptScheme"],
                "title": {"en": "Sex"},
                "concepts": [
                    {"id": f"{scheme}#F", "type": ["Concept"], "notation": "F"},
                    {"id": f"{scheme}#M-1", "type": ["Concept"], "notation": "M 1"},
                ],
            },
            provenance=Provenance(sources=(Source("https://example.org/"),)),
            cells={},
            columns={
                "title": ("title",),
                "concepts": ("code",),
                "notation": ("code",),
            },
        )
    ]
    assert len(found) == 1


def test_a_code_list_with_a_bad_row_gives_no_record(tmp_path: Path) -> None:
    """Half a code list is worse than none, so only the errors come."""
    found = dataset(tmp_path, SCHEME, 'code,extra\n"",x\nM+\nM+,x\nM-,x\n')

    assert reports(found) == [
        (2, "code", "", "empty-key"),
        (3, "", "M+", "row-width"),
        (5, "code", "M-", "duplicate-key"),
    ]
    assert all(isinstance(row, RowError) for row in found.rows())


def test_a_bad_constant_of_the_mapping_is_reported_too(tmp_path: Path) -> None:
    """What the mapping file says of a code list keeps to the same rules."""
    described = {**SCHEME["files"][0], "source": "example.org"}
    found = dataset(tmp_path, {**SCHEME, "files": [described]}, "code\nF\n")

    assert reports(found) == [(1, "source", "example.org", "bad-address")]


def test_a_file_can_be_read_again(tmp_path: Path) -> None:
    """Each reading starts from the first row."""
    found = dataset(tmp_path, PLACES, f"{HEADER}bg,,,,,,,\n")

    assert list(found.rows()) == list(found.rows())
    assert found.name == "places.csv"
    assert found.path == tmp_path / "places.csv"
