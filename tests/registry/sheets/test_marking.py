from io import BytesIO
from pathlib import Path

import openpyxl

from registry.sheets.marking import Remark, marked

REMARKS = [
    Remark(2, "b", "Грешно."),
    Remark(2, "", "Ред."),
    Remark(3, "a", "=лошо"),
]


def laid(folder: Path, body: bytes) -> Path:
    """A file with these bytes."""
    path = folder / "file"
    path.write_bytes(body)
    return path


def test_text_gets_a_column_with_what_is_wrong(tmp_path: Path) -> None:
    """Every other cell stays as it is, and an old column of remarks is replaced."""
    path = laid(tmp_path, "a;error;b\n1;стара;2\n3;;4\n5;6;7\n".encode())

    text = marked(path, REMARKS, "bg").decode("utf-8-sig")

    assert text == ("a;грешка;b\r\n1;b: Грешно. Ред.;2\r\n3;a: =лошо;4\r\n5;;7\r\n")


def test_a_workbook_gets_colours_comments_and_a_column(tmp_path: Path) -> None:
    """What else there is in it stays."""
    made = openpyxl.Workbook()
    for row in (["a", "b"], [1, 2], [3, 4]):
        made.active.append(row)
    made.create_sheet("Друг")["A1"] = "остава"
    written = BytesIO()
    made.save(written)

    body = marked(laid(tmp_path, written.getvalue()), REMARKS, "en")

    back = openpyxl.load_workbook(BytesIO(body))
    sheet = back.worksheets[0]
    assert [cell.value for cell in sheet["C"]] == [
        "error",
        "b: Грешно. Ред.",
        "a: =лошо",
    ]
    assert sheet["B2"].comment.text == "Грешно."
    assert sheet["A3"].comment.text == "=лошо"
    assert sheet["B2"].fill.fgColor.rgb == sheet["A3"].fill.fgColor.rgb
    assert (sheet["A2"].comment, sheet["B2"].value) == (None, 2)
    assert back["Друг"]["A1"].value == "остава"
