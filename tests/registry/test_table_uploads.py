import csv
import io
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import wiring
from registry.errors import Conflict, NotFound
from registry.sandbox import Worker
from registry.settings import Settings
from registry.statistics.code_names import CodeNames
from registry.table_uploads import Checked, TableUploads, loaded
from registry.wiring import Registry
from tests import sharing, tables
from tests.strategies import examples

MUNICIPAL = "foreign-residents-by-municipality"
DECIMAL = "lfsa-urgan-filtered"
WORKBOOKS = (MUNICIPAL, DECIMAL, "lfsq-ugan", "migr-asyctzm", "unhcr-flows")
HEADER = "time_period,geo,citizen,sex,age,obs_value"
MEMORY = 2 * 1024**3


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A registry of all the datasets."""
    return Settings(data=sharing.loaded(tmp_path_factory))


@pytest.fixture(scope="module")
def registry(data: Settings) -> Iterator[Registry]:
    """The registry, open."""
    opened = wiring.open_registry(data)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def uploads(registry: Registry) -> Iterator[TableUploads]:
    """What figures are handed in with; the worker is a real sandbox."""
    with Worker("registry.sheets.worker:serve", memory=MEMORY) as worker:
        yield TableUploads(
            registry.journal,
            registry.iris,
            registry.tables,
            registry.blobs,
            registry.settings.data / "tables",
            worker,
            CodeNames(registry.journal),
        )


def checked(
    uploads: TableUploads, folder: Path, key: str, body: bytes, *, part: bool = False
) -> Checked:
    """What came of a file with this content."""
    path = folder / "handed-in"
    path.write_bytes(body)
    return uploads.check(key, path, part=part)


def rules(found: Checked) -> list[tuple[int, str, str]]:
    """The line, the column and the rule of each fault."""
    return [(fault.line, fault.column, fault.rule) for fault in found.faults]


def book(*rows: list[Any]) -> Any:
    """A workbook whose first sheet has these rows."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    return made


def saved(made: Any) -> bytes:
    """The bytes of a workbook."""
    written = BytesIO()
    made.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("key", "workbook"),
    [(key, False) for key in tables.KEYS if key != tables.DERIVED]
    + [(key, True) for key in WORKBOOKS],
)
def test_a_template_handed_in_as_it_is_changes_nothing(
    uploads: TableUploads, tmp_path: Path, key: str, workbook: bool
) -> None:
    """Of every table as CSV in Bulgarian, of some as a workbook in English."""
    language = "en" if workbook else "bg"
    body = uploads.template(key, language, workbook=workbook, filled=True)

    found = checked(uploads, tmp_path, key, body)

    if tables.rows(key):
        assert (rules(found), found.unchanged) == ([], True)
        assert found.totals["same"] == len(tables.rows(key))
    else:
        assert rules(found) == [(0, "", "no-rows")]


WAYS = st.fixed_dictionaries(
    {
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        "delimiter": st.sampled_from([",", ";", "\t"]),
        "ends": st.sampled_from(["\n", "\r\n"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        "comma": st.booleans(),
        "names": st.lists(st.sampled_from(["code", "both", "bg", "en"]), min_size=9),
        "seed": st.randoms(use_true_random=False),
    }
)


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(ways=WAYS)
def test_however_it_is_saved_an_unchanged_table_changes_nothing(
    uploads: TableUploads, tmp_path: Path, ways: dict[str, Any]
) -> None:
    """Encodings, delimiters, decimal commas, codes or names, rows in any order."""
    structure = tables.structure(DECIMAL)
    lists = uploads.names.of(structure)
    rows = [[cell or "" for cell in row] for row in tables.rows(DECIMAL)]
    ways["seed"].shuffle(rows)
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=ways["delimiter"],
        quoting=ways["quoting"],
        lineterminator=ways["ends"],
    )
    writer.writerow(structure.columns)
    for number, row in enumerate(rows):
        way = ways["names"][number % len(ways["names"])]
        for position, dimension in enumerate(structure.dimensions):
            names = lists[dimension.id].names if dimension.id in lists else {}
            own = [name.get(way) for name in names.values()]
            name = names.get(row[position], {}).get(way)
            if way == "both" and (bg := names.get(row[position], {}).get("bg")):
                row[position] = f"{row[position]} - {bg}"
            elif name and own.count(name) == 1:
                row[position] = f" {name}"
        value = len(structure.dimensions)
        if ways["comma"] and row[value]:
            row[value] = row[value].replace(".", ",")
        writer.writerow(row)

    found = checked(
        uploads, tmp_path, DECIMAL, text.getvalue().encode(ways["encoding"])
    )

    assert (rules(found), found.unchanged) == ([], True)


def test_a_change_is_told_cell_by_cell(uploads: TableUploads, tmp_path: Path) -> None:
    """One value is another, one row is new and one is gone; the rest is the same."""
    key = "asylum-applicants-bulgaria"
    body = uploads.template(key, "en", workbook=False, filled=True).decode("utf-8-sig")
    lines = body.splitlines()
    first, second = lines[1].split(","), lines[2].split(",")
    value = tables.structure(key).columns.index("obs_value")
    time = tables.structure(key).columns.index("time_period")
    new = [*first]
    new[time] = "2031"
    first[value] = "123456"
    text = "\n".join([lines[0], ",".join(first), ",".join(new), *lines[3:]])

    found = checked(uploads, tmp_path, key, text.encode())

    assert rules(found) == []
    assert found.totals == {
        "added": 1,
        "changed": 1,
        "removed": 1,
        "same": len(tables.rows(key)) - 2,
    }
    told = {c.happened: (c.codes[time], c.old[0], c.new[0]) for c in found.changes}
    assert told["added"] == ("2031", None, new[value])
    assert told["changed"][2] == "123456"
    assert told["removed"] == (second[time], second[value], None)


def test_what_is_handed_in_for_a_part_leaves_the_rest(
    uploads: TableUploads, tmp_path: Path
) -> None:
    """Periods that the file lacks stay as they are."""
    key = "asylum-applicants-bulgaria"
    body = uploads.template(key, "en", workbook=False, filled=True).decode("utf-8-sig")
    lines = body.splitlines()
    text = "\n".join([lines[0], lines[1]]).encode()

    whole = checked(uploads, tmp_path, key, text)
    part = checked(uploads, tmp_path, key, text, part=True)

    assert whole.totals["removed"] == len(lines) - 2
    assert part.unchanged


def test_small_counts_leave_the_check_withheld(
    uploads: TableUploads, tmp_path: Path
) -> None:
    """What is kept of the file has neither the small count nor what gives it away."""
    body = (
        f"{HEADER}\n2024,HKV34,FOR_STLS,T,TOTAL,120\n2024,HKV34,FOR_STLS,F,TOTAL,3\n"
        "2024,HKV34,FOR_STLS,M,TOTAL,117\n"
    )

    found = checked(uploads, tmp_path, MUNICIPAL, body.encode())

    assert found.withheld == {"primary": 1, "secondary": 1}
    assert found.text.decode() == (
        f"{HEADER},obs_flag\n2024,HKV34,FOR_STLS,F,TOTAL,,c\n"
        "2024,HKV34,FOR_STLS,M,TOTAL,,c\n2024,HKV34,FOR_STLS,T,TOTAL,120,\n"
    )
    kept = loaded(found.dumped(), found.text)
    assert "117" not in f"{kept}"
    assert [change.new for change in kept.changes] == [
        (None, "c"),
        (None, "c"),
        ("120", None),
    ]


def test_figures_that_cannot_be_protected_are_refused(
    uploads: TableUploads, tmp_path: Path
) -> None:
    """A total that is not the sum of its parts gives everything away."""
    body = (
        f"{HEADER}\n2024,HKV34,FOR_STLS,T,TOTAL,125\n2024,HKV34,FOR_STLS,F,TOTAL,3\n"
        "2024,HKV34,FOR_STLS,M,TOTAL,117\n"
    )

    found = checked(uploads, tmp_path, MUNICIPAL, body.encode())

    assert [fault.rule for fault in found.faults] == ["unprotected"]
    assert "HKV34" in found.faults[0].message["bg"]


ROW = ["2024", "HKV34", "FOR_STLS", "T", "TOTAL", 120]
COLUMNS = HEADER.split(",")


def test_days_of_a_spreadsheet_are_periods(
    uploads: TableUploads, tmp_path: Path
) -> None:
    """The first or the last day of a year is that year; another day is none."""
    made = book(COLUMNS, [date(2024, 1, 1), *ROW[1:]], [date(2023, 12, 31), *ROW[1:]])
    wrong = book(COLUMNS, [date(2024, 5, 6), *ROW[1:]])

    assert checked(uploads, tmp_path, MUNICIPAL, saved(made)).rows == 2
    assert rules(checked(uploads, tmp_path, MUNICIPAL, saved(wrong))) == [
        (2, "time_period", "period-format")
    ]


def macros() -> bytes:
    """A workbook with macros, under the name of one without."""
    written = BytesIO(saved(book(COLUMNS, ROW)))
    with ZipFile(written, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"macros")
    return written.getvalue()


def bomb() -> bytes:
    """A workbook that is small until it is unpacked."""
    written = BytesIO(saved(book(COLUMNS, ROW)))
    with ZipFile(written, "a", compression=8) as packed:
        packed.writestr("xl/media/zeros", b"\0" * 210 * 1024**2)
    return written.getvalue()


def merged() -> bytes:
    """A workbook with merged cells."""
    made = book(COLUMNS, ROW, ROW)
    made.active.merge_cells("B2:B3")
    return saved(made)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", [(0, "", "empty-file")]),
        (f"{HEADER}\n".encode(), [(0, "", "no-rows")]),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", [(0, "", "not-a-table")]),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", [(0, "", "old-workbook")]),
        (b"PK\x03\x04 no archive", [(0, "", "not-a-workbook")]),
        (
            f"{HEADER}\n2024,община Хасково,FOR_STLS,T,TOTAL,1".encode("cp1251"),
            [(2, "", "not-utf-8")],
        ),
        (
            f"{HEADER}\n2024,HKV34,FOR_STLS,T,TOTAL\n".encode(),
            [(2, "", "row-format")],
        ),
        (
            b"time_period,geo,citizen,sex,obs_value\n2024,HKV34,SY,T,1\n",
            [(0, "age", "missing-column")],
        ),
        (
            f"{HEADER}\n2024,HKV34,FOR_STLS,T,TOTAL,7\n2024,HKV34,FOR_STLS,T,TOTAL,8\n"
            "2024-05,Атлантида,FOR_STLS,T,,много\n".encode(),
            [
                (4, "time_period", "period-kind"),
                (4, "geo", "unknown-code"),
                (4, "age", "empty-code"),
                (4, "obs_value", "value-format"),
                (3, "", "duplicate-key"),
            ],
        ),
        (
            saved(book(COLUMNS, [*ROW[:5], "=100+20"])),
            [(2, "", "formula")],
        ),
        (merged(), [(2, "", "merged-cells")]),
        (macros(), [(0, "", "macros")]),
        (bomb(), [(0, "", "unpacked-size")]),
        (
            (tables.FOLDER / "unhcr-flows.csv").read_bytes(),
            [(0, "", "other-table")],
        ),
    ],
)
def test_unkind_files_get_a_clear_answer(
    uploads: TableUploads,
    tmp_path: Path,
    body: bytes,
    expected: list[tuple[int, str, str]],
) -> None:
    """What is wrong is said by line, column and rule; nothing of it is kept."""
    found = checked(uploads, tmp_path, MUNICIPAL, body)

    assert (rules(found), found.text) == (expected, b"")


def test_a_template_of_another_table_is_known_by_its_mark(
    uploads: TableUploads, tmp_path: Path
) -> None:
    """A workbook says which table it is for, although the columns may be the same."""
    body = uploads.template("migr-eirtn", "bg", workbook=True, filled=False)

    found = checked(uploads, tmp_path, "migr-eiord", body)

    assert "migr-eirtn" in found.faults[0].message["bg"]
    assert rules(found) == [(0, "", "other-table")]


def test_the_file_comes_back_with_remarks_and_can_be_mended(
    uploads: TableUploads, tmp_path: Path
) -> None:
    """Cells are coloured and commented; the column of remarks is no column later."""
    made = openpyxl.load_workbook(
        BytesIO(uploads.template(MUNICIPAL, "bg", workbook=True, filled=False))
    )
    for position, cell in enumerate([*ROW[:5], "много"], start=1):
        made.active.cell(2, position, cell)
    path = tmp_path / "handed-in"
    path.write_bytes(saved(made))
    found = uploads.check(MUNICIPAL, path, part=False)

    back = openpyxl.load_workbook(BytesIO(uploads.marked(path, found, "bg")))

    sheet = back.active
    assert "не е число" in sheet["F2"].comment.text
    assert sheet["F2"].fill.fgColor.rgb == "FFF4B6B6"
    assert (sheet["G1"].value, sheet["G2"].value[:9]) == ("грешка", "obs_value")
    assert sheet.data_validations.count == 4
    sheet["F2"] = 120
    assert checked(uploads, tmp_path, MUNICIPAL, saved(back)).sound


def test_a_csv_file_comes_back_with_a_column_of_remarks(
    uploads: TableUploads, tmp_path: Path
) -> None:
    """Other cells stay as they were written, and mending the value is enough."""
    path = tmp_path / "handed-in"
    path.write_text(f"{HEADER}\n2024,HKV34,FOR_STLS,T,TOTAL,=1\n", encoding="utf-8")
    found = uploads.check(MUNICIPAL, path, part=False)

    back = uploads.marked(path, found, "en").decode("utf-8-sig")

    first, second = back.splitlines()
    assert first == f"{HEADER},error"
    assert second.startswith("2024,HKV34,FOR_STLS,T,TOTAL,=1,")
    assert "This is not a number" in second
    mended = back.replace("=1", "120").encode()
    assert checked(uploads, tmp_path, MUNICIPAL, mended).sound


def test_drop_downs_show_codes_and_names(uploads: TableUploads) -> None:
    """Each column of codes has its list, with both names on the sheet of codes."""
    body = uploads.template(MUNICIPAL, "bg", workbook=True, filled=False)

    made = openpyxl.load_workbook(BytesIO(body))

    data, how, codes = made.worksheets
    assert [cell.value for cell in data[1]][3] == "sex – пол"
    assert (how.title, codes.sheet_state) == ("Указания", "hidden")
    offers = {str(v.sqref): v.formula1 for v in data.data_validations.dataValidation}
    assert offers["D2:D1001"].startswith("'Кодове'!$")
    rows = list(codes.iter_rows(values_only=True))
    start = rows[0].index("sex – пол")
    assert ("F – Жени", "F", "Жени", "Females") in [r[start : start + 4] for r in rows]


def test_what_is_submitted_is_the_table_as_it_would_be_published(
    uploads: TableUploads, registry: Registry, tmp_path: Path
) -> None:
    """The document names the figures by their digest, and they are kept."""
    body = f"{HEADER}\n2024,HKV34,FOR_STLS,T,TOTAL,120\n"
    found = checked(uploads, tmp_path, MUNICIPAL, body.encode())

    document = uploads.document(found)

    digest = document["data"]["checksum"]["checksumValue"]
    assert uploads.provenance(found).dataset == digest
    assert document["data"]["observations"] == 1
    with registry.blobs.open(digest) as blob:
        assert blob.read() == found.text
    assert (
        registry.settings.data / "tables" / MUNICIPAL / f"{digest}.parquet"
    ).exists()


def test_a_check_of_an_older_version_cannot_be_submitted(
    uploads: TableUploads, tmp_path: Path
) -> None:
    """Somebody else's figures may have been published meanwhile."""
    body = f"{HEADER}\n2024,HKV34,FOR_STLS,T,TOTAL,120\n"
    found = checked(uploads, tmp_path, MUNICIPAL, body.encode())
    older = Checked(found.key, found.part, 0, found.said, found.text)

    with pytest.raises(Conflict):
        uploads.document(older)


def test_derived_tables_take_no_figures(uploads: TableUploads) -> None:
    """Their figures follow from those of others."""
    with pytest.raises(NotFound):
        uploads.version(tables.DERIVED)
