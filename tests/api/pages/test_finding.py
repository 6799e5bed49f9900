import pytest

from api.pages.addresses import Addresses
from api.pages.finding import FINDABLE, NUMBERS, SEARCHED, Asked
from registry.errors import BadParameter
from registry.ports import ListQuery
from tests.versions import BASE

ADDRESSES = Addresses(BASE, "en")


def _asked(**given: str) -> Asked:
    return Asked.read(list(given.items()), ADDRESSES)


def test_empty_fields_ask_for_nothing() -> None:
    """An empty field is left out, and so is what the page does not know."""
    asked = _asked(q=" курс ", place="", colour="red")

    assert asked.given == {"q": "курс"}
    assert asked.text == "курс"


def test_query() -> None:
    """Without a state, only what works is looked for, in the kinds of the page."""
    assert _asked().query(ListQuery()) == ListQuery(
        kinds=FINDABLE, working=True, by_name="en", limit=20
    )
    assert _asked(q="x").query(ListQuery(text="x")) == ListQuery(
        text="x", kinds=SEARCHED, working=True, by_name="en", limit=20
    )
    assert _asked(state="any", kind="place").query(ListQuery(kind="place")) == (
        ListQuery(kind="place", by_name="en", limit=20)
    )


def test_filters_of_the_lists() -> None:
    """What the lists do not know stays with the page."""
    assert _asked(state="any", after="20", q="x").filters == {"q": "x"}
    assert _asked(state="active").filters == {"state": "active"}


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "٣"])
def test_strange_cursors(after: str) -> None:
    """A cursor that no page gave is refused."""
    with pytest.raises(BadParameter):
        _asked(after=after).query(ListQuery())


def test_addresses_of_pages() -> None:
    """A change of the question begins at the first page; the page before is known."""
    asked = _asked(q="а", after="40")

    assert asked.address(place="bg") == f"{BASE}en/find?q=%D0%B0&place=bg"
    assert asked.previous == f"{BASE}en/find?q=%D0%B0&after=20"
    assert _asked(after="20").previous == f"{BASE}en/find"
    assert _asked().previous is None


def test_pages_by_number() -> None:
    """Every page of a list is one click from any other; a list of one page has none."""
    asked = _asked(kind="place", after="20")

    assert [(leaf.number, leaf.current) for leaf in asked.leaves(41)] == [
        (1, False),
        (2, True),
        (3, False),
    ]
    assert [leaf.address for leaf in asked.leaves(41)] == [
        f"{BASE}en/find?kind=place",
        f"{BASE}en/find?kind=place&after=20",
        f"{BASE}en/find?kind=place&after=40",
    ]
    assert asked.leaves(20) == ()


def test_pages_of_a_long_list() -> None:
    """Of a long list, pages at equal distances are linked, and the last."""
    numbers = [leaf.number for leaf in _asked().leaves(10_000)]

    assert numbers[:3] == [1, 14, 27]
    assert numbers[-1] == 500
    assert len(numbers) <= NUMBERS + 1
