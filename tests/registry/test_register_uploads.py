from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from registry.errors import Invalid, NotFound
from registry.register_uploads import ROWS, Checked, RegisterUploads
from tests.api.handing_in import Desk, desk


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk of real parts."""
    with desk(tmp_path_factory) as made:
        yield made


@pytest.fixture
def uploads(opened: Desk) -> RegisterUploads:
    """What sheets are handed in with."""
    return opened.registry.register_uploads


def checked(uploads: RegisterUploads, folder: Path, body: bytes) -> Checked:
    """What came of a sheet of courses."""
    path = folder / "file"
    path.write_bytes(body)
    return uploads.check("course", "school", path, "seed")


def sheet(uploads: RegisterUploads, *rows: dict[str, str]) -> bytes:
    """The sheet of courses, its rows changed in turn, further ones added."""
    body = uploads.download("course", "school", "en", workbook=True)
    book = openpyxl.load_workbook(BytesIO(body))
    names = [str(c.value).partition(" – ")[0] for c in book.worksheets[0][1]]
    for line, row in enumerate(rows, start=2):
        for name, value in row.items():
            book.worksheets[0].cell(line, names.index(name) + 1, value)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


NEW = {
    "title.bg": "Нов курс по български",
    "title.en": "A new course in Bulgarian",
    "state": "active",
    "targetGroup": "children",
}


def test_a_new_row_becomes_a_record_with_the_same_key_each_time(
    uploads: RegisterUploads, opened: Desk, tmp_path: Path
) -> None:
    """Checking again before it is submitted makes the same record."""
    provider = uploads.names.records(["TrainingCentre"]).names
    row = NEW | {"providedBy": next(iter(provider))}
    body = sheet(uploads, {}, {}, {}, row)

    first, second = (checked(uploads, tmp_path, body) for _ in range(2))

    assert first.faults == []
    assert (first.counts.new, first.counts.unchanged) == (1, 3)
    (one,), (other,) = first.ready, second.ready
    assert one.record == other.record
    handed_in = uploads.submit(
        opened.people["pupil"], first, organisation="school", reason="", whole=True
    )
    assert [s.organisation for s in handed_in] == ["school"]


def test_rows_without_faults_can_go_alone(
    uploads: RegisterUploads, opened: Desk, tmp_path: Path
) -> None:
    """Only if whoever hands them in says so."""
    rows = [{"title.en": "Renamed"}, {"title.bg": "", "title.en": ""}]
    found = checked(uploads, tmp_path, sheet(uploads, *rows))
    assert {fault.line for fault in found.faults} == {3}
    assert (found.counts.changed, found.counts.faulty) == (1, 1)

    with pytest.raises(Invalid):
        uploads.submit(
            opened.people["pupil"], found, organisation="school", reason="", whole=True
        )
    handed_in = uploads.submit(
        opened.people["pupil"], found, organisation="school", reason="", whole=False
    )

    assert len(handed_in) == 1


def test_what_would_change_nothing_is_not_handed_in(
    uploads: RegisterUploads, opened: Desk, tmp_path: Path
) -> None:
    """It is refused with a sentence."""
    found = checked(uploads, tmp_path, sheet(uploads))

    with pytest.raises(Invalid):
        uploads.submit(
            opened.people["pupil"], found, organisation="school", reason="", whole=True
        )


def test_a_record_of_another_organisation_is_not_changed(
    uploads: RegisterUploads, opened: Desk, tmp_path: Path
) -> None:
    """Its key is none of ours."""
    others = [
        v.head.record.key
        for v in opened.registry.journal.heads("course")
        if opened.registry.directory.steward(v.head.record) != "school"
    ]
    body = f"key,title.en\n{others[0]},Taken over\n".encode()

    found = checked(uploads, tmp_path, body)

    assert [fault.rule for fault in found.faults] == ["unknown-record"]
    assert found.ready == []


def test_a_sheet_has_so_many_rows(uploads: RegisterUploads, tmp_path: Path) -> None:
    """More are refused at once."""
    body = "key,title.en\n" + ",x\n" * (ROWS + 1)

    found = checked(uploads, tmp_path, body.encode())

    assert [fault.rule for fault in found.faults] == ["too-many-rows"]


def test_there_is_no_sheet_of_places(uploads: RegisterUploads) -> None:
    """They are not looked after by organisations."""
    with pytest.raises(NotFound):
        uploads.download("place", "school", "bg", workbook=True)
