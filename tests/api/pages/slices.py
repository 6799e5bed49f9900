"""Slices of a small table, for tests of what pages show of them."""

from collections.abc import Sequence

from api.pages.code_names import CodeNames
from api.pages.translations import languages
from registry.language import Text
from registry.ports import TableRow
from registry.statistics.labels import CodeList
from registry.statistics.structure import Dimension, Period, Role, Structure
from tests.registry.statistics.cubes import caption

SEXES: dict[str, Text] = {
    "T": {"bg": "общо", "en": "total"},
    "F": {"bg": "жени", "en": "women"},
    "M": {"bg": "мъже"},
}
AGES: dict[str, Text] = {code: {} for code in ("TOTAL", "Y2", "Y10", "Y10-14")}
STRUCTURE = Structure(
    key="sample",
    dimensions=(
        Dimension("sex", "https://d.example/sex", Role.CODED, "sex", {}),
        Dimension("age", "https://d.example/age", Role.CODED, "age", {}),
        Dimension("time", "https://d.example/time", Role.TIME, None, {}),
    ),
    measure="https://d.example/count",
    integer=True,
    unit="PER",
    period=Period.YEAR,
    flags=True,
    threshold=None,
    default={"sex": ("T",)},
)
OCCURRING = {
    "sex": ["F", "M", "T"],
    "age": ["TOTAL", "Y10", "Y10-14", "Y2"],
    "time": ["2020", "2021", "2022"],
}
ROWS: Sequence[TableRow] = [
    ("F", "TOTAL", "2020", "1000", None),
    ("F", "TOTAL", "2022", "1234.5", "bp"),
    ("M", "TOTAL", "2020", None, "c"),
    ("M", "TOTAL", "2022", "900", None),
]


def names(language: str = "en") -> CodeNames:
    """Returns the names of the sample in a language."""
    lists = {
        "sex": CodeList(SEXES, dict.fromkeys("FM", "T"), "s"),
        "age": CodeList(AGES, dict.fromkeys(list(AGES)[1:], "TOTAL"), "a"),
        "time": CodeList({}, {}, ""),
    }
    return CodeNames(STRUCTURE, caption(STRUCTURE, lists), languages()[language])
