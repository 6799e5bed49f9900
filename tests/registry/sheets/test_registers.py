import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import wiring
from registry.forms import shape
from registry.forms.field import Form
from registry.journal.sql import SqlJournal, create
from registry.record import Version
from registry.settings import Settings
from registry.sheets import reading
from registry.sheets.columns import Lists, shown
from registry.sheets.registers import Register, Sheet, counted, escaped, unescaped
from registry.sheets.workbooks import Template
from registry.statistics.code_names import CodeNames
from registry.vocabulary import Vocabulary
from registry.wiring import Registry
from tests import sharing, versions
from tests.conftest import ticking
from tests.publishing import publish
from tests.strategies import examples
from tests.versions import IRIS, concept, version

ROOT = Path(__file__).parents[3]
CODES = {"active": {"bg": "действа", "en": "active"}, "closed": {"bg": "закрит"}}
PLACES = {"place/bg": {"bg": "България", "en": "Bulgaria"}}


def forms(base: str = IRIS.base) -> Mapping[str, Form]:
    """The forms of the real shapes."""
    folders = (ROOT / "ontology", ROOT / "shapes", ROOT / "datasets")
    iris = replace(IRIS, base=base)
    return shape.read(Vocabulary(*folders, iris), base)


FORMS = forms()


def register(journal: SqlJournal, kind: str = "institution") -> Register:
    """A register whose lists know two states and one place."""
    lists = Lists(lambda _: CODES, lambda _: PLACES, IRIS.base)
    return Register(FORMS[kind], lists, journal, IRIS)


def template() -> Template:
    """What a workbook says besides its cells."""
    return Template("register/x", {"bg": "Записи", "en": "Records"}, (), "bg")


def lines(folder: Path, body: bytes) -> list[list[Any]]:
    """The rows of a file as the sandbox returns them."""
    path = folder / "handed-in"
    path.write_bytes(body)
    return [[line.number, *line.cells] for line in reading.lines(path) if line.cells]


def read(
    opened: Register,
    given_: Sequence[Sequence[Any]],
    own: Sequence[Version],
    *,
    protected: bool = True,
) -> Sheet:
    """A sheet that is read back; new records get the key `new`."""
    keyed = {one.head.record.key: one for one in own}
    return opened.read(given_, keyed, lambda: "new", protected=protected)


def table(body: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file in English, by the names of the columns."""
    rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    names = [heading.partition(" – ")[0] for heading in next(rows)]
    return [dict(zip(names, row, strict=True)) for row in rows]


def written(rows: Sequence[Mapping[str, str]]) -> bytes:
    """Rows by the names of the columns, as CSV."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(dict.fromkeys(n for row in rows for n in row)))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry of all the datasets."""
    made = Settings(data=sharing.loaded(tmp_path_factory))
    with closing(wiring.open_registry(made)) as registry:
        yield registry


@pytest.mark.parametrize(
    "kind", ["institution", "training-centre", "course", "publication"]
)
@pytest.mark.parametrize("workbook", [False, True])
def test_all_records_of_the_datasets_come_back_unchanged(
    loaded: Registry, tmp_path: Path, kind: str, workbook: bool
) -> None:
    """Downloaded and handed in as they are, not one cell is an edit."""
    names = CodeNames(loaded.journal)
    context = loaded.vocabulary.context
    lists = Lists(
        lambda iri: names.scheme(iri.rpartition("/")[2]).names,
        lambda classes: (
            names.records(
                [name for iri in classes for name in context.names(iri)]
            ).names
        ),
        loaded.iris.base,
    )
    opened = Register(forms(loaded.iris.base)[kind], lists, loaded.journal, loaded.iris)
    own = list(loaded.journal.heads(kind))
    if workbook:
        body = opened.as_workbook(own, "en", template())
    else:
        body = opened.as_csv(own, "bg")

    found = read(opened, lines(tmp_path, body), own, protected=not workbook)

    assert (found.faults, found.missing) == ((), 0)
    assert [row for row in found.rows if row.edits or row.faults] == []
    assert counted(found.rows).unchanged == len(own) > 10


UNKIND = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.sampled_from(
        [
            "=1+1",
            "'=1+1",
            "+359 38 000000",
            "-5",
            "@sum(a)",
            "'",
            "''",
            "О'Нийл",
            "ред\nдруг ред",
            "\r\nкрай\r",
            "\ufeffначало",
            'с "кавички"; и, запетаи',
            "\tтаб",
            "bg – България",
            "2024-01-01",
            "007",
        ]
    ),
)
TEXTS = st.dictionaries(st.sampled_from(["bg", "en", "bg-Latn"]), UNKIND, max_size=3)
MANY = st.lists(UNKIND, max_size=3)
DOCUMENTS = st.fixed_dictionaries(
    {"type": st.just(["Organization"])},
    optional={
        "name": TEXTS,
        "description": st.dictionaries(
            st.sampled_from(["bg", "en"]), st.one_of(UNKIND, MANY), max_size=2
        ),
        "homepage": MANY,
        "unknownTerm": UNKIND,
        "state": st.sampled_from(
            [concept("operating-state", "active"), "https://elsewhere.example/state"]
        ),
        "serviceKind": st.lists(UNKIND, max_size=2),
        "location": st.just(f"{IRIS.base}id/place/bg"),
        "contact": st.fixed_dictionaries(
            {"id": st.just(f"{IRIS.base}id/institution/one#contact")},
            optional={"email": UNKIND, "telephone": MANY},
        ),
        "identifier": st.lists(
            st.builds(
                lambda n, text: {
                    "id": f"{IRIS.base}id/institution/one#identifier-{n}",
                    "napoo": text,
                },
                st.integers(1, 9),
                UNKIND,
            ),
            max_size=3,
            unique_by=lambda node: node["id"],
        ),
    },
)


@settings(
    max_examples=examples(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    document=DOCUMENTS, workbook=st.booleans(), language=st.sampled_from(["bg", "en"])
)
def test_whatever_a_record_says_its_row_changes_nothing(
    journal: SqlJournal,
    tmp_path: Path,
    document: Mapping[str, Any],
    workbook: bool,
    language: str,
) -> None:
    """Formulas, apostrophes, line ends, quotes, marks and unknown codes among it."""
    said = {"id": f"{IRIS.base}id/institution/one", **document}
    one = version("institution/one", {"type": "Organization"})
    one = replace(one, content=replace(one.content, document=json.dumps(said)))
    opened = register(journal)
    if workbook:
        body = opened.as_workbook([one], language, template())
    else:
        body = opened.as_csv([one], language)

    found = read(opened, lines(tmp_path, body), [one], protected=not workbook)

    assert [row for row in found.rows if row.edits or row.faults] == []


@given(text=UNKIND)
def test_no_cell_of_a_csv_file_is_a_formula(text: str) -> None:
    """What looks like one has an apostrophe before it, which reading takes off."""
    cell = escaped(text)

    assert not cell.startswith(("=", "+", "-", "@"))
    assert unescaped(cell) == shown(text)


FULL: dict[str, object] = {
    "type": "Organization",
    "name": {"bg": "Едно", "en": "One", "bg-Latn": "Edno"},
    "state": concept("operating-state", "active"),
    "homepage": ["https://one.example/"],
}


def published(journal: SqlJournal, document: Mapping[str, object] = FULL) -> Version:
    """The record `institution/one`, published once more."""
    publish(journal, "institution/one", document)
    found = journal.current(versions.ONE.head.record)
    assert found is not None
    return found


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqlJournal]:
    """A journal under the base of the tests."""
    made = create(tmp_path / "journal.sqlite", IRIS.base, ticking())
    yield made
    made.close()


def test_a_changed_cell_changes_that_and_nothing_else(
    journal: SqlJournal, tmp_path: Path
) -> None:
    """Other languages, which the sheet does not show, stay in the document."""
    one = published(journal)
    opened = register(journal)
    (row,) = table(opened.as_csv([one], "en"))
    row |= {"name.en": "Two", "state": "закрит", "homepage": "https://a.example/"}

    found = read(opened, lines(tmp_path, written([row])), [one])

    (changed,) = found.rows
    edits = {edit.name: (edit.before, edit.after) for edit in changed.edits}
    assert edits == {
        "name.en": (["One"], ["Two"]),
        "state": (
            [concept("operating-state", "active")],
            [concept("operating-state", "closed")],
        ),
        "homepage": (["https://one.example/"], ["https://a.example/"]),
    }
    assert changed.typed is not None
    assert changed.typed.document["name"] == {
        "bg": "Едно",
        "bg-latn": "Edno",
        "en": "Two",
    }


def test_several_values_stand_one_per_line(journal: SqlJournal, tmp_path: Path) -> None:
    """An emptied cell takes all of its values away."""
    one = published(journal)
    opened = register(journal)
    (row,) = table(opened.as_csv([one], "en"))
    row |= {"homepage": "https://a.example/\nhttps://b.example/", "name.bg": ""}

    (changed,) = read(opened, lines(tmp_path, written([row])), [one]).rows

    assert changed.typed is not None
    assert changed.typed.document["homepage"] == [
        "https://a.example/",
        "https://b.example/",
    ]
    assert "bg" not in changed.typed.document["name"]


def test_a_row_without_a_key_is_a_new_record(
    journal: SqlJournal, tmp_path: Path
) -> None:
    """It has the types of its kind and what its cells say."""
    one = published(journal)
    opened = register(journal)
    rows = table(opened.as_csv([one], "en"))
    new = {"key": "", "name.bg": "Ново", "address.0.postCode": "6300"}

    found = read(opened, lines(tmp_path, written([*rows, new])), [one])

    row = found.rows[1]
    assert (row.record.key, row.based_on) == ("new", 0)
    assert row.typed is not None
    document = row.typed.document
    assert document["name"] == {"bg": "Ново"}
    assert document["address"]["postCode"] == "6300"
    assert counted(found.rows).new == 1


def test_a_deleted_row_changes_nothing(journal: SqlJournal, tmp_path: Path) -> None:
    """It is only counted."""
    one = published(journal)
    opened = register(journal)
    head = opened.as_csv([], "en")

    found = read(opened, lines(tmp_path, head), [one])

    assert (found.rows, found.missing) == ([], 1)


def test_a_record_that_moved_on_is_refused_with_both_values(
    journal: SqlJournal, tmp_path: Path
) -> None:
    """What was typed, what was there, and what is there now."""
    one = published(journal)
    opened = register(journal)
    (row,) = table(opened.as_csv([one], "en"))
    now = published(journal, {**FULL, "name": {"bg": "Едно", "en": "Uno"}})
    row |= {"name.en": "Two"}

    (found,) = read(opened, lines(tmp_path, written([row])), [now]).rows

    assert [fault.rule for fault in found.faults] == ["moved-on"]
    assert "Uno" in found.faults[0].message["en"]
    (edit,) = found.edits
    assert (edit.before, edit.after, edit.now) == (["One"], ["Two"], ["Uno"])
    assert found.typed is None


def test_an_unchanged_row_of_a_record_that_moved_on_is_no_edit(
    journal: SqlJournal, tmp_path: Path
) -> None:
    """Nor is one that says what the record says by now."""
    one = published(journal)
    opened = register(journal)
    (row,) = table(opened.as_csv([one], "en"))
    now = published(journal, {**FULL, "name": {"bg": "Едно", "en": "Uno"}})

    same = read(opened, lines(tmp_path, written([row])), [now])
    row |= {"name.en": "Uno"}
    caught_up = read(opened, lines(tmp_path, written([row])), [now])

    assert counted([*same.rows, *caught_up.rows]).unchanged == 2


@pytest.mark.parametrize(
    ("change", "rule", "column"),
    [
        ({"key": "two"}, "unknown-record", "key"),
        ({"version": "7"}, "unknown-version", "version"),
        ({"version": "x"}, "unknown-version", "version"),
        ({"state": "спи"}, "unknown-code", "state"),
        ({"state": "active\nclosed"}, "one-value", "state"),
    ],
)
def test_what_cannot_be_understood_is_said_of_the_cell(
    journal: SqlJournal,
    tmp_path: Path,
    change: dict[str, str],
    rule: str,
    column: str,
) -> None:
    """Nothing of such a row is taken over."""
    one = published(journal)
    opened = register(journal)
    (row,) = table(opened.as_csv([one], "en"))

    (found,) = read(opened, lines(tmp_path, written([row | change])), [one]).rows

    assert [(f.rule, f.column, f.line) for f in found.faults] == [(rule, column, 2)]
    assert found.typed is None


def test_the_same_record_twice_is_refused(journal: SqlJournal, tmp_path: Path) -> None:
    """It could not be told which of the rows is meant."""
    one = published(journal)
    opened = register(journal)
    (row,) = table(opened.as_csv([one], "en"))

    found = read(opened, lines(tmp_path, written([row, row])), [one])

    assert [f.rule for r in found.rows for f in r.faults] == ["repeated-record"]


@pytest.mark.parametrize(
    ("headings", "rules"),
    [
        ("name.bg,name.en", ["no-headings"]),
        ("key,name.bg,age", ["unknown-column"]),
        ("key,name.bg,name.bg", ["repeated-column"]),
        ("key,identifier.900000.napoo", ["unknown-column"]),
        ("key,name.bg,грешка", []),
    ],
)
def test_the_headings_have_to_be_those_of_the_register(
    journal: SqlJournal, tmp_path: Path, headings: str, rules: list[str]
) -> None:
    """The column of remarks is passed over."""
    found = read(register(journal), lines(tmp_path, headings.encode()), [])

    assert [fault.rule for fault in found.faults] == rules


def test_a_workbook_hides_the_version_and_offers_codes(journal: SqlJournal) -> None:
    """Columns with one code have a drop-down."""
    body = register(journal).as_workbook([published(journal)], "bg", template())

    made = openpyxl.load_workbook(BytesIO(body))

    sheet = made.worksheets[0]
    assert sheet.column_dimensions["B"].hidden
    assert [cell.value for cell in sheet[2]][:2] == ["one", "1"]
    headings = [cell.value for cell in sheet[1]]
    state = sheet.cell(2, headings.index("state – Състояние") + 1)
    assert state.value == "active – действа"
    offers = [str(v.sqref) for v in sheet.data_validations.dataValidation]
    assert any(offer.startswith(f"{state.column_letter}2:") for offer in offers)
