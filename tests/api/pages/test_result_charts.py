from collections.abc import Sequence
from xml.etree.ElementTree import Element, fromstring

from api.pages.result_charts import MOST_BARS, Words, drawn
from api.pages.results import Cell, Column, Table

WORDS = Words("en", "Answer", "See the table.", lambda value: f"{value:g}")
SVG = "{http://www.w3.org/2000/svg}"


def _table(names: str, *rows: Sequence[str | float]) -> Table:
    cells = [
        [
            Cell(f"{one:g}", number=one) if isinstance(one, int | float) else Cell(one)
            for one in row
        ]
        for row in rows
    ]
    columns = [
        Column(name, None, all(row[n].number is not None for row in cells))
        for n, name in enumerate(names.split())
    ]
    return Table(columns, cells, len(cells))


def _drawn(table: Table) -> list[Element]:
    return [fromstring(one) for one in drawn(table, WORDS)]  # noqa: S314 - our own


def _titles(table: Table) -> list[str | None]:
    return [picture.findtext(f"{SVG}title") for picture in _drawn(table)]


def test_periods_make_lines() -> None:
    """Figures by period are lines on one axis, in the order of the periods."""
    table = _table("year a b", ["2021", 3, 4], ["2020", 1, 2])

    (picture,) = _drawn(table)

    assert picture.findtext(f"{SVG}title") == "Answer: b, a"
    assert len(picture.findall(f"{SVG}polyline")) == 2
    texts = [text.text for text in picture.findall(f"{SVG}text")]
    assert texts.index("2020") < texts.index("2021")


def test_other_scales_have_other_axes() -> None:
    """A share beside a count of thousands would be a flat line."""
    table = _table("year share count", ["2020", 0.5, 9000], ["2021", 0.7, 9100])

    assert _titles(table) == ["Answer: count", "Answer: share"]


def test_a_line_for_each_label() -> None:
    """Periods that repeat for each label make a line for each; a gap is no zero."""
    table = _table(
        "year language n", ["2020", "bg", 5], ["2020", "en", 1], ["2021", "bg", 6]
    )

    assert _titles(table) == ["Answer: bg, en"]


def test_years_without_a_row_are_gaps() -> None:
    """A year that the answer leaves out breaks the line, as a missing value does."""
    (picture,) = _drawn(_table("year n", ["2019", 1], ["2020", 2], ["2023", 3]))

    texts = [text.text for text in picture.findall(f"{SVG}text")]
    assert [text for text in texts if text and text.startswith("20")] == [
        *("2019", "2020", "2021", "2022", "2023"),
    ]
    assert len(picture.findall(f"{SVG}polyline")) == 1
    assert len(picture.findall(f"{SVG}circle")) == 1


def test_labels_make_bars() -> None:
    """One label and one figure in each row are bars."""
    table = _table("place n", ["Haskovo", 3], ["Kardzhali", 1])

    (picture,) = _drawn(table)

    assert len(picture.findall(f"{SVG}rect")) == 2


def test_bars_take_the_names_in_the_language_of_the_page() -> None:
    """Of several columns that tell rows apart, the readable one is written."""
    rows = [
        [Cell("id/a", link="a"), Cell("А", "bg"), Cell("A", "en"), Cell("1", number=1)],
        [Cell("id/b", link="b"), Cell("Б", "bg"), Cell("B", "en"), Cell("2", number=2)],
    ]
    columns = [Column(name, None, name == "n") for name in ("x", "bg", "en", "n")]

    (picture,) = _drawn(Table(columns, rows, 2))

    texts = [text.text for text in picture.findall(f"{SVG}text")]
    assert texts == ["A", "1", "B", "2"]


def test_no_picture() -> None:
    """What makes no sensible picture makes none."""
    many: list[list[str | float]] = [[f"place {n}", n] for n in range(MOST_BARS + 1)]
    cut = _table("place n", ["a", 1], ["b", 2])

    assert _drawn(_table("place n", *many)) == []
    assert _drawn(_table("place n", ["a", 1])) == []
    assert _drawn(_table("place n", ["a", 1], ["a", 2])) == []
    assert _drawn(_table("place n", ["a", -1], ["b", 2])) == []
    assert _drawn(_table("place name", ["a", "b"], ["c", "d"])) == []
    assert _drawn(_table("a b", [1, 2], [3, 4])) == []
    assert _drawn(_table("year a b", ["2020", "x", "y"], ["2020", "z", "w"])) == []
    assert _drawn(_table("year x n", ["2020", "a", 1], ["2020", "a", 2])) == []
    assert _drawn(Table(cut.columns, cut.rows, 3)) == []
