from xml.etree import ElementTree

from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from api.pages.charts import HEIGHT, MOST_SERIES, WIDTH, Caption, Series, bars, lines

CAPTION = Caption("immigration", "Имиграция", "Расте до 2022 г.")
SVG = "{http://www.w3.org/2000/svg}"


def said(value: float) -> str:
    return f"{value:g}"


def parsed(chart: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(str(chart))  # noqa: S314 - what we made ourselves


def test_chart_says_what_it_shows() -> None:
    """A reader who does not see the picture gets its title and description."""
    picture = parsed(lines(CAPTION, ["2021"], [Series("Общо", [1.0])], said))

    assert picture.get("role") == "img"
    named = (picture.get("aria-labelledby") or "").split()
    texts = {e.get("id"): e.text for e in picture if e.get("id")}
    assert [texts[name] for name in named] == ["Имиграция", "Расте до 2022 г."]


def test_line_stands_where_its_values_are() -> None:
    """The axis begins at zero; equal steps of value and time are equal on it."""
    picture = parsed(
        lines(CAPTION, ["2020", "2021", "2022"], [Series("Общо", [0, 50, 100])], said)
    )

    (line,) = picture.findall(f"{SVG}polyline")
    assert line.get("points") == "64,324 317,170 570,16"
    numbers = [e.text for e in picture.findall(f"{SVG}text")]
    assert numbers == [
        "0",
        "20",
        "40",
        "60",
        "80",
        "100",
        "2020",
        "2021",
        "2022",
        "Общо",
    ]


def test_missing_value_breaks_the_line() -> None:
    """A gap is no zero: the line stops, and a value alone is a point."""
    picture = parsed(
        lines(CAPTION, list("abcd"), [Series("Общо", [1, 2, None, 4])], said)
    )

    assert len(picture.findall(f"{SVG}polyline")) == 1
    assert len(picture.findall(f"{SVG}circle")) == 1


def test_only_lines_that_can_be_told_apart_are_drawn() -> None:
    """What is beyond them is in the table beside the chart."""
    series = [Series(f"Ред {n}", [n, n + 1]) for n in range(12)]

    picture = parsed(lines(CAPTION, ["a", "b"], series, said))

    assert len(picture.findall(f"{SVG}polyline")) == MOST_SERIES


def test_names_of_lines_stay_above_the_axis() -> None:
    """Names of lines that end together stand apart, and clear of the periods."""
    series = [Series(f"Ред {n}", [9, 0]) for n in range(MOST_SERIES)]

    picture = parsed(lines(CAPTION, ["a", "b"], series, said))

    texts = picture.findall(f"{SVG}text")
    heights = [float(e.get("y", "")) for e in texts if "name" in e.get("class", "")]
    assert heights == [230, 244, 258, 272, 286, 300, 314, 328]
    (axis,) = {float(e.get("y", "")) for e in texts if e.text in ("a", "b")}
    assert axis - heights[-1] == 18


def test_bars_carry_names_and_values() -> None:
    """Lengths are in proportion; what is missing has a name and no bar."""
    picture = parsed(
        bars(CAPTION, ["Сирия", "Ирак", "Судан"], Series("", [200, 100, None]), said)
    )

    widths = [e.get("width") for e in picture.findall(f"{SVG}rect")]
    assert widths == ["330", "165"]
    texts = [e.text for e in picture.findall(f"{SVG}text")]
    assert texts == ["Сирия", "200", "Ирак", "100", "Судан"]


@example(["x"], [[5e-324]])
@given(
    st.lists(st.text(), min_size=1, max_size=10),
    st.lists(
        st.lists(
            st.none() | st.floats(-1e12, 1e12, allow_nan=False), min_size=1, max_size=5
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_any_text_and_number_can_be_drawn(
    names: list[str], rows: list[list[float | None]]
) -> None:
    """Markup in names is text; every point lies within the picture."""
    length = min(len(row) for row in rows)
    series = [Series(names[n % len(names)], row[:length]) for n, row in enumerate(rows)]
    labels = [names[n % len(names)] for n in range(length)]

    picture = parsed(lines(Caption("x", names[0], names[-1]), labels, series, said))

    for line in picture.findall(f"{SVG}polyline"):
        for point in (line.get("points") or "").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT
    allowed = {"title", "desc", "line", "text", "polyline", "circle"}
    assert {e.tag.removeprefix(SVG) for e in picture.iter()} <= {"svg", *allowed}
