from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from registry.statistics import description
from registry.statistics.description import Data
from registry.statistics.uploads import Asked, check, marked_for, plain
from tests import tables
from tests.versions import IRIS

KEY = "foreign-residents-by-municipality"
HEADER = "time_period,geo,citizen,sex,age,obs_value"
NAMES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "geo": {code: {} for code in ("BG", "BG422", "HKV34", "HKV11")},
    "citizen": {"FOR_STLS": {}, "SY": {"bg": "Сирия", "en": "Syria"}},
    "sex": {"T": {"bg": "общо", "en": "total"}, "F": {}, "M": {}},
    "age": {"TOTAL": {"bg": "общо", "en": "total"}},
    "obs_flag": {"c": {"bg": "поверително", "en": "confidential"}},
}
BROADER = {"geo": {"HKV34": "BG422", "HKV11": "BG422", "BG422": "BG"}}


def asked(**members: object) -> Asked:
    """A check of the table that waits for municipalities."""
    data = Data("ab" * 32, 0, "text/csv", 0, None, None)
    document = description.document_of(tables.defined(KEY).definition, data, IRIS)
    given: dict[str, Any] = {
        "document": document,
        "names": NAMES,
        "headings": {"geo": {"bg": "място", "en": "place"}},
        "broader": BROADER,
        "published": None,
        "part": True,
        "others": {},
        **members,
    }
    return Asked(**given)


def laid(folder: Path, *rows: str, header: str = HEADER) -> Path:
    """A file with these rows."""
    path = folder / "handed-in.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def published(folder: Path, *rows: str) -> str:
    """A Parquet file of what is published."""
    source = laid(folder, *rows, header=f"{HEADER},obs_flag")
    target = folder / "published.parquet"
    duckdb.execute(
        "COPY (SELECT * REPLACE (TRY_CAST(obs_value AS BIGINT) AS obs_value) FROM "
        "read_csv($source, all_varchar = true)) TO $target (FORMAT parquet)",
        {"source": str(source), "target": str(target)},
    )
    return str(target)


def test_headings_and_cells_may_be_names(tmp_path: Path) -> None:
    """What is kept has codes alone."""
    path = laid(
        tmp_path,
        "2024,HKV34,Сирия,общо,total,12",
        header="time_period,Място,citizen – anything,sex,age,obs_value".replace(
            "citizen – anything", "citizen"
        ),
    )

    answer = check(path, asked())

    assert answer.said["findings"] == []
    assert answer.text == f"{HEADER},obs_flag\n2024,HKV34,SY,T,TOTAL,12,\n"
    assert answer.said["extent"] == [1, 0, "2024", "2024"]


def test_other_places_stay_as_they_are(tmp_path: Path) -> None:
    """What they published before is part of the table that comes out."""
    before = published(
        tmp_path, "2024,HKV11,SY,T,TOTAL,40,", "2024,HKV34,SY,T,TOTAL,9,"
    )

    answer = check(laid(tmp_path, "2024,HKV34,SY,T,TOTAL,12"), asked(published=before))

    assert answer.text.splitlines()[1:] == [
        "2024,HKV11,SY,T,TOTAL,40,",
        "2024,HKV34,SY,T,TOTAL,12,",
    ]
    difference = answer.said["difference"]
    assert {k: difference[k] for k in ("added", "changed", "removed", "same")} == {
        "added": 0,
        "changed": 1,
        "removed": 0,
        "same": 1,
    }


@pytest.mark.parametrize("code", ["BG422", "BG"])
def test_a_total_over_places_needs_the_whole_table(tmp_path: Path, code: str) -> None:
    """What stays as it is has been withheld in part, so it cannot be protected."""
    before = published(tmp_path, "2024,HKV11,SY,T,TOTAL,40,")
    path = laid(tmp_path, f"2024,{code},SY,T,TOTAL,52")

    part = check(path, asked(published=before))
    whole = check(path, asked(published=before, part=False))

    assert [f["rule"] for f in part.said["findings"]] == ["part-overlaps"]
    assert whole.said["findings"] == []


def test_another_period_of_a_total_is_no_overlap(tmp_path: Path) -> None:
    """Periods do not add up."""
    before = published(tmp_path, "2023,HKV11,SY,T,TOTAL,40,")

    answer = check(laid(tmp_path, "2024,BG422,SY,T,TOTAL,52"), asked(published=before))

    assert answer.said["findings"] == []


def test_a_column_of_remarks_is_not_read(tmp_path: Path) -> None:
    """Nor is it missed."""
    path = laid(tmp_path, "2024,HKV34,SY,T,TOTAL,12,стара", header=f"{HEADER},грешка")

    assert check(path, asked()).said["findings"] == []


def test_counts_may_be_marked_as_confidential(tmp_path: Path) -> None:
    """In the column of flags, by its name too; they are withheld."""
    path = laid(
        tmp_path,
        "2024,HKV34,FOR_STLS,T,TOTAL,50,поверително",
        header=f"{HEADER},obs_flag",
    )

    answer = check(path, asked())

    assert answer.said["withheld"] == {"primary": 1, "secondary": 0}
    assert answer.text.endswith("2024,HKV34,FOR_STLS,T,TOTAL,,c\n")


def test_files_of_other_tables_are_named(tmp_path: Path) -> None:
    """By all the tables that have just these columns."""
    path = laid(tmp_path, "2024,BG,1", header="time_period,geo,obs_value")
    others = {"people": ("time_period", "geo", "obs_value"), "more": ("geo",)}

    (found,) = check(path, asked(others=others)).said["findings"]

    assert found["rule"] == "other-table"
    assert "people" in found["message"]["bg"]
    assert "more" not in found["message"]["bg"]


def test_text_of_other_encodings_is_written_anew(tmp_path: Path) -> None:
    """Empty rows stay, and cells lose their line ends, so that lines are rows."""
    path = tmp_path / "file"
    path.write_bytes('a;b\r\n\r\n"1\n2";"x""y"\r\n'.encode("utf-16"))

    assert plain(path) == b'"a","b"\n\n"1 2","x""y"\n'
    path.write_bytes(b"a,b\n1,2\n")
    assert plain(path) is None
    marked_for(path, "people")
