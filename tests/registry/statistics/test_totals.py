from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.errors import BadParameter
from registry.language import Text
from registry.ports import TableRow
from registry.statistics.labels import EMPTY, CodeList, Known
from registry.statistics.selection import Slice
from registry.statistics.slices import Cubes
from registry.statistics.structure import Role, Structure
from registry.statistics.totals import totals, whole_of
from tests import tables
from tests.registry.statistics.cubes import AGE_AND_SEX, SHARES, write
from tests.strategies import examples

STRUCTURE = tables.structure(AGE_AND_SEX)
LISTS: Mapping[str, Mapping[str, str]] = {
    "age": {"Y1": "TOTAL", "Y2": "TOTAL", "Y1-2": "TOTAL"},
    "sex": {"F": "T", "M": "T"},
    "geo": {"BG": "EU27_2020", "RO": "EU27_2020", "BG4": "BG", "BG42": "BG4"},
}


def known(
    structure: Structure,
    rows: Sequence[TableRow],
    lists: Mapping[str, Mapping[str, str]] = LISTS,
) -> dict[str, Known]:
    """Returns what is known of the codes of some rows."""
    found = {}
    for position, dimension in enumerate(structure.dimensions):
        broader = lists.get(dimension.id, {})
        occurring = sorted({str(row[position]) for row in rows})
        names: dict[str, Text] = {
            code: {} for code in {*broader, *broader.values(), *occurring}
        }
        codes = CodeList(names, broader, "digest")
        time = dimension.role is Role.TIME
        found[dimension.id] = Known(occurring, EMPTY if time else codes)
    return found


def cell(
    age: str, sex: str, geo: str, year: str, value: str | None, flag: str | None = None
) -> TableRow:
    return ("A", "COMPLET", age, sex, geo, year, value, flag)


def _asked(
    rows: Sequence[TableRow], text: str, **filters: Sequence[str]
) -> tuple[Mapping[str, Sequence[str]], Sequence[str]]:
    found = totals(text, filters, STRUCTURE, known(STRUCTURE, rows))
    return {name: tuple(codes) for name, codes in found.filters.items()}, found.summed


WITH_TOTALS = [cell("TOTAL", sex, "BG", "2022", "1") for sex in ("F", "M", "T")]
PARTS = [cell(age, sex, "BG", "2022", "1") for age in ("Y1", "Y2") for sex in "FM"]


def test_published_total() -> None:
    """Where one code is above all others, its cells are the total."""
    assert _asked(WITH_TOTALS, "sex") == ({"sex": ("T",)}, ())


def test_parts_only() -> None:
    """Where the table has parts only, all of them are added up."""
    assert _asked(PARTS, "sex,age") == (
        {"sex": ("F", "M"), "age": ("Y1", "Y2")},
        ("sex", "age"),
    )


def test_filtered_codes() -> None:
    """With a filter, just its codes are added up, whatever total there is."""
    assert _asked(WITH_TOTALS, "sex", sex=("F", "M")) == (
        {"sex": ("F", "M")},
        ("sex",),
    )


def test_one_code_is_no_sum() -> None:
    """Cells of a single code are answered as they were published."""
    assert _asked(PARTS, "sex,geo", sex=("F",)) == ({"sex": ("F",), "geo": ("BG",)}, ())


def test_no_code() -> None:
    """A filter that leaves no code leaves nothing to add up."""
    assert _asked(PARTS, "geo", geo=()) == ({"geo": ()}, ())


def test_whole_of_several_roots() -> None:
    """Of several codes with nothing above, the whole is one that has others below."""
    broader = {"SUB_PROT": "TOTAL"}
    occurring = ("APP_PENDING", "SUB_PROT", "TOTAL")
    codes = Known(occurring, CodeList({c: {} for c in occurring}, broader, ""))
    age = STRUCTURE.dimensions[2]

    shown = replace(STRUCTURE, default={"age": ("TOTAL",)})
    other = replace(STRUCTURE, default={"age": ("APP_PENDING",)})
    several = replace(STRUCTURE, default={"age": ("TOTAL", "APP_PENDING")})

    assert whole_of(age, shown, codes) == "TOTAL"
    assert whole_of(age, other, codes) is None
    assert whole_of(age, replace(other, threshold=5), codes) == "APP_PENDING"
    assert whole_of(age, several, codes) is None


@pytest.mark.parametrize(
    ("text", "filters", "extra"),
    [
        ("color", {}, {"allowed": [d.id for d in STRUCTURE.dimensions]}),
        ("time_period", {}, {"dimension": "time_period"}),
        ("sex", {"sex": ("F", "T")}, {"dimension": "sex", "codes": ["F", "T"]}),
        (
            "geo",
            {"geo": ("BG42", "BG", "RO")},
            {"dimension": "geo", "codes": ["BG42", "BG"]},
        ),
        (
            "agedef",
            {"agedef": ("COMPLET", "REACH")},
            {"dimension": "agedef", "codes": ["COMPLET", "REACH"]},
        ),
        (
            "age",
            {"age": ("Y1", "Y1-2")},
            {"dimension": "age", "codes": ["Y1", "Y1-2"]},
        ),
    ],
)
def test_refused(
    text: str, filters: Mapping[str, Sequence[str]], extra: Mapping[str, object]
) -> None:
    """What cannot be added up is refused, with the pair that is in the way."""
    with pytest.raises(BadParameter) as refused:
        _asked(PARTS, text, **filters)

    assert refused.value.extra == {"parameter": "totals", **extra}


def test_shares_are_not_added() -> None:
    """Percentages are never added; a published total of them is still a total."""
    structure, rows = tables.structure(SHARES), tables.rows(SHARES)
    lists = {"sex": {"F": "T", "M": "T"}}
    there = known(structure, rows, lists)

    published = totals("sex", {}, structure, there)
    with pytest.raises(BadParameter) as refused:
        totals("sex", {"sex": ("F", "M")}, structure, there)

    assert (published.filters, published.summed) == ({"sex": ("T",)}, ())
    assert refused.value.extra["unit"] == "PC"
    assert "не са брой" in refused.value.detail["bg"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("totals")


@pytest.fixture(scope="module")
def cubes(folder: Path) -> Iterator[Cubes]:
    made = Cubes(folder)
    yield made
    made.close()


def test_ukrainians_by_sex(cubes: Cubes, folder: Path) -> None:
    """Ukrainians who asked for asylum, women and men, come near to their total.

    The source rounds every cell to five. In the years in which it is silent about
    women there is no sum: what it says of men alone is not the total.
    """
    key = "migr-asyappctza"
    structure = tables.structure(key)
    rows = [row for row in tables.rows(key) if row[1] == "UA"]
    file = write(folder / "asylum.parquet", structure, rows)
    there = known(structure, rows)
    rest = {"age": ("TOTAL",), "asyl_app": ("ASY_APP",)}

    whole = Slice({**rest, "sex": ("T",)})
    added = totals("sex", {**rest, "sex": ("F", "M")}, structure, there)
    parts = Slice(added.filters, added.summed)

    published = {r[6]: r[7] for r in cubes.rows(file, structure, whole).rows}
    computed = {r[6]: r[7] for r in cubes.rows(file, structure, parts).rows}
    assert {year: (computed[year], published[year]) for year in computed} == {
        "2009": (None, "10"),
        "2010": (None, "5"),
        "2012": (None, "10"),
        "2014": ("40", "40"),
        "2015": ("65", "65"),
        "2016": ("20", "25"),
    }


_VALUES = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 50), st.sampled_from([None, "p", "e", "ep"])),
    st.just((None, "c")),
    st.just((None, "z")),
)
_CELLS = list(
    product(("Y1", "Y2", "TOTAL"), ("F", "M"), ("BG", "RO"), ("2021", "2022"))
)


@settings(max_examples=examples(60), deadline=None)
@given(
    drawn=st.lists(_VALUES, min_size=len(_CELLS), max_size=len(_CELLS)),
    summed=st.sets(st.sampled_from(["age", "sex", "geo"])),
    ages=st.sampled_from([None, ("Y1", "Y2"), ("Y2",)]),
)
def test_same_as_by_hand(
    cubes: Cubes,
    folder: Path,
    drawn: list[tuple[int | None, str | None] | None],
    summed: set[str],
    ages: tuple[str, ...] | None,
) -> None:
    """Sums are those that anybody makes by hand, and none is made of a part."""
    rows = [
        cell(*codes, None if given[0] is None else str(given[0]), given[1])
        for codes, given in zip(_CELLS, drawn, strict=True)
        if given is not None
    ]
    file = write(folder / f"{abs(hash(tuple(rows)))}.parquet", STRUCTURE, rows)
    given_codes = {} if ages is None else {"age": ages}
    asked = totals(
        ",".join(sorted(summed)) or "freq",
        given_codes,
        STRUCTURE,
        known(STRUCTURE, rows),
    )
    wanted = Slice(asked.filters, asked.summed)

    found = cubes.rows(file, STRUCTURE, wanted).rows

    assert list(found) == _by_hand(rows, asked.filters, asked.summed)
    assert cubes.count(file, STRUCTURE, wanted) == len(found)


def _by_hand(
    rows: Sequence[TableRow],
    filters: Mapping[str, Collection[str]],
    summed: Sequence[str],
) -> list[TableRow]:
    names = [dimension.id for dimension in STRUCTURE.dimensions]
    groups: defaultdict[tuple[str | None, ...], dict[TableRow, TableRow]]
    groups = defaultdict(dict)
    for row in rows:
        codes = dict(zip(names, row, strict=False))
        if all(codes[name] in wanted for name, wanted in filters.items()):
            key = tuple("_T" if n in summed else codes[n] for n in names)
            groups[key][row[:6]] = row
    if not summed:
        return sorted((row for g in groups.values() for row in g.values()), key=str)
    return [
        (*key, *_sum(list(cells.values()), filters, summed))
        for key, cells in sorted(groups.items(), key=str)
    ]


def _sum(
    cells: Sequence[TableRow],
    filters: Mapping[str, Collection[str]],
    summed: Sequence[str],
) -> tuple[str | None, str | None]:
    needed = len(list(product(*(filters[name] for name in summed))))
    values = [row[-2] for row in cells]
    if len(cells) == needed and None not in values:
        letters = {letter for row in cells for letter in row[-1] or ""}
        return str(sum(map(int, values))), "".join(sorted(letters)) or None  # type: ignore[arg-type]
    withheld = any(row[-2:] == (None, "c") for row in cells)
    return None, "c" if withheld else "O"
