from api.pages.charts import MOST_SERIES, Series
from api.pages.plots import MOST_BARS, plot
from tests.api.pages.slices import ROWS, names


def test_lines_over_periods() -> None:
    """Periods between are there, and what has no value is a gap."""
    found = plot(ROWS, names("bg"), "Заглавие")

    assert found is not None
    assert found.over_time
    assert found.labels == ["2020", "2021", "2022"]
    assert found.series == [
        Series("жени", [1000.0, None, 1234.5]),
        Series("мъже", [None, None, 900.0]),
    ]
    assert found.left_out == 0
    said = found.description.replace("\u00a0", " ")
    assert "жени: 1 000 (2020), 1 234,5 (2022)." in said
    assert said.endswith(" мъже: 900 (2022).")
    assert "<svg" in found.drawn(names("bg").language)


def test_only_the_largest_lines_are_drawn() -> None:
    """What cannot be told apart is left to the table, and counted."""
    rows = [
        (str(code), "TOTAL", year, str(code), None)
        for code in range(MOST_SERIES + 3)
        for year in ("2020", "2021")
    ]
    found = plot(rows, names(), "Title")

    assert found is not None
    assert len(found.series) == MOST_SERIES
    assert found.series[0].name == str(MOST_SERIES + 2)
    assert found.left_out == 3


def test_bars_of_one_period() -> None:
    """One period is compared, the largest first."""
    bars = plot([row for row in ROWS if row[2] == "2022"], names(), "Title")

    assert bars is not None
    assert not bars.over_time
    assert bars.labels == ["women", "мъже"]
    assert bars.series == [Series("2022", [1234.5, 900.0])]
    assert bars.description == "2022: from 1,234.5 (women) to 900 (мъже)."
    assert "<rect" in bars.drawn(names().language)


def test_no_more_bars_than_fit() -> None:
    """The smallest of many are left to the table."""
    rows = [(str(n), "TOTAL", "2020", str(n), None) for n in range(MOST_BARS + 5)]
    found = plot(rows, names(), "Title")

    assert found is not None
    assert len(found.labels) == MOST_BARS
    assert found.left_out == 5


def test_one_line_is_named_by_what_is_counted() -> None:
    """A single line has the name of the values."""
    found = plot([row for row in ROWS if row[0] == "F"], names(), "Title")

    assert found is not None
    assert [one.name for one in found.series] == ["Obs_value en"]


def test_nothing_to_compare() -> None:
    """One figure, none, or only gaps are no picture."""
    assert plot([], names(), "Title") is None
    assert plot(ROWS[:1], names(), "Title") is None
    assert plot(ROWS[2:3], names(), "Title") is None
