from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.ports import TableRow
from registry.statistics.selection import Changes, Slice, Sort
from registry.statistics.slices import Cubes
from tests import tables
from tests.registry.statistics.cubes import SHARES, small, write

STRUCTURE, ROWS = small()
START = ("A", "COMPLET", "TOTAL")
SEXES = {"sex": ("F", "M")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("relations")


@pytest.fixture(scope="module")
def cubes(folder: Path) -> Iterator[Cubes]:
    made = Cubes(folder)
    yield made
    made.close()


def _summed(cubes: Cubes, folder: Path, *rows: TableRow) -> list[TableRow]:
    file = write(folder / f"{abs(hash(rows))}.parquet", STRUCTURE, rows)
    return list(cubes.rows(file, STRUCTURE, Slice(SEXES, summed=("sex",))).rows)


def _cell(sex: str, value: str | None, flag: str | None = None) -> TableRow:
    return (*START, sex, "BG", "2022", value, flag)


@pytest.mark.parametrize(
    ("cells", "value", "flag"),
    [
        ([("F", "1", None), ("M", "2", None)], "3", None),
        ([("F", "0", None), ("M", "0", None)], "0", None),
        ([("F", "1", "ep"), ("M", "2", "bp")], "3", "bep"),
        ([("F", "1", None)], None, "O"),
        ([("F", "1", None), ("M", None, "z")], None, "O"),
        ([("F", "1", None), ("M", None, "c")], None, "c"),
        ([("F", None, "c"), ("M", None, "z")], None, "c"),
        ([("F", "1", "c"), ("M", None, "z")], None, "O"),
    ],
)
def test_sums(
    cubes: Cubes,
    folder: Path,
    cells: list[tuple[str, str | None, str | None]],
    value: str | None,
    flag: str | None,
) -> None:
    """A sum has the flags of its cells, or says why it has no value."""
    found = _summed(cubes, folder, *(_cell(*cell) for cell in cells))

    assert found == [(*START, "_T", "BG", "2022", value, flag)]


def test_sums_are_exact(cubes: Cubes, folder: Path) -> None:
    """Large numbers and decimals are added without loss."""
    large = str(2**62)
    structure = tables.structure(SHARES)
    row = tables.rows(SHARES)[0]
    at = [dimension.id for dimension in structure.dimensions].index("sex")
    rows = [(*row[:at], sex, *row[at + 1 : -2], "0.1", None) for sex in ("F", "M", "T")]
    file = write(folder / "tenths.parquet", structure, rows)

    whole = _summed(cubes, folder, _cell("F", large), _cell("M", large))
    tenths = Slice({"sex": ("F", "M", "T")}, summed=("sex",))

    assert whole[0][-2] == str(2**63)
    assert cubes.rows(file, structure, tenths).rows[0][-2] == "0.3"


def test_changes(cubes: Cubes, folder: Path) -> None:
    """Changes say what happened; what was removed has neither value nor flag."""
    old = write(folder / "old.parquet", STRUCTURE, ROWS)
    new = write(
        folder / "new.parquet",
        STRUCTURE,
        [
            (*ROWS[0][:-2], "18015", None),
            (*ROWS[1][:-2], "0", None),
            ROWS[2],
            (*ROWS[3][:-3], "2020", None, "c"),
        ],
    )
    wanted = Slice(changes=Changes(old), sort=(Sort("obs_value", descending=True),))

    assert cubes.rows(new, STRUCTURE, wanted).rows == [
        (*START, "F", "BG", "2022", "changed", "18015", None),
        (*START, "M", "BG", "2022", "changed", "0", None),
        (*START, "T", "RO", "2020", "added", None, "c"),
        (*START, "T", "RO", "2021", "removed", None, None),
    ]
    assert cubes.rows(new, STRUCTURE, Slice(changes=Changes(new))).rows == []
    assert cubes.count(new, STRUCTURE, Slice({"geo": ("RO",)}, (), Changes(old))) == 2


def test_all_is_added_to_nothing(cubes: Cubes, folder: Path) -> None:
    """Without an older edition everything was added."""
    file = write(folder / "first.parquet", STRUCTURE, ROWS)

    found = cubes.rows(file, STRUCTURE, Slice(changes=Changes(None))).rows

    assert [(*row[:6], *row[7:]) for row in found] == ROWS
    assert {row[6] for row in found} == {"added"}
