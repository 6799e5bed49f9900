import pytest

from registry.cli import console
from registry.errors import DatasetRefused
from registry.ports import RowError


def test_refusal_is_one_line_after_its_rows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever stands in a cell is printed as it is, never as markup."""
    row = RowError(
        "a.csv", 3, "name", "[bold]x", "name-blank", {"en": "Fill it in.", "bg": "…"}
    )

    console.refused(DatasetRefused("No.", "Не.", extra={"rows": [row]}))

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "a.csv, row 3, column name: “[bold]x” Fill it in. (name-blank)\nregistry: No.\n"
    )


def test_documents_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON for programs is neither wrapped nor escaped."""
    console.document({"name": "Х" * 200})

    assert capsys.readouterr().out == '{\n "name": "' + "Х" * 200 + '"\n}\n'
