"""What people write for a code: the code, its name, or both.

    F  ·  F – жени  ·  F – females  ·  жени  ·  Females

A name that two codes have is no name here: which one is meant is not guessed.
"""

from collections.abc import Mapping
from types import MappingProxyType

from registry.language import LANGUAGES, Text, choose
from registry.statistics.reading import folded

BETWEEN = " – "
"""Stands between a code and its name."""

REMARKS: Text = MappingProxyType({"bg": "грешка", "en": "error"})
"""The heading of the column of remarks."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Names = Mapping[str, Text]
"""Codes with their names per language."""


def spoken(code: str, name: Text, language: str) -> str:
    """Returns a code as a cell has it: with its name, if it has one."""
    chosen = choose(name, language)
    return f"{code}{BETWEEN}{one_line(chosen.text)}" if chosen else code


def harmless(text: str) -> str:
    """Returns a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def one_line(text: str) -> str:
    """Returns a text without line ends and needless blanks."""
    return " ".join(text.split())


class Wording:
    """What the cells of one column may say.

    Args:
        names: the codes of its list.
    """

    def __init__(self, names: Names) -> None:
        self._codes = names.keys()
        said: dict[str, set[str]] = {}
        for code, name in names.items():
            for way in _ways(code, name):
                said.setdefault(_key(way), set()).add(code)
        self._said = {way: min(codes) for way, codes in said.items() if len(codes) == 1}
        self._own = {_key(code): code for code in names}

    def code(self, cell: str) -> str | None:
        """Returns the code that a cell means, or `None` if none or several."""
        if cell in self._codes:
            return cell
        key = _key(cell)
        return self._said.get(key) or self._own.get(key) or self._with_a_name(cell)

    def _with_a_name(self, cell: str) -> str | None:
        """Returns the code before another name than it has, unless another has that."""
        code, between, name = cell.partition(BETWEEN)
        code = code.strip()
        other = self._said.get(_key(name))
        return (
            code if between and code in self._codes and other in (None, code) else None
        )


def _ways(code: str, name: Text) -> list[str]:
    spoken_ = [spoken(code, {tag: name[tag]}, tag) for tag in LANGUAGES if tag in name]
    return [code, *spoken_, *(name[tag] for tag in LANGUAGES if tag in name)]


def _key(text: str) -> str:
    return folded(text.replace("–", "-").replace("—", "-"))
