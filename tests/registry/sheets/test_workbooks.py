from io import BytesIO

import openpyxl

from registry.sheets.workbooks import Column, Template, workbook

TEMPLATE = Template(
    "register/x",
    {"bg": "Записи", "en": "Records"},
    ({"bg": "Попълнете.", "en": "Fill in."},),
    "bg",
)
SEX = {"F": {"bg": "жени", "en": "females"}}


def test_a_workbook_has_cells_instructions_and_codes() -> None:
    """In the language asked for, with both names on the hidden sheet of codes."""
    columns = [Column("sex", SEX), Column("value", number=True), Column("x")]
    rows = [["F – жени", "12.5", "=1+1"], ["", "07", "два\nреда"]]

    book = openpyxl.load_workbook(
        BytesIO(workbook(TEMPLATE, columns, rows, {"more": SEX}))
    )

    data, how, codes = book.worksheets
    assert [[cell.value for cell in row] for row in data.iter_rows()] == [
        ["sex", "value", "x"],
        ["F – жени", 12.5, "=1+1"],
        [None, 7, "два\nреда"],
    ]
    assert data["C2"].data_type == "s"
    assert [row[0] for row in how.iter_rows(values_only=True) if row[0]] == [
        "Записи",
        "Попълнете.",
        "Records",
        "Fill in.",
    ]
    assert codes.sheet_state == "hidden"
    assert [cell.value for cell in codes[2]][:4] == ["F – жени", "F", "жени", "females"]
    (offer,) = data.data_validations.dataValidation
    assert offer.formula1 == "'Кодове'!$A$2:$A$2"
    assert book.properties.category == "register/x"
