"""What is wrong with a table that was handed in, and how to mend it.

A finding is one rule that one column breaks: how often, and in which rows first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.language import LANGUAGES, Text

SHOWN = 10
"""Rows that a finding shows; the others are counted."""

LONGEST = 100
"""Characters of a value that a finding shows."""


@dataclass(frozen=True, slots=True)
class BadCell:
    """Where a rule is broken.

    Attributes:
        line: line of the file where the row starts, the header being line 1, or
            number of the row in a spreadsheet; 0 if it could not be told.
        value: what stands there, as written.
    """

    line: int
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that one column breaks.

    Attributes:
        column: which, or an empty text if it is the row or the whole file.
        rule: stable code of the rule.
        count: how many rows break it.
        cells: the first of them.
        message: what is wrong and how to mend it, per language.
    """

    column: str
    rule: str
    count: int
    cells: Sequence[BadCell]
    message: Text


@dataclass(frozen=True, slots=True)
class TableReport:
    """Everything that keeps a table from being published."""

    findings: Sequence[Finding] = ()

    @property
    def sound(self) -> bool:
        """Whether the table may be published."""
        return not self.findings

    def members(self) -> list[dict[str, Any]]:
        """Returns the findings for programs, as JSON."""
        return [
            {
                "column": finding.column,
                "rule": finding.rule,
                "count": finding.count,
                "rows": [
                    {"line": cell.line, "value": cell.value} for cell in finding.cells
                ],
                "message": dict(finding.message),
            }
            for finding in self.findings
        ]


def finding(
    rule: str,
    *,
    column: str = "",
    count: int = 1,
    cells: Sequence[BadCell] = (),
    shown: int = SHOWN,
    **words: object,
) -> Finding:
    """Returns a finding with the message of its rule.

    Args:
        rule: code of the rule, one of `RULES`.
        column: which column breaks it.
        count: how many rows break it.
        cells: the first of them.
        shown: how many of those are kept.
        words: what the message mentions.
    """
    texts = RULES[rule]
    message = {tag: texts[tag].format(column=column, **words) for tag in LANGUAGES}
    kept = tuple(BadCell(cell.line, cell.value[:LONGEST]) for cell in cells[:shown])
    return Finding(column, rule, count, kept, message)


UNOPENED = frozenset(
    {"not-a-table", "old-workbook", "macros", "unpacked-size", "not-a-workbook"}
    | {"not-utf-8", "empty-file"}
)
"""Rules whose breach keeps a file from being opened, so that it has no cells."""

RULES: Mapping[str, Text] = {
    "empty-file": {
        "en": "The file is empty. Its first line has to name the columns: {columns}.",
        "bg": "Файлът е празен. Първият ред трябва да съдържа имената на колоните: "
        "{columns}.",
    },
    "not-utf-8": {
        "en": "The file is not in UTF-8. Save it as “CSV UTF-8”.",
        "bg": "Файлът не е в кодировка UTF-8. Запишете го като „CSV UTF-8“.",
    },
    "control-character": {
        "en": "There is a character that does not show. Delete it.",
        "bg": "Има знак, който не се вижда. Изтрийте го.",
    },
    "not-a-workbook": {
        "en": "The file looks like an Excel workbook but cannot be read ({reason}). "
        "Save it again as .xlsx, or as “CSV UTF-8”.",
        "bg": "Файлът прилича на таблица на Excel, но не може да бъде прочетен "
        "({reason}). Запишете го отново като .xlsx или като „CSV UTF-8“.",
    },
    "not-a-table": {
        "en": "This is neither a CSV file nor an Excel workbook (.xlsx). Save the "
        "table as one of the two.",
        "bg": "Това не е нито CSV файл, нито таблица на Excel (.xlsx). Запишете "
        "таблицата в един от двата формата.",
    },
    "old-workbook": {
        "en": "This is a workbook of an old version of Excel, or one with a password. "
        "Save it as .xlsx without a password.",
        "bg": "Това е таблица от стара версия на Excel или таблица с парола. "
        "Запишете я като .xlsx без парола.",
    },
    "macros": {
        "en": "The workbook holds macros, which are not accepted. Save it as “Excel "
        "workbook (.xlsx)”, without macros.",
        "bg": "Таблицата съдържа макроси, а такива не се приемат. Запишете я като "
        "„Excel Workbook (.xlsx)“, без макроси.",
    },
    "unpacked-size": {
        "en": "Unpacked, the workbook is larger than {most} MB. Keep only the rows "
        "that are needed, or save it as “CSV UTF-8”.",
        "bg": "Разархивирана, таблицата е по-голяма от {most} MB. Оставете само "
        "нужните редове или я запишете като „CSV UTF-8“.",
    },
    "formula": {
        "en": "The cell {cell} holds a formula. Put its result there: copy it and "
        "paste it as a value.",
        "bg": "В клетка {cell} има формула. Поставете на нейно място резултата: "
        "копирайте я и я поставете като стойност.",
    },
    "merged-cells": {
        "en": "The cells {cell} are merged. Unmerge them and fill in every one.",
        "bg": "Клетките {cell} са обединени. Разделете ги и попълнете всяка.",
    },
    "other-table": {
        "en": "This file is of another table: {tables}. Hand it in there, or take the "
        "template of this table.",
        "bg": "Този файл е за друга таблица: {tables}. Предайте го там или вземете "
        "образеца на тази таблица.",
    },
    "no-rows": {
        "en": "The file has no rows below the headings. Fill in at least one.",
        "bg": "Под заглавията във файла няма редове. Попълнете поне един.",
    },
    "unprotected": {
        "en": "The figures cannot be protected as they are.",
        "bg": "В този вид данните не могат да бъдат защитени.",
    },
    "part-overlaps": {
        "en": "The file has figures of {code}, which contains a place that the table "
        "has already, or is a part of one. Hand in the whole table.",
        "bg": "Файлът съдържа данни за {code} – място, което обхваща друго, за което "
        "таблицата вече има данни, или е част от такова. Предайте цялата таблица.",
    },
    "missing-column": {
        "en": "There is no column {column}. Add it; the columns are {columns}.",
        "bg": "Липсва колоната {column}. Добавете я; колоните са {columns}.",
    },
    "unknown-column": {
        "en": "The table has no column {column}. Delete it; the columns are {columns}.",
        "bg": "Таблицата няма колона {column}. Изтрийте я; колоните са {columns}.",
    },
    "repeated-column": {
        "en": "The column {column} stands there more than once. Keep one.",
        "bg": "Колоната {column} се повтаря. Оставете само една.",
    },
    "row-format": {
        "en": "The row does not have {width} cells, or a quotation mark in it is not "
        "closed. Correct the row.",
        "bg": "Редът няма точно {width} клетки или в него има незатворени кавички. "
        "Поправете реда.",
    },
    "empty-code": {
        "en": "The cell is empty. Every row needs a code here; a total and an "
        "unknown value have codes of their own.",
        "bg": "Клетката е празна. Тук всеки ред трябва да има код; за общо и за "
        "неизвестно също има кодове.",
    },
    "unknown-code": {
        "en": "This code is not in the list of {list}. Use one of its codes, such as "
        "{codes}.",
        "bg": "Този код го няма в списъка {list}. Използвайте код от списъка, "
        "например {codes}.",
    },
    "period-format": {
        "en": "This is not a period. Write it like {example}.",
        "bg": "Това не е период. Напишете го като {example}.",
    },
    "period-kind": {
        "en": "The periods of this table are all of one kind. Write them like "
        "{example}.",
        "bg": "Всички периоди в тази таблица са от един вид. Напишете ги като "
        "{example}.",
    },
    "missing-value": {
        "en": "There is no value and no flag that says why. Write the value; if it "
        "is not known, delete the row. Do not write 0.",
        "bg": "Няма стойност, нито знак, който да казва защо. Напишете стойността; "
        "ако не е известна, изтрийте реда. Не пишете 0.",
    },
    "value-format": {
        "en": "This is not a number. Write digits with at most one decimal point, "
        "without spaces or signs for thousands, such as 40619 or 3.5.",
        "bg": "Това не е число. Напишете го с цифри и най-много една десетична "
        "точка, без интервали и без знак за хилядите, например 40619 или 3.5.",
    },
    "value-not-whole": {
        "en": "The values of this table are whole numbers. Write one, such as 40619.",
        "bg": "Стойностите в тази таблица са цели числа. Напишете цяло число, "
        "например 40619.",
    },
    "value-comma": {
        "en": "It cannot be told whether the comma stands for the decimal point or "
        "for thousands. Write the number without signs for thousands, with a "
        "decimal point.",
        "bg": "Не може да се разбере дали запетаята отделя десетичните знаци, или "
        "хилядите. Напишете числото без знак за хилядите и с десетична точка.",
    },
    "value-too-long": {
        "en": "The number has more than {whole} digits before the decimal point or "
        "more than {decimals} after it. Round it.",
        "bg": "Числото има повече от {whole} цифри преди десетичната точка или "
        "повече от {decimals} след нея. Закръглете го.",
    },
    "duplicate-key": {
        "en": "An earlier row has the same codes in all columns. Keep one of them.",
        "bg": "По-горе има ред със същите кодове във всички колони. Оставете само "
        "единия.",
    },
}
"""What each rule says, per language, by its code."""
