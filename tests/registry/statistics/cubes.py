"""Real tables as Parquet files, for tests of slices and of their formats."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from registry.iris import RecordId
from registry.language import Text
from registry.ports import TableRow
from registry.statistics.labels import EMPTY, Caption, CodeList
from registry.statistics.structure import VALUE, Role, Structure
from tests import tables
from tests.versions import IRIS

AGE_AND_SEX = "migr-imm8"
"""Immigration by age and sex: whole numbers, with flags."""

SHARES = "demo-poppcctb"
"""Shares of the population: decimals."""


def write(path: Path, structure: Structure, rows: Sequence[TableRow]) -> Path:
    """Writes rows as the Parquet file of a table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = "BIGINT" if structure.integer else "DECIMAL(18, 6)"
    columns = ", ".join(f'"{name}" VARCHAR' for name in structure.columns)
    marks = ", ".join("?" for _ in structure.columns)
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE cells ({columns})")
        if rows:
            engine.executemany(f"INSERT INTO cells VALUES ({marks})", rows)  # noqa: S608
        engine.execute(
            f"COPY (SELECT * REPLACE (CAST({VALUE} AS {kind}) AS {VALUE}) "  # noqa: S608
            "FROM cells ORDER BY ALL) TO $path (FORMAT parquet)",
            {"path": str(path)},
        )
    return path


def caption(
    structure: Structure, names: Mapping[str, CodeList] | None = None
) -> Caption:
    """Returns a caption in which every text tells where it stands."""
    columns: dict[str, Text] = {
        name: {"bg": f"{name} бг", "en": f"{name} en"} for name in structure.columns
    }
    return Caption(
        iri=IRIS.thing(RecordId("table", structure.key)),
        version=3,
        modified=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
        title={"bg": "Заглавие", "en": "Title"},
        description={"bg": "Описание", "en": "Description"},
        publisher={"bg": "Издател", "en": "Publisher"},
        licence={"bg": "Лиценз", "en": "Licence"},
        note={"en": "Note"},
        sources=["https://source.example/a", "https://source.example/b"],
        columns=columns,
        codes=names or named(structure),
        flags={"p": {"bg": "предварителна", "en": "provisional"}},
        unit=("NR", {"bg": "брой", "en": "number"}),
    )


def named(structure: Structure) -> Mapping[str, CodeList]:
    """Returns code lists in which a few codes have names."""
    names: Mapping[str, Text] = {
        "BG": {"bg": "България", "en": "Bulgaria"},
        "RO": {"bg": "Румъния", "en": "Romania, the country"},
        "T": {"bg": "общо", "en": "total"},
        "F": {"bg": "=жени", "en": "=women"},
        "M": {"en": "men"},
    }
    return {
        dimension.id: EMPTY
        if dimension.role is Role.TIME
        else CodeList(names, {}, "digest")
        for dimension in structure.dimensions
    }


def small(structure_key: str = AGE_AND_SEX) -> tuple[Structure, list[TableRow]]:
    """Returns four rows of a real table's structure: a flag, a gap, a zero."""
    structure = tables.structure(structure_key)
    start = ("A", "COMPLET", "TOTAL")
    rows: list[TableRow] = [
        (*start, "F", "BG", "2022", "18014", None),
        (*start, "M", "BG", "2022", "0", "p"),
        (*start, "T", "BG", "2022", "40619", None),
        (*start, "T", "RO", "2021", None, "c"),
    ]
    return structure, rows
