import pytest

from registry import graphs
from registry.namespaces import HYDRA, RDF
from registry.views.hydra import Paging, page


@pytest.mark.parametrize(
    ("number", "total", "neighbours"),
    [
        pytest.param(1, 0, [("first", 1), ("last", 1)], id="nothing at all"),
        pytest.param(1, 10, [("first", 1), ("last", 1)], id="exactly one page"),
        pytest.param(1, 11, [("first", 1), ("next", 2), ("last", 2)], id="the first"),
        pytest.param(
            2,
            25,
            [("first", 1), ("previous", 1), ("next", 3), ("last", 3)],
            id="one in the middle",
        ),
        pytest.param(3, 25, [("first", 1), ("previous", 2), ("last", 3)], id="last"),
    ],
)
def test_pages_lead_to_one_another(
    number: int, total: int, neighbours: list[tuple[str, int]]
) -> None:
    """There is a way onwards from every page but the last, and back but the first."""
    assert list(Paging(number, 10, total).neighbours) == neighbours


def test_page_says_where_it_stands() -> None:
    """A harvester finds the node by its class, and the next page by its property."""
    text = page(Paging(2, 10, 25), "http://a.example/?page={}".format)

    here = "http://a.example/?page=2"
    assert {
        (t.predicate.value, getattr(t.object, "value", None))
        for t in graphs.triples(text)
        if getattr(t.subject, "value", None) == here
    } == {
        (f"{RDF}type", f"{HYDRA}PagedCollection"),
        (f"{HYDRA}totalItems", "25"),
        (f"{HYDRA}itemsPerPage", "10"),
        (f"{HYDRA}first", "http://a.example/?page=1"),
        (f"{HYDRA}previous", "http://a.example/?page=1"),
        (f"{HYDRA}next", "http://a.example/?page=3"),
        (f"{HYDRA}last", "http://a.example/?page=3"),
    }
    assert len(graphs.triples(text)) == 7
