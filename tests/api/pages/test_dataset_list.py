from datetime import date

import pytest

from api.pages.dataset_list import Line, Lines
from api.pages.datasets import Group, Named, Period
from registry.ports import Described
from tests.api.catalogues import described as short
from tests.dcat import described, the_definition
from tests.versions import AT, BASE, IRIS


def line(key: str, triples: str) -> Line:
    """Returns the line of a dataset."""
    return Lines(IRIS, the_definition()).line(Described(key, 1, AT, triples))


def test_line_of_a_register() -> None:
    """It is by whom publishes it, and its terms have names."""
    definition = the_definition()

    made = line("register.place", described()["register.place"])

    publisher = Named(definition.publisher_iri(IRIS), definition.publisher.name.text)
    assert (made.key, made.group, made.at) == ("register.place", Group.REGISTER, AT)
    assert made.title == definition.register("place").title.text
    assert made.makers == [publisher]
    assert made.period is not None
    assert made.period.start is not None
    assert [set(one.name) for one in made.licences] == [{"bg", "en"}]
    assert {"places", "места", "марица"} <= made.words


def test_line_of_a_table() -> None:
    """It is by whom made the figures; a format is named once."""
    key = next(key for key in described() if key.startswith("table."))

    made = line(key, described()[key])

    assert made.group is Group.TABLE
    assert all(set(one.name) == {"bg", "en"} for one in made.makers)
    assert len({text["en"] for text in made.formats}) == len(made.formats) > 0


def test_line_of_a_short_description() -> None:
    """What is not said is left out."""
    made = line("table.x", short("table.x"))

    assert made == Line(
        key="table.x",
        group=Group.TABLE,
        at=AT,
        title={"bg": "Набор table.x"},
        description={},
        makers=[],
        licences=[],
        period=None,
        formats=[],
        words=frozenset({"table", "x", "набор"}),
    )


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"набор"}, True),
        ({"наб", "tab"}, True),
        ({"набор", "друго"}, False),
        ({"абор"}, False),
        (set(), True),
    ],
)
def test_words_are_found_by_how_they_begin(wanted: set[str], found: bool) -> None:
    """All of them, each as the beginning of a word."""
    made = line("table.x", short("table.x"))

    assert made.found_by(frozenset(wanted)) is found


def test_order_of_the_list() -> None:
    """The whole first, then registers as people are shown them, tables, series."""
    keys = ["series.sar", "table.b", "register.scheme", "table.a", "registry"]
    keys.insert(2, "register.institution")
    lines = [line(key, short(key)) for key in keys]

    assert [one.key for one in sorted(lines, key=lambda each: each.place("bg"))] == [
        "registry",
        "register.institution",
        "register.scheme",
        "table.a",
        "table.b",
        "series.sar",
    ]


def test_period_of_a_table() -> None:
    """It is that of the description."""
    iri = IRIS.dataset("table.x")
    text = short("table.x") + (
        f"<{iri}> <http://purl.org/dc/terms/temporal> <{BASE}p> .\n"
        f'<{BASE}p> <http://www.w3.org/ns/dcat#endDate> "2015-12-31" .\n'
    )

    assert line("table.x", text).period == Period(None, date(2015, 12, 31))
