"""The file to be filled in for a table: as CSV, or as a workbook with drop-downs."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from registry.language import Text
from registry.ports import TableRow
from registry.sheets.wording import Names, spoken
from registry.statistics.structure import FLAG, VALUE, Structure

DELIMITERS: Text = {"bg": ";", "en": ","}
"""What the spreadsheets of each language separate cells with."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A table to be filled in.

    Attributes:
        structure: with the flags that may be handed in.
        title: of the table.
        headings: names of its columns.
        names: of the codes of its columns.
        address: where it is handed in, per language.
    """

    structure: Structure
    title: Text
    headings: Mapping[str, Text]
    names: Mapping[str, Names]
    address: Text


def as_csv(blank: Blank, rows: Iterable[TableRow], language: str) -> bytes:
    """Returns the table as CSV in UTF-8 with a byte order mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=DELIMITERS[language], lineterminator="\r\n")
    writer.writerow(_headings(blank, language))
    writer.writerows(_spoken(blank, rows, language))
    return text.getvalue().encode("utf-8-sig")


def as_workbook(blank: Blank, rows: Iterable[TableRow], language: str) -> bytes:
    """Returns the table as a workbook; takes some seconds for 50,000 rows."""
    # The library of workbooks takes longer to import than a server to start.
    from registry.sheets.workbooks import Column, Template, workbook

    columns = [
        Column(heading, blank.names.get(name, {}), number=name == VALUE)
        for name, heading in zip(
            blank.structure.columns, _headings(blank, language), strict=True
        )
    ]
    template = Template(
        f"table/{blank.structure.key}", blank.title, _instructions(blank), language
    )
    return workbook(template, columns, _spoken(blank, rows, language))


def _headings(blank: Blank, language: str) -> Sequence[str]:
    return [
        spoken(name, blank.headings.get(name, {}), language)
        for name in blank.structure.columns
    ]


def _spoken(
    blank: Blank, rows: Iterable[TableRow], language: str
) -> Iterable[Sequence[str]]:
    said = {
        name: {code: spoken(code, text, language) for code, text in names.items()}
        for name, names in blank.names.items()
    }
    columns = blank.structure.columns
    for row in rows:
        yield [
            said.get(name, {}).get(cell, cell) if cell else ""
            for name, cell in zip(columns, row, strict=True)
        ]


def _instructions(blank: Blank) -> Sequence[Text]:
    structure = blank.structure
    example = {"year": "2024", "quarter": "2024-Q1", "month": "2024-01"}
    period = example[structure.period.value]
    lines: list[Text] = [
        {
            "bg": "Попълнете по един ред за всяка стойност на първия лист. Не "
            "променяйте заглавията на колоните.",
            "en": "Fill in one row for each value on the first sheet. Leave the "
            "headings of the columns as they are.",
        },
        {
            "bg": "Където има списък, изберете от него. Приема се и само кодът, и "
            "само името, ако е единствено.",
            "en": "Where there is a list, choose from it. The code alone is accepted "
            "too, and so is the name, if no other code has it.",
        },
        {
            "bg": f"Периодите се пишат така: {period}. Стойностите са числа, без "
            "формули и без знак за хилядите.",
            "en": f"Periods are written like this: {period}. Values are numbers, "
            "without formulas and without signs for thousands.",
        },
        {
            "bg": "Ако стойността не е известна, не пишете 0: пропуснете реда.",
            "en": "If a value is not known, do not write 0: leave the row out.",
        },
    ]
    if FLAG in structure.columns:
        lines.append(
            {
                "bg": "Ред без стойност се приема само с бележка, която казва защо.",
                "en": "A row without a value is accepted only with a flag that says "
                "why.",
            }
        )
    if structure.threshold is not None:
        most = structure.threshold - 1
        lines.append(
            {
                "bg": f"Попълнете и малките стойности: от 1 до {most} не се "
                "публикуват, нито други, от които биха могли да се пресметнат. Те не "
                "се пазят никъде. Сборовете трябва да са точни.",
                "en": f"Fill in small values too: those from 1 to {most} are not "
                "published, nor others from which they could be worked out. They are "
                "kept nowhere. Totals must be exact sums.",
            }
        )
    lines.append(
        {
            "bg": f"Готовият файл се подава тук: {blank.address['bg']}",
            "en": f"Hand in the file here: {blank.address['en']}",
        }
    )
    return lines
