from collections.abc import Iterator, Sequence

import pytest

from registry.foreign import Page
from registry.sources.addresses import Hosts
from registry.sources.fetching import Fetcher, FetchLimits
from registry.sources.hydra import ACCEPT, HydraCatalogue
from registry.sources.reader import Reader
from tests.catalogues import Host, Near, Reply, described, hosting, page

BASE = "http://registry.example/"
LIMITS = FetchLimits(size=10_000, seconds=5.0, total=10.0, redirects=3, pages=3)


@pytest.fixture
def host() -> Iterator[Host]:
    """A server whose pages the test sets."""
    with hosting() as host:
        yield host


def pages(host: Host, path: str = "/c") -> Sequence[Page]:
    """Reads the catalogue at a path."""
    with Fetcher(Hosts(host.name), LIMITS) as fetcher:
        return list(
            HydraCatalogue(host.at(path), fetcher, Reader(Near(), BASE)).pages()
        )


def shown(found: Sequence[Page]) -> Sequence[tuple[list[str], list[str]]]:
    """Returns the keys of the datasets and the rules broken, page by page."""
    return [
        (
            [one.iri.rpartition("/")[2] for one in read.datasets],
            [finding.rule for finding in read.refused],
        )
        for read in found
    ]


def test_a_file_is_one_page(host: Host) -> None:
    """It is asked for in the formats that are read, Turtle first."""
    host.replies["/c"] = Reply(page(described("/id/a"), described("/id/b")))

    assert shown(pages(host)) == [(["a", "b"], [])]
    assert host.accepted == [ACCEPT]


def test_pages_are_read_one_after_the_other(host: Host) -> None:
    """Until one names no next page."""
    host.replies["/c"] = Reply(page(described("/id/a"), following="/c?p=2"))
    host.replies["/c?p=2"] = Reply(page(described("/id/b"), following="/c?p=3"))
    host.replies["/c?p=3"] = Reply(page(described("/id/c")))

    assert shown(pages(host)) == [(["a"], []), (["b"], []), (["c"], [])]


def test_a_broken_page_is_the_last_one(host: Host) -> None:
    """What came before it stays."""
    host.replies["/c"] = Reply(page(described("/id/a"), following="/c?p=2"))
    host.replies["/c?p=2"] = Reply(page(described("/id/b"), following="/c?p=3") + b"<")

    assert shown(pages(host)) == [(["a"], []), ([], ["malformed"])]
    assert host.asked == ["/c", "/c?p=2"]


@pytest.mark.parametrize(
    ("reply", "rule"),
    [
        (Reply(status=500), "status"),
        (Reply(b"<html>", "text/html"), "not-rdf"),
        (Reply(b"x" * 20_000), "too-large"),
    ],
)
def test_a_page_that_cannot_be_fetched_is_the_last_one(
    host: Host, reply: Reply, rule: str
) -> None:
    """Its address is in the report."""
    host.replies["/c"] = Reply(page(described("/id/a"), following="/c?p=2"))
    host.replies["/c?p=2"] = reply

    found = pages(host)

    assert shown(found) == [(["a"], []), ([], [rule])]
    assert found[1].refused[0].source == host.at("/c?p=2")


@pytest.mark.parametrize("following", ["/c", "/c?p=2"])
def test_pages_that_lead_back_end(host: Host, following: str) -> None:
    """To the first one, or to themselves."""
    host.replies["/c"] = Reply(page(described("/id/a"), following="/c?p=2"))
    host.replies["/c?p=2"] = Reply(page(described("/id/b"), following=following))

    assert shown(pages(host)) == [(["a"], []), (["b"], ["page-loop"])]


def test_several_next_pages_end_the_reading(host: Host) -> None:
    """Nobody knows which of them is meant."""
    both = page(described("/id/a"), following="/c?p=2") + page(following="/c?p=3")
    host.replies["/c"] = Reply(both)

    assert shown(pages(host)) == [(["a"], ["several-next"])]


def test_no_more_pages_are_read_than_are_allowed(host: Host) -> None:
    """And the report says that there were more."""
    for number in range(9):
        body = page(described(f"/id/{number}"), following=f"/{number + 1}")
        host.replies[f"/{number}"] = Reply(body)

    assert shown(pages(host, "/0")) == [
        (["0"], []),
        (["1"], []),
        (["2"], ["too-many-pages"]),
    ]


def test_a_next_page_elsewhere_is_not_fetched(host: Host) -> None:
    """A catalogue cannot send the registry to a host that is not listed."""
    elsewhere = "http://169.254.169.254/latest"
    host.replies["/c"] = Reply(page(described("/id/a"), following=elsewhere))

    found = pages(host)

    assert shown(found) == [(["a"], []), ([], ["host-not-listed"])]
    assert found[1].refused[0].source == elsewhere


def test_an_address_that_is_none_is_a_page_of_nothing() -> None:
    """The report says so."""
    with Fetcher(Hosts(""), LIMITS) as fetcher:
        catalogue = HydraCatalogue("catalogue", fetcher, Reader(Near(), BASE))

        assert shown(list(catalogue.pages())) == [([], ["bad-url"])]


def test_the_host_of_a_catalogue() -> None:
    """It stands behind the drafts."""
    with Fetcher(Hosts(""), LIMITS) as fetcher:
        catalogue = HydraCatalogue("https://A.example/c", fetcher, Reader(Near(), BASE))

        assert catalogue.host == "a.example"
