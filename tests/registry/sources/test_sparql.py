from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

import httpx
import pyoxigraph as ox
import pytest

from registry.foreign import Page
from registry.sources.addresses import Hosts
from registry.sources.fetching import Fetcher, FetchLimits
from registry.sources.reader import Reader
from registry.sources.sparql import SparqlCatalogue, query
from tests.catalogues import (
    PREFIXES,
    Host,
    Near,
    Reply,
    described,
    hosting,
    oxigraph,
    page,
)

BASE = "http://registry.example/"
LIMITS = FetchLimits(size=100_000, seconds=10.0, total=20.0, redirects=3, pages=9)


@pytest.fixture
def host() -> Iterator[Host]:
    """A server whose answers the test sets."""
    with hosting() as host:
        yield host


def pages(address: str, listed: str, size: int = 50) -> Sequence[Page]:
    """Reads the datasets behind an endpoint."""
    with Fetcher(Hosts(listed), LIMITS) as fetcher:
        reader = Reader(Near(), BASE)
        return list(SparqlCatalogue(address, fetcher, reader, size).pages())


def shown(found: Sequence[Page]) -> Sequence[tuple[list[str], list[str]]]:
    """Returns the keys of the datasets and the rules broken, page by page."""
    return [
        (
            [one.iri.rpartition("/")[2] for one in read.datasets],
            [finding.rule for finding in read.refused],
        )
        for read in found
    ]


CATALOGUE = PREFIXES + "".join(
    f"""
    <https://data.example/id/{name}> a dcat:Dataset ; dct:title "Набор {name}"@bg ;
      dct:publisher [ a foaf:Agent ; foaf:name "Агенция"@bg ] ;
      dct:relation <https://data.example/id/a> ;
      dcat:distribution <https://data.example/id/{name}/csv> .
    <https://data.example/id/{name}/csv> a dcat:Distribution ;
      dcat:accessURL <https://data.example/{name}.csv> .
    """
    for name in "abcde"
)


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`oxigraph serve`, which nobody here wrote, over five datasets."""
    blank = '[] a dcat:Dataset ; dct:title "Безименен"@bg .'
    with oxigraph(tmp_path_factory.mktemp("oxigraph"), CATALOGUE + blank) as address:
        yield address


def test_the_datasets_of_a_real_endpoint_are_read(endpoint: str) -> None:
    """Whole, with what hangs on them, two at a time."""
    found = pages(endpoint, urlsplit(endpoint).netloc, size=2)

    assert shown(found) == [(["a", "b"], []), (["c", "d"], []), (["e"], [])]
    for one in (one for read in found for one in read.datasets):
        assert one.document["publisher"]["agentName"] == {"bg": "Агенция"}
        (distribution,) = one.document["data"]
        assert distribution["accessURL"] == [one.iri.replace("/id/", "/") + ".csv"]
        assert [loss.term for loss in one.losses] == ["dct:relation"]
    assert {read.address for read in found} == {endpoint}


def test_the_query_is_as_the_engine_would_have_it(endpoint: str) -> None:
    """Whatever stands in the IRI that is bound, it stays a text."""
    hostile = 'https://a.example/" ) } DROP ALL #\n\\u0022'

    answer = httpx.get(endpoint, params={"query": query(hostile)})

    assert answer.status_code == 200
    ox.Store().query(query(hostile))


def asked_for(path: str) -> str:
    """Returns the query in a path."""
    return parse_qs(urlsplit(path).query)["query"][0]


def answers(host: Host, script: Mapping[str, Reply]) -> None:
    """Has the server answer what follows an IRI as the script says."""
    by_query = {query(after): reply for after, reply in script.items()}
    host.answer = lambda path: by_query[asked_for(path)]


ONE, TWO = "https://data.example/1", "https://data.example/2"


def test_requests_ask_for_what_follows(host: Host) -> None:
    """Until an answer is empty: one that is short may have been cut by the server."""
    answers(
        host,
        {
            "": Reply(page(described(ONE))),
            ONE: Reply(page(described(TWO))),
            TWO: Reply(page()),
        },
    )

    assert shown(pages(host.at("/query"), host.name)) == [(["1"], []), (["2"], [])]
    assert [asked_for(path) for path in host.asked] == [
        query(""),
        query(ONE),
        query(TWO),
    ]
    assert set(host.accepted) == {"application/turtle,text/turtle"}


@pytest.mark.parametrize(
    ("reply", "rule"),
    [
        (Reply(status=503), "status"),
        (Reply(b"<html>", "text/html"), "not-rdf"),
        (Reply(b"<a> <b> ."), "malformed"),
        (Reply(b"x" * 200_000), "too-large"),
        (
            Reply(status=302, headers={"Location": "http://10.0.0.1/"}),
            "host-not-listed",
        ),
        (Reply(page(described(ONE))), "page-loop"),
    ],
)
def test_an_answer_that_fails_is_the_last_one(
    host: Host, reply: Reply, rule: str
) -> None:
    """What came before it stays; the checks are those of every fetch."""
    answers(host, {"": Reply(page(described(ONE))), ONE: reply})

    found = pages(host.at("/query"), host.name)

    assert shown(found) == [(["1"], []), ([], [rule])]
    assert found[1].refused[0].source == host.at("/query")


def test_an_endpoint_that_is_not_listed_is_not_asked(host: Host) -> None:
    """The library's own client, which knows no list, is never used."""
    found = pages(host.at("/query"), "data.example")

    assert shown(found) == [([], ["host-not-listed"])]
    assert host.asked == []


def test_no_more_requests_are_sent_than_are_allowed(host: Host) -> None:
    """An endpoint can invent datasets for ever."""
    names = iter(range(100, 999))
    host.answer = lambda _: Reply(
        page(described(f"https://data.example/{next(names)}"))
    )

    found = pages(host.at("/query"), host.name)

    assert len(found) == LIMITS.pages + 1
    assert shown(found)[-1] == ([], ["too-many-pages"])
