"""What a cell or a row of a dataset file must keep to, each rule with its advice."""

from collections.abc import Mapping
from types import MappingProxyType

from registry.language import Text
from registry.ports import RowError

RULES: Mapping[str, Text] = MappingProxyType(
    {
        "empty-file": {
            "en": "The file has no header; write the column names in line 1.",
            "bg": "Файлът няма заглавен ред; напишете имената на колоните на ред 1.",
        },
        "missing-column": {
            "en": "The column {column} is missing; add it to the header, even if "
            "all its cells stay empty.",
            "bg": "Липсва колоната {column}; добавете я в заглавния ред, дори "
            "клетките ѝ да останат празни.",
        },
        "repeated-column": {
            "en": "The column {column} stands twice in the header; rename or remove "
            "one of the two.",
            "bg": "Колоната {column} се повтаря в заглавния ред; преименувайте или "
            "премахнете едната.",
        },
        "row-width": {
            "en": "The row does not have as many cells as the header; put any cell "
            "that holds a comma or a line break in double quotes.",
            "bg": "Редът няма толкова клетки, колкото заглавният ред; оградете с "
            "прави двойни кавички клетките, които съдържат запетая или нов ред.",
        },
        "not-utf-8": {
            "en": "The text is not UTF-8; save the file again as “CSV UTF-8”.",
            "bg": "Текстът не е в UTF-8; запазете файла отново като „CSV UTF-8“.",
        },
        "control-character": {
            "en": "The cell holds an invisible control character; type its text anew.",
            "bg": "Клетката съдържа невидим управляващ знак; въведете текста наново.",
        },
        "unterminated-quote": {
            "en": "A cell that starts with a double quote never ends; add the closing "
            "quote. Nothing after this line was read.",
            "bg": "Клетка, която започва с права двойна кавичка, няма край; добавете "
            "затварящата кавичка. Нищо след този ред не беше прочетено.",
        },
        "misplaced-quote": {
            "en": "A double quote stands in the middle of a quoted cell; write it "
            "twice.",
            "bg": "В клетка, оградена с кавички, има права двойна кавичка; напишете я "
            "два пъти.",
        },
        "cell-too-long": {
            "en": "A cell is longer than {limit} characters; shorten it, or look for "
            "a missing closing quote. Nothing after this line was read.",
            "bg": "Клетка е по-дълга от {limit} знака; скъсете я или потърсете "
            "липсваща затваряща кавичка. Нищо след този ред не беше прочетено.",
        },
        "empty-key": {
            "en": "The row has no key; fill in {column}.",
            "bg": "Редът няма ключ; попълнете {column}.",
        },
        "bad-key": {
            "en": "A key may hold Latin letters, digits, full stops and hyphens, "
            "starts with a letter or a digit, and has at most 128 characters.",
            "bg": "Ключът може да съдържа латински букви, цифри, точки и тирета, "
            "започва с буква или цифра и е най-много 128 знака.",
        },
        "duplicate-key": {
            "en": "The same key stands in line {first}; remove one of the two rows or "
            "give this one another key.",
            "bg": "Същият ключ стои и на ред {first}; премахнете единия ред или дайте "
            "на този друг ключ.",
        },
        "empty-part": {
            "en": "One of the values in the list is empty; remove the surplus “;”.",
            "bg": "Една от стойностите в списъка е празна; премахнете излишния знак "
            "„;“.",
        },
        "bad-date": {
            "en": "This is no date; write it as 2024, 2024-05 or 2024-05-31.",
            "bg": "Това не е дата; напишете я като 2024, 2024-05 или 2024-05-31.",
        },
        "bad-address": {
            "en": "This is no web address; it must start with http:// or https:// and "
            "hold no blanks.",
            "bg": "Това не е уеб адрес; той трябва да започва с http:// или https:// "
            "и да няма интервали.",
        },
        "bad-isbn": {
            "en": "This is no ISBN of 13 digits with a right check digit; copy it "
            "again from the publication.",
            "bg": "Това не е 13-цифрен ISBN с вярна контролна цифра; препишете го "
            "отново от изданието.",
        },
    }
)
"""Every rule by its stable code, with a sentence on how to mend what breaks it."""


class CellError(Exception):
    """A value that breaks a rule, before it is known in which line it stands."""

    def __init__(self, rule: str, column: str, value: str, **details: object) -> None:
        super().__init__(rule)
        self.rule = rule
        self.column = column
        self.value = value
        self.details = details


def broken(
    file: str,
    line: int,
    rule: str,
    column: str = "",
    value: str = "",
    **details: object,
) -> RowError:
    """Returns the report that a rule is broken at one place of a file."""
    message = {
        tag: sentence.format(column=column, **details)
        for tag, sentence in RULES[rule].items()
    }
    return RowError(file, line, column, printable(value), rule, message)


def printable(value: str) -> str:
    """Returns the value as it can be shown: bytes that are not UTF-8 are replaced."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
