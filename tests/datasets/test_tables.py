"""The statistical tables that a new registry starts from."""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from registry.iris import Iris
from registry.ports import Row
from registry.sources.dataset import datasets
from registry.statistics import definition, description
from registry.statistics.definition import COMPONENTS, Definition, Edition
from registry.statistics.structure import CODE, FLAG, VALUE, Period, Role

FOLDER = Path(__file__).parents[2] / "datasets"
TABLES = FOLDER / "tables"
IRIS = Iris("http://registry.example/")

COUNTS = {
    "demo-poppcctb": 174,
    "demo-poppcctz": 210,
    "edat-lfs-9911": 57,
    "edat-lfs-9912": 4369,
    "hlth-silc-24": 1190,
    "ilc-di15": 156,
    "lfsa-egan": 517,
    "lfsa-ergan": 612,
    "lfsa-ergan-y20-64": 259,
    "lfsa-pganws": 141,
    "lfsa-ugan": 443,
    "lfsa-urgan": 564,
    "lfsa-urgan-filtered": 238,
    "lfsq-ugan": 709,
    "migr-asyappctza": 3752,
    "migr-asyappctza-totals": 102,
    "migr-asyctzm": 475,
    "migr-asydcfsta": 54,
    "migr-asydcfstq": 454,
    "migr-asydctzm": 3110,
    "migr-asydctzy": 563,
    "migr-asypenctzm": 637,
    "migr-asytpfm": 53,
    "migr-asytpsm": 111,
    "migr-asytpsm-total": 53,
    "migr-eiord": 845,
    "migr-eipre": 853,
    "migr-eipre-reason": 274,
    "migr-eirfs": 868,
    "migr-eirfs-totals": 40,
    "migr-eirtn": 845,
    "migr-imm1ctz": 3270,
    "migr-imm8": 6763,
    "migr-pop1ctz": 1525,
    "migr-pop1ctz-age": 1983,
    "migr-resfirst": 20,
    "migr-resvalid": 2152,
    "migr-resvalid-reason": 241,
    "nsi-external-migration-age-citizenship": 320,
    "sar-aida-asylum": 132,
    "tps00170": 47,
    "tps00171": 156,
    "tps00176": 90,
    "tps00177": 90,
    "undesa-stock-2020": 63,
    "undesa-stock-origin-2019": 1229,
    "unhcr-asylum-applications": 750,
    "unhcr-asylum-decisions": 1950,
    "unhcr-demographics": 1035,
    "unhcr-flows": 748,
    "unhcr-population": 3447,
    "unhcr-solutions": 66,
}
"""How many observations the publishers' tables have here."""

REVISED = "asylum-applicants-bulgaria"
TEMPLATE = "foreign-residents-by-municipality"
KEYS = sorted({*COUNTS, REVISED, TEMPLATE})
"""The tables whose figures stand in files."""
DERIVED = "asylum-applicants-per-thousand-residents"
"""The one table whose figures are worked out of others."""

DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)([.][0-9]+)?\Z")
PERIODS = {
    Period.YEAR: re.compile(r"[0-9]{4}\Z"),
    Period.QUARTER: re.compile(r"[0-9]{4}-Q[1-4]\Z"),
    Period.MONTH: re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z"),
}


@cache
def table(key: str) -> Definition:
    """Returns the description of a table."""
    return definition.read(TABLES / f"{key}.json", TABLES / COMPONENTS).definition


def header(edition: Edition) -> Sequence[str]:
    """Returns the columns of an edition."""
    with (TABLES / edition.file).open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


@cache
def observations(file: str) -> Sequence[Mapping[str, str]]:
    """Returns the rows of a file."""
    with (TABLES / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def every_row(key: str) -> Sequence[Mapping[str, str]]:
    """Returns the rows of all editions of a table."""
    editions = table(key).editions
    return [row for edition in editions for row in observations(edition.file)]


def selected(key: str, **codes: str) -> Sequence[str]:
    """Returns the values with these codes in the newest edition of a table."""
    return [
        row[VALUE]
        for row in observations(table(key).editions[-1].file)
        if all(row[column] == code for column, code in codes.items())
    ]


@cache
def records() -> Mapping[str, Row]:
    """Returns the rows of the code lists and places, by `kind/key`."""
    return {
        str(row.record): row
        for dataset in datasets(FOLDER, IRIS)
        if dataset.name.startswith(("schemes/", "places/"))
        for row in dataset.rows()
        if isinstance(row, Row)
    }


@cache
def codes_of(scheme: str) -> Mapping[str, Mapping[str, str]]:
    """Returns the codes of a list with their labels."""
    concepts: Any = records()[f"scheme/{scheme}"].document["concepts"]
    return {concept["notation"]: concept.get("name", {}) for concept in concepts}


@cache
def areas() -> set[str]:
    """Returns the codes of the places that are no settlements."""
    places: Any = (row.document for name, row in records().items() if "place/" in name)
    return {place["notation"] for place in places if "notation" in place}


def test_every_table_has_its_files_and_no_file_is_forgotten() -> None:
    """A description and the file of each of its editions, and nothing else.

    A derived table has no file.
    """
    described = {path.stem for path in TABLES.glob("*.json")} - {"components"}
    files = [edition.file for key in KEYS for edition in table(key).editions]

    assert sorted(described) == sorted([*KEYS, DERIVED])
    assert sorted(files) == sorted(path.name for path in TABLES.glob("*.csv"))


def test_no_observation_and_no_flag_is_lost() -> None:
    """All 48,805 observations of the facts are here, with their 6,402 flags."""
    rows = [row for key in COUNTS for row in every_row(key)]

    assert {key: len(every_row(key)) for key in COUNTS} == COUNTS
    assert len(rows) == 48_805
    assert Counter(row.get(FLAG, "") for row in rows) == {
        "": 42403,
        "p": 3829,
        "b": 952,
        "u": 524,
        "e": 393,
        "bp": 319,
        "bep": 126,
        "bu": 70,
        "ep": 64,
        "B": 63,
        "d": 60,
        "bd": 2,
    }


@pytest.mark.parametrize("key", [*KEYS, DERIVED])
def test_a_description_is_complete(key: str) -> None:
    """Title and description in both languages, a key, a publisher and terms."""
    given = table(key)

    assert given.key == key
    assert (set(given.title), set(given.description)) == ({"bg", "en"}, {"bg", "en"})
    assert all([*given.title.values(), *given.description.values()])
    assert set(given.licence.statement) == {"bg", "en"}
    assert given.unit in codes_of("unit")
    assert given.frequency in codes_of("frequency")
    if given.publisher.institution is not None:
        institutions = (FOLDER / "institutions/institutions.csv").read_text("utf-8")
        assert f"\n{given.publisher.institution}," in institutions


@pytest.mark.parametrize("key", sorted({*COUNTS, REVISED}))
def test_an_edition_says_where_it_was_read(key: str) -> None:
    """Whoever doubts a figure finds the page, the copy and its date."""
    for edition in table(key).editions:
        assert edition.sources
        assert edition.extracted
        assert edition.note["en"]
        given = [edition.repository, edition.path, edition.commit]
        assert all(given) or (not any(given) and edition.issued)


@pytest.mark.parametrize("key", KEYS)
def test_the_columns_of_a_file_are_those_of_its_structure(key: str) -> None:
    """Dimensions in their order, the value, and flags if there are any.

    A table with a threshold is published with flags, which say what is withheld;
    whoever hands in figures need not give any.
    """
    structure = description.structure(table(key), IRIS)
    columns = [c for c in structure.columns if structure.threshold is None or c != FLAG]

    for edition in table(key).editions:
        assert header(edition) == columns
    flagged = any(row.get(FLAG) for row in every_row(key))
    assert structure.flags == (flagged or structure.threshold is not None)


@pytest.mark.parametrize("key", KEYS)
def test_every_code_of_a_table_is_known(key: str) -> None:
    """Each code is a concept of its dimension's list, a place or a period."""
    given = table(key)
    for part in given.dimensions:
        used = {row[part.id] for row in every_row(key)}
        assert all(CODE.match(code) for code in used)
        if part.role is Role.AREA:
            assert used <= areas()
        elif part.role is Role.TIME:
            assert all(PERIODS[given.period].match(period) for period in used)
        else:
            assert part.scheme is not None
            assert used <= codes_of(part.scheme).keys()
    flags = {row[FLAG] for row in every_row(key) if row.get(FLAG)}
    assert flags <= codes_of("obs-flag").keys()


@pytest.mark.parametrize("key", KEYS)
def test_a_dimension_of_this_registry_is_declared_by_its_code_list(key: str) -> None:
    """No table uses a property that has no name anywhere."""
    for part in table(key).dimensions:
        iri = part.iri(IRIS.base)
        if iri.startswith(IRIS.base):
            scheme = records()[f"scheme/{part.scheme}"].document
            declared: Any = scheme["dimensions"]
            assert [(node["id"], node["label"]) for node in declared] == [
                (iri, part.label)
            ]


@pytest.mark.parametrize("key", KEYS)
def test_values_are_what_the_description_says(key: str) -> None:
    """Plain decimals; whole numbers where announced; persons are counted in ones."""
    given = table(key)
    values = [row[VALUE] for row in every_row(key)]

    assert [value for value in values if not DECIMAL.match(value)] == []
    assert given.integer == all("." not in value for value in values)
    if given.measure.property.endswith("#personCount"):
        assert given.unit in {"PER", "NR"}
        assert given.integer
        assert not any(value.startswith("-") for value in values)
    else:
        assert given.unit in {"PC", "THS_PER", "EUR"} or "counted" in given.default


@pytest.mark.parametrize("key", KEYS)
def test_no_two_observations_have_one_key(key: str) -> None:
    """Within an edition, the codes of a row are its own; rows are sorted by them."""
    columns = [part.id for part in table(key).dimensions]

    for edition in table(key).editions:
        keys = [tuple(row[c] for c in columns) for row in observations(edition.file)]
        assert keys == sorted(set(keys))


@pytest.mark.parametrize("key", KEYS)
def test_a_file_is_written_as_promised(key: str) -> None:
    """UTF-8 without byte order mark, line feeds, one header line."""
    for edition in table(key).editions:
        written = (TABLES / edition.file).read_bytes()
        assert written.decode("utf-8").isascii()
        assert written.endswith(b"\n")
        assert b"\r" not in written


@pytest.mark.parametrize("key", sorted({*COUNTS, REVISED}))
def test_the_first_view_of_a_table_is_about_bulgaria_and_short(key: str) -> None:
    """The default selection finds something, and not too much of it."""
    default = table(key).default
    view = [
        row
        for row in observations(table(key).editions[-1].file)
        if all(row[column] in codes for column, codes in default.items())
    ]

    assert default["geo"] == ["BG"]
    assert 0 < len(view) < 400


def test_codes_of_tables_have_labels_where_their_publisher_explains_them() -> None:
    """Only four codes of UNHCR are without a label in both languages."""
    unlabelled = {
        f"{part.scheme}#{code}"
        for key in KEYS
        for part in table(key).dimensions
        if part.scheme
        for code in {row[part.id] for row in every_row(key)}
        if codes_of(part.scheme)[code].keys() != {"bg", "en"}
    }

    assert unlabelled == {"app-type#NR", "app-type#V", "dec-level#FA", "dec-level#FI"}


def test_a_revised_figure_stands_in_two_editions() -> None:
    """Asylum applicants of 2015 were revised, and no other figure."""
    older, newer = (
        {row["time_period"]: row[VALUE] for row in observations(edition.file)}
        for edition in table(REVISED).editions
    )

    changed = {year: (old, newer[year]) for year, old in older.items()}
    assert {y: pair for y, pair in changed.items() if len(set(pair)) > 1} == {
        "2015": ("20365", "20390")
    }
    assert sorted(older) == [str(year) for year in range(2008, 2017)]
    assert sorted(newer) == [str(year) for year in range(2008, 2025)]


@pytest.mark.parametrize(
    ("key", "index"),
    [
        ("migr-asyappctza", 0),
        ("migr-asyappctza-totals", 1),
    ],
)
def test_the_editions_are_cells_of_the_tables_they_were_taken_from(
    key: str, index: int
) -> None:
    """Nothing is in an edition that its source table does not have."""
    edition = observations(table(REVISED).editions[index].file)

    assert all(row in observations(f"{key}.csv") for row in edition)


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("migr-imm8", {"agedef": "COMPLET", "age": "TOTAL", "sex": "T"}),
        ("migr-imm1ctz", {"citizen": "TOTAL"}),
        ("tps00176", {"agedef": "COMPLET"}),
        (
            "nsi-external-migration-age-citizenship",
            {"flow": "IMM", "citizen": "TOTAL", "age": "TOTAL"},
        ),
    ],
)
def test_four_tables_agree_on_the_immigrants_of_2022(
    key: str, codes: dict[str, str]
) -> None:
    """40,619 people settled in Bulgaria in 2022, whichever table one asks."""
    assert selected(key, geo="BG", time_period="2022", **codes) == ["40619"]


def test_the_table_of_municipalities_waits_for_figures() -> None:
    """Its structure is there, it protects small counts, and it has no row."""
    given = table(TEMPLATE)

    assert [part.id for part in given.dimensions] == [
        *("time_period", "geo", "citizen", "sex", "age")
    ]
    assert given.threshold == 5
    assert every_row(TEMPLATE) == []
    assert {"HKV34", "SOF46"} <= areas()
    assert all(
        codes_of(part.scheme).keys() >= set(given.default[part.id])
        for part in given.dimensions
        if part.scheme
    )


def test_the_derived_table_has_the_years_that_both_of_its_tables_have() -> None:
    """Its unit says what its factor is, and it is published by this registry."""
    given = table(DERIVED)
    part = given.derivation

    assert part is not None
    assert (part.times, part.decimals, given.unit) == (1000, 2, "P_THS")
    assert codes_of("unit")["P_THS"] == {"bg": "На хиляда", "en": "Per thousand"}
    assert given.publisher.name == {
        "bg": "Регистър за интеграция",
        "en": "Integration registry",
    }
    years = [
        {
            row["time_period"]
            for row in every_row(side.table)
            if row.items() >= side.where.items()
        }
        for side in (part.numerator, part.denominator)
    ]
    assert sorted(set.intersection(*years)) == [str(y) for y in range(2015, 2025)]


def test_no_figure_of_a_publisher_has_a_threshold() -> None:
    """What others have published is left as it is."""
    assert [key for key in KEYS if table(key).threshold] == [TEMPLATE]
