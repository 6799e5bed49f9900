from registry.language import Chosen
from tests.api.pages.slices import OCCURRING, names


def test_names_in_the_best_language() -> None:
    """A code has its name in the language of the page, or in the one there is."""
    found = names("en")

    assert found.code("sex", "F") == Chosen("women", "en")
    assert found.code("sex", "M") == Chosen("мъже", "bg")
    assert found.code("age", "Y2") == Chosen("Y2", "")
    assert found.code("time", "2020") == Chosen("2020", "en")


def test_columns_begin_as_headings_do() -> None:
    """The name of a column begins with a capital."""
    assert names("bg").column("sex") == Chosen("Sex бг", "bg")


def test_names_together() -> None:
    """Codes of several dimensions are told in one line."""
    assert names("bg").joined({"sex": "F", "time": "2020"}) == "жени, 2020"


def test_order_is_that_of_readers() -> None:
    """The whole comes first, numbers go up, and names follow the alphabet."""
    found = names("en")

    assert list(found.ordered("age", OCCURRING["age"])) == [
        *["TOTAL", "Y2", "Y10", "Y10-14"]
    ]
    assert list(found.ordered("sex", OCCURRING["sex"])) == ["T", "F", "M"]
    assert list(found.ordered("time", OCCURRING["time"])) == OCCURRING["time"]
