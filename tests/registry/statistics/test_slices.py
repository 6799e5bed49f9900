import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.errors import BadParameter, QueryTimeout, ResultTooLarge
from registry.statistics.selection import Slice, Sort
from registry.statistics.slices import Cubes, Difference, Page
from registry.statistics.structure import Structure
from tests import tables
from tests.registry.statistics.cubes import AGE_AND_SEX, SHARES, small, write
from tests.strategies import examples

STRUCTURE = tables.structure(AGE_AND_SEX)
TOTALS = {"agedef": ("COMPLET",), "age": ("TOTAL",), "sex": ("T",), "geo": ("BG",)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


@pytest.fixture(scope="module")
def cubes(folder: Path) -> Iterator[Cubes]:
    made = Cubes(folder)
    yield made
    made.close()


@pytest.fixture(scope="module")
def real(folder: Path) -> Path:
    return write(folder / "real.parquet", STRUCTURE, tables.rows(AGE_AND_SEX))


def test_whole_table(cubes: Cubes, real: Path) -> None:
    """Without filters a slice is the whole table, as it was handed in."""
    batches = list(cubes.batches(real, STRUCTURE, Slice()))

    assert [row for batch in batches for row in batch] == list(tables.rows(AGE_AND_SEX))
    assert len(batches) > 1
    assert cubes.size(real, STRUCTURE) == len(tables.rows(AGE_AND_SEX))


def test_filters(cubes: Cubes, real: Path) -> None:
    """Every filter holds: the 40,619 immigrants of 2022 are one cell."""
    wanted = Slice({**TOTALS, "time_period": ("2022",)})

    assert cubes.rows(real, STRUCTURE, wanted) == Page(
        [("A", "COMPLET", "TOTAL", "T", "BG", "2022", "40619", None)], None
    )


def test_code_that_does_not_occur(cubes: Cubes, real: Path) -> None:
    """A code without observations has none, alone or among others."""
    none, one = Slice({"geo": ("FR",)}), Slice({**TOTALS, "geo": ("FR", "BG")})

    assert cubes.rows(real, STRUCTURE, none).rows == []
    assert cubes.count(real, STRUCTURE, none) == 0
    assert cubes.count(real, STRUCTURE, one) == cubes.count(
        real, STRUCTURE, Slice(TOTALS)
    )


def test_sort(cubes: Cubes, real: Path) -> None:
    """Values sort as numbers, and the codes decide between equal ones."""
    wanted = Slice(TOTALS, sort=(Sort("obs_value", descending=True),), limit=3)

    rows = cubes.rows(real, STRUCTURE, wanted).rows

    assert [(row[5], row[6]) for row in rows] == [
        ("2022", "40619"),
        ("2021", "39461"),
        ("2019", "37929"),
    ]


_COLUMNS = st.lists(
    st.builds(Sort, st.sampled_from(STRUCTURE.columns), st.booleans()),
    max_size=4,
    unique_by=lambda sort: sort.column,
)


@pytest.fixture(scope="module")
def ragged(folder: Path) -> Path:
    """A file with missing values, zeros, flags and ties."""
    rows = [
        ("A", "COMPLET", "TOTAL", sex, geo, str(year), value, flag)
        for sex in ("F", "M")
        for geo in ("BG", "RO")
        for year, value, flag in (
            (2019, "5", None),
            (2020, None, "c"),
            (2021, "-5", "p"),
            (2022, "0", None),
            (2023, "5", "p"),
            (2024, None, "p"),
        )
    ]
    return write(folder / "ragged.parquet", STRUCTURE, rows)


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sort=_COLUMNS, limit=st.integers(1, 9))
def test_pages(cubes: Cubes, ragged: Path, sort: list[Sort], limit: int) -> None:
    """Page by page, in any order, every row is met once and in its place."""
    wanted = Slice(sort=tuple(sort))
    whole = cubes.rows(ragged, STRUCTURE, wanted).rows

    page = cubes.rows(ragged, STRUCTURE, replace(wanted, limit=limit))
    seen = list(page.rows)
    while page.next:
        page = cubes.rows(
            ragged, STRUCTURE, replace(wanted, limit=limit, after=page.next)
        )
        seen += page.rows

    assert len(whole) == 24
    assert seen == list(whole)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "Жж",
        "bnVsbA",  # null
        "W10",  # []
        "WyJBIl0",  # ["A"], too short
        "WyJBIiwiWCIsIlgiLCJYIiwiWCIsIlgiXQ",  # codes that do not occur
    ],
)
def test_foreign_cursor(cubes: Cubes, real: Path, cursor: str) -> None:
    """A cursor that is not one of the slice is refused."""
    with pytest.raises(BadParameter) as refused:
        cubes.rows(real, STRUCTURE, Slice(after=cursor, limit=5))

    assert refused.value.extra == {"parameter": "after"}


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1; DROP TABLE t0"])
def test_foreign_value_in_a_cursor(cubes: Cubes, real: Path, value: str) -> None:
    """A value in a cursor has to be a number."""
    place = [value, "A", "COMPLET", "TOTAL", "T", "BG", "2022"]
    cursor = urlsafe_b64encode(json.dumps(place).encode()).decode()

    with pytest.raises(BadParameter):
        cubes.rows(
            real, STRUCTURE, Slice(sort=(Sort("obs_value"),), after=cursor, limit=5)
        )


def test_hostile_code(cubes: Cubes, real: Path) -> None:
    """A code is a value and never a part of the query."""
    wanted = Slice({"geo": ("BG') OR ('1'='1",)})

    assert cubes.rows(real, STRUCTURE, wanted).rows == []


def test_decimals_stay_exact(cubes: Cubes, folder: Path) -> None:
    """Decimals come as they were written, without digits that nobody wrote."""
    structure = tables.structure(SHARES)
    file = write(folder / "shares.parquet", structure, tables.rows(SHARES))

    rows = cubes.rows(file, structure, Slice()).rows

    assert {row[-2 if structure.flags else -1] for row in rows} == {
        row[-2 if structure.flags else -1] for row in tables.rows(SHARES)
    }


def test_missing_is_not_zero(cubes: Cubes, folder: Path) -> None:
    """A gap stays without value, and a zero is a zero."""
    structure, rows = small()
    file = write(folder / "small.parquet", structure, rows)

    assert cubes.rows(file, structure, Slice()).rows == rows


def test_empty_table(cubes: Cubes, folder: Path) -> None:
    """A table without rows has empty slices."""
    file = write(folder / "empty.parquet", STRUCTURE, [])

    assert cubes.rows(file, STRUCTURE, Slice(limit=5)) == Page([], None)
    assert cubes.dimension_values(file, STRUCTURE, "geo") == {}
    assert list(cubes.batches(file, STRUCTURE, Slice())) == []


def test_dimension_values(cubes: Cubes, real: Path) -> None:
    """The codes of a dimension come sorted, with how often they occur."""
    rows = tables.rows(AGE_AND_SEX)

    values = cubes.dimension_values(real, STRUCTURE, "geo")

    assert list(values) == ["BG", "EL", "EU27_2020", "RO"]
    assert sum(values.values()) == len(rows)
    assert values["RO"] == sum(row[4] == "RO" for row in rows)


def test_observation(cubes: Cubes, real: Path) -> None:
    """An observation is found by all its codes, and by nothing less."""
    codes = ("A", "COMPLET", "TOTAL", "T", "BG", "2022")

    assert cubes.observation(real, STRUCTURE, codes) == (*codes, "40619", None)
    assert cubes.observation(real, STRUCTURE, codes[:-1]) is None
    assert cubes.observation(real, STRUCTURE, (*codes[:-1], "1066")) is None


@pytest.fixture(scope="module")
def editions(folder: Path) -> tuple[Path, Path, Structure]:
    structure, rows = small()
    old = write(folder / "old.parquet", structure, rows)
    changed = [
        (*rows[0][:-2], "18015", None),
        (*rows[1][:-2], "0", None),
        rows[2],
        (*rows[3][:-3], "2020", None, "c"),
    ]
    return old, write(folder / "new.parquet", structure, changed), structure


def test_differences(cubes: Cubes, editions: tuple[Path, Path, Structure]) -> None:
    """Added, removed and changed observations are found, flags included."""
    start = ("A", "COMPLET", "TOTAL")

    assert list(cubes.differences(*editions)) == [
        Difference((*start, "F", "BG", "2022"), ("18014", None), ("18015", None)),
        Difference((*start, "M", "BG", "2022"), ("0", "p"), ("0", None)),
        Difference((*start, "T", "RO", "2020"), None, (None, "c")),
        Difference((*start, "T", "RO", "2021"), (None, "c"), None),
    ]
    assert [difference.kind for difference in cubes.differences(*editions)] == [
        "changed",
        "changed",
        "added",
        "removed",
    ]


def test_parquet(cubes: Cubes, real: Path, tmp_path: Path) -> None:
    """A slice as Parquet has the same rows and columns, and its metadata."""
    body = cubes.parquet(real, STRUCTURE, Slice(TOTALS), {"title": "it's „това“"})

    file = tmp_path / "slice.parquet"
    file.write_bytes(body)
    with duckdb.connect() as engine:
        found = engine.read_parquet(str(file))
        columns, rows = found.columns, found.fetchall()
        metadata = engine.execute(
            "SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)", [str(file)]
        ).fetchall()
    assert columns == list(STRUCTURE.columns)
    assert [(*row[:-2], str(row[-2]), row[-1]) for row in rows] == cubes.rows(
        real, STRUCTURE, Slice(TOTALS)
    ).rows
    assert metadata == [("title", "it's „това“")]
    assert body == cubes.parquet(
        real, STRUCTURE, Slice(TOTALS), {"title": "it's „това“"}
    )


def test_what_is_let_go_is_read_again(folder: Path, real: Path, ragged: Path) -> None:
    """Memory holds few tables; who still reads one that is let go reads on."""
    cubes = Cubes(folder, held=10)
    reading = cubes.batches(real, STRUCTURE, Slice())
    first = next(reading)

    other = cubes.rows(ragged, STRUCTURE, Slice()).rows
    rest = [row for batch in reading for row in batch]
    again = cubes.rows(real, STRUCTURE, Slice(TOTALS)).rows
    cubes.close()

    assert len(other) == 24
    assert [*first, *rest] == list(tables.rows(AGE_AND_SEX))
    assert len(again) == 12


def test_many_readers(folder: Path, real: Path) -> None:
    """Threads read at the same time, each with a connection of its own."""
    cubes = Cubes(folder)
    found: list[int] = []
    threads = [
        Thread(
            target=lambda: found.append(
                len(cubes.rows(real, STRUCTURE, Slice(TOTALS)).rows)
            )
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cubes.close()

    assert found == [12] * 8


def test_nothing_else_is_opened(folder: Path, tmp_path: Path) -> None:
    """The engine opens no file outside its folders."""
    outside = write(tmp_path / "outside.parquet", STRUCTURE, [])
    cubes = Cubes(folder)

    with pytest.raises(duckdb.PermissionException):
        cubes.size(outside, STRUCTURE)
    cubes.close()


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sort=_COLUMNS, limit=st.integers(1, 3))
def test_pages_of_sums(
    cubes: Cubes, ragged: Path, sort: list[Sort], limit: int
) -> None:
    """Sums come in pages too, in any order, those without value last."""
    filters = {"geo": ("BG", "RO")}
    wanted = Slice(filters, ("geo",), sort=tuple(sort))
    whole = cubes.rows(ragged, STRUCTURE, wanted).rows

    page = cubes.rows(ragged, STRUCTURE, replace(wanted, limit=limit))
    seen = list(page.rows)
    while page.next:
        page = cubes.rows(
            ragged, STRUCTURE, replace(wanted, limit=limit, after=page.next)
        )
        seen += page.rows

    assert len(whole) == cubes.count(ragged, STRUCTURE, wanted) == 12
    assert seen == list(whole)


def test_parquet_of_a_page(cubes: Cubes, real: Path, tmp_path: Path) -> None:
    """A page of sums as Parquet has its rows, with the table's kind of numbers."""
    filters = {**TOTALS, "sex": ("F", "M"), "time_period": ("2021", "2022")}
    wanted = Slice(filters, ("sex",), limit=1)

    file = tmp_path / "page.parquet"
    file.write_bytes(cubes.parquet(real, STRUCTURE, wanted, {}))

    with duckdb.connect() as engine:
        found = engine.read_parquet(str(file))
        assert found.types[-2] == "BIGINT"
        assert [(*r[:-2], str(r[-2]), r[-1]) for r in found.fetchall()] == list(
            cubes.rows(real, STRUCTURE, wanted).rows
        )


def test_deadline(folder: Path, real: Path) -> None:
    """A slice that takes too long is stopped, however it is read."""
    cubes = Cubes(folder, deadline=1e-9)

    with pytest.raises(QueryTimeout):
        cubes.rows(real, STRUCTURE, Slice())
    with pytest.raises(QueryTimeout):
        list(cubes.batches(real, STRUCTURE, Slice()))
    with pytest.raises(QueryTimeout):
        cubes.parquet(real, STRUCTURE, Slice(), {})
    cubes.close()


def test_memory_is_capped(folder: Path, real: Path) -> None:
    """A slice that needs too much memory is refused, with the limit."""
    cubes = Cubes(folder, memory=100_000)

    with pytest.raises(ResultTooLarge) as refused:
        cubes.size(real, STRUCTURE)
    cubes.close()

    assert refused.value.extra == {"limit": 100_000}
