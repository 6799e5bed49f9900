import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import rdflib
from httpx import Response
from pyoxigraph import RdfFormat, parse

from api.catalogue import SIZE
from api.routes.catalogue import CHUNK, chunk, sent
from registry import graphs
from registry.namespaces import DCAT, FOAF, HYDRA, RDF
from registry.views import conformance
from registry.views.dcat.header import header
from registry.views.dcat.profiles import PROFILES, Profile
from tests.api.catalogues import Portal, many, over, serving
from tests.api.client import Client
from tests.api.conftest import ROOT, Sample
from tests.cataloguing import OTHER, OWN, QUARTERLY, YEARLY, definition
from tests.versions import BASE, IRIS

TYPES = {
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
}
COUNT = 2 * SIZE + 50
NEWEST, OLDER = PROFILES


@pytest.fixture(scope="module")
def portal(
    sample: Sample, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A server of a small catalogue of real descriptions."""
    with serving(sample, tmp_path_factory.mktemp("portal")) as made:
        yield made


@pytest.fixture(scope="module")
def large(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server of a catalogue of three pages, of short descriptions."""
    store = many(tmp_path_factory.mktemp("large") / "catalogue.sqlite", COUNT)
    with over(sample, store) as client:
        yield client
    store.close()


def graph(answer: Response) -> str:
    """Returns the graph of an answer as canonical N-Triples."""
    assert answer.status_code == 200, answer.text
    media_type = answer.headers["content-type"].partition(";")[0]
    found = RdfFormat.from_media_type(media_type)
    assert found is not None
    return graphs.canonical(q.triple for q in parse(answer.content, format=found))


def said(text: str) -> set[str]:
    return set(graphs.lines(text))


def whole(portal: Portal) -> str:
    """Returns what the catalogue should say, all of it."""
    state = portal.store.state()
    start = header(state, iris=IRIS, definition=definition())
    parts = (found.triples for found in portal.store.datasets(limit=1000))
    return graphs.canonical(graphs.triples(start + "".join(parts)))


def links(answer: Response) -> dict[str, str]:
    """Returns the links of an answer that have one relation of their own."""
    found = {}
    for link in answer.headers["link"].split(", <"):
        address, _, relation = link.strip("<").partition('>; rel="')
        found[relation.partition('"')[0]] = address
    return found


@pytest.mark.parametrize("extension", TYPES)
def test_every_format_says_the_same(portal: Portal, extension: str) -> None:
    """The file is the header and the description of each dataset, and no more."""
    answer = portal.client.get(f"/catalog.{extension}")

    assert answer.headers["content-type"].startswith(TYPES[extension])
    assert graph(answer) == whole(portal)
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_catalogue_lists_what_is_published(portal: Portal) -> None:
    """Tables that were withdrawn are not listed, and series are no datasets."""
    found = rdflib.Graph().parse(data=portal.client.get("/catalog").text)

    listed = found.objects(
        rdflib.URIRef(IRIS.catalogue), rdflib.URIRef(f"{DCAT}dataset")
    )
    assert {str(iri).rpartition("/")[2] for iri in listed} == {
        "register.institution",
        "register.table",
        "registry",
        *(f"table.{key}" for key in (YEARLY, OWN, OTHER)),
    }
    assert f"table.{QUARTERLY}" not in portal.client.get("/catalog").text


@pytest.mark.parametrize("extension", TYPES)
def test_format_is_negotiated(portal: Portal, extension: str) -> None:
    """The same bytes as at the address of the format, which is named."""
    fixed = portal.client.get(f"/catalog.{extension}")

    by_header = portal.client.get("/catalog", accept=TYPES[extension])
    by_argument = portal.client.get(
        f"/catalog?_mediatype={TYPES[extension].replace('+', '%2B')}"
    )

    for answer in (by_header, by_argument):
        assert answer.content == fixed.content
        assert answer.headers["etag"] == fixed.headers["etag"]
        assert answer.headers["content-location"] == f"{BASE}catalog.{extension}"
        assert "Accept-Profile" in answer.headers["vary"]


def test_who_asks_for_nothing_gets_turtle(portal: Portal) -> None:
    """Harvesters often say nothing; what cannot be offered is refused."""
    assert portal.client.get("/catalog").headers["content-type"].startswith("text/t")
    assert portal.client.get("/catalog", accept="image/png").status_code == 406
    assert portal.client.get("/catalog.xlsx").status_code == 404


@pytest.mark.parametrize("query", ["", "?page=1", "?profile=dcat-ap-2.1.1"])
@pytest.mark.parametrize("extension", TYPES)
def test_two_servers_give_the_same_bytes(
    portal: Portal, sample: Sample, tmp_path: Path, extension: str, query: str
) -> None:
    """Neither time nor the way in which a catalogue was made is in the bytes."""
    with serving(sample, tmp_path, steps=True) as other:
        path = f"/catalog.{extension}{query}"
        first, second = portal.client.get(path), other.client.get(path)

    assert first.content == second.content == portal.client.get(path).content
    assert first.headers["etag"] == second.headers["etag"]


def test_change_of_one_dataset_changes_what_names_it(
    sample: Sample, tmp_path: Path
) -> None:
    """Beside it only the date of the catalogue is another."""
    with serving(sample, tmp_path / "portal") as portal:
        before = graph(portal.client.get("/catalog.nt"))
        portal.history.table(OWN, 2)
        portal.catch_up()
        after = graph(portal.client.get("/catalog.nt"))

    changed = said(before) ^ said(after)
    others = {line for line in changed if f"/catalog/table.{OWN}" not in line}
    assert changed - others
    assert len(others) == 2
    assert all(
        line.startswith(f"<{IRIS.catalogue}> <http://purl.org/dc/terms/modified>")
        for line in others
    )


@pytest.mark.parametrize("path", ["/catalog.ttl", "/catalog.rdf?page=1", "/catalog"])
def test_unchanged_catalogue_costs_a_304(
    sample: Sample, tmp_path: Path, path: str
) -> None:
    """The tag lasts until something changes, and no longer."""
    with serving(sample, tmp_path / "portal") as portal:
        tag = portal.client.get(path).headers["etag"]
        again = portal.client.get(path, if_none_match=tag)
        portal.history.table(OWN, 2)
        portal.catch_up()
        later = portal.client.get(path, if_none_match=tag)

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert later.status_code == 200
    assert later.headers["etag"] != tag


def test_every_representation_has_a_tag_of_its_own(portal: Portal) -> None:
    """No cache takes one for another."""
    paths = [f"/catalog.{extension}" for extension in TYPES]
    paths += ["/catalog.ttl?page=1", "/catalog.ttl?profile=dcat-ap-2.1.1"]
    paths += ["/catalog.ttl?modified_since=2020-01-01"]

    tags = {portal.client.get(path).headers["etag"] for path in paths}

    assert len(tags) == len(paths)
    assert not any(tag.startswith("W/") for tag in tags)


def test_last_change_is_told(portal: Portal) -> None:
    """It is the time of the latest activity."""
    at = portal.store.state().at

    assert at is not None
    header_ = portal.client.get("/catalog").headers["last-modified"]
    assert header_ == at.strftime("%a, %d %b %Y %H:%M:%S GMT")


@pytest.mark.parametrize("path", ["/catalog", "/catalog.rdf", "/catalog.ttl?page=1"])
def test_head_tells_what_get_would(portal: Portal, path: str) -> None:
    """The headers are the same; how long a body would be need not be said."""
    got = portal.client.get(path)

    asked = portal.client.send("HEAD", path)

    assert asked.status_code == 200
    for name in ("etag", "content-type", "last-modified", "link"):
        assert asked.headers[name] == got.headers[name]
    assert asked.headers.get("content-length") in (
        None,
        got.headers.get("content-length"),
    )


@pytest.mark.parametrize(
    "asking",
    [
        pytest.param(("?profile=dcat-ap-2.1.1", {}), id="key"),
        pytest.param((f"?_profile={OLDER.iri}", {}), id="IRI"),
        pytest.param(("", {"accept_profile": f"<{OLDER.iri}>"}), id="header"),
    ],
)
@pytest.mark.parametrize("extension", TYPES)
def test_older_profile(
    portal: Portal, extension: str, asking: tuple[str, dict[str, str]]
) -> None:
    """However it is asked for, the catalogue is told in the words of that profile."""
    query, headers = asking
    answer = portal.client.get(f"/catalog.{extension}{query}", **headers)

    assert graph(answer) == OLDER.view(whole(portal))
    assert answer.headers["content-profile"] == f"<{OLDER.iri}>"
    assert links(answer)["profile"] == OLDER.iri
    assert links(answer)["first"].endswith("?profile=dcat-ap-2.1.1&page=1")


@pytest.mark.parametrize("query", ["", "page=1", "modified_since=2026-03-01"])
@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.key)
def test_every_part_keeps_to_its_profile(
    portal: Portal, profile: Profile, query: str
) -> None:
    """Whole, page or changes: nothing in it needs what is not in it."""
    answer = portal.client.get(f"/catalog.nt?profile={profile.key}&{query}".strip("&"))

    shapes = conformance.load(ROOT / "shapes", profile.key)
    report = shapes.check(graph(answer))
    assert [result for result in report.results if result.severity == "must"] == []


def test_unknown_profile(portal: Portal) -> None:
    """The problem lists the profiles that there are."""
    answer = portal.client.get("/catalog?profile=geodcat-ap", accept_language="en")

    assert answer.status_code == 406
    problem = answer.json()
    assert problem["type"] == f"{BASE}problems/unknown-profile"
    assert problem["detail"] == (
        "The profiles on offer are: dcat-ap-3.0.1, dcat-ap-2.1.1."
    )
    assert problem["profiles"] == {p.key: p.iri for p in PROFILES}


@pytest.mark.parametrize("extension", TYPES)
def test_pages_are_harvested_by_their_links(large: Client, extension: str) -> None:
    """Following `hydra:next` from the first page gives the whole, each page complete.

    As ckanext-dcat does it: the node is found by its class.
    """
    path, pages, numbers = f"/catalog.{extension}?page=1", [], []
    while path:
        text = graph(large.get(path))
        found = rdflib.Graph().parse(data=text, format="nt")
        (node,) = found.subjects(
            rdflib.URIRef(f"{RDF}type"), rdflib.URIRef(f"{HYDRA}PagedCollection")
        )
        assert str(node) == f"{BASE.removesuffix('/')}{path}"
        (total,) = found.objects(node, rdflib.URIRef(f"{HYDRA}totalItems"))
        assert int(str(total)) == COUNT
        topics = found.objects(None, rdflib.URIRef(f"{FOAF}primaryTopic"))
        numbers.append(len(list(topics)))
        pages.append({line for line in said(text) if not line.startswith(f"<{node}> ")})
        following = list(found.objects(node, rdflib.URIRef(f"{HYDRA}next")))
        path = f"{following[0]}".removeprefix(BASE[:-1]) if following else ""

    assert numbers == [SIZE, SIZE, COUNT - 2 * SIZE]
    everything = said(graph(large.get("/catalog.nt")))
    assert set.union(*pages) == everything
    shared = set.intersection(*pages)
    assert any(f"<{DCAT}Catalog>" in line for line in shared)
    assert len(everything - shared) == 5 * COUNT


def test_pages_and_whole_lead_to_one_another(large: Client) -> None:
    """By the header, with what was asked for kept on the way."""
    since = "modified_since=2025-01-02"
    start = links(large.get(f"/catalog?{since}", accept="application/rdf+xml"))
    middle = links(large.get(f"/catalog.rdf?{since}&page=2"))

    address = f"{BASE}catalog.rdf?{since}"
    assert start["first"] == f"{address}&page=1"
    assert {name: middle[name] for name in ("collection", "first", "prev", "next")} == {
        "collection": address,
        "first": f"{address}&page=1",
        "prev": f"{address}&page=1",
        "next": f"{address}&page=3",
    }
    assert middle["last"] == f"{address}&page=3"


def test_only_what_changed_since(large: Client) -> None:
    """The header comes with it, so that it is a catalogue of its own."""
    text = graph(large.get("/catalog?modified_since=2025-09-06"))

    found = {line for line in said(text) if f"<{FOAF}primaryTopic>" in line}
    assert len(found) == 2
    assert f"{BASE}id/catalog/table.00249" in text
    assert f"<{DCAT}Catalog>" in text
    page = graph(large.get("/catalog?page=1&modified_since=2025-09-06T00:00:00Z"))
    assert f'<{HYDRA}totalItems> "2"' in page


def test_nothing_changed_since(large: Client) -> None:
    """An answer all the same, without a dataset."""
    text = graph(large.get("/catalog?modified_since=2026-01-01"))

    assert f"<{DCAT}dataset>" not in text
    assert f"<{DCAT}Catalog>" in text


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        pytest.param(
            "page=4",
            404,
            "There is no page 4; the last one is 3.",
            id="past the end",
        ),
        pytest.param(
            "page=0", 400, "The parameter “page” can be: a number from 1 on.", id="zero"
        ),
        pytest.param(
            "page=two",
            400,
            "The parameter “page” can be: a number from 1 on.",
            id="word",
        ),
        pytest.param(
            "page=1&page=2",
            400,
            "The parameter “page” is given more than once.",
            id="twice",
        ),
        pytest.param(
            "modified_since=recently",
            400,
            "The parameter “modified_since” can be: a date or an RFC 3339 date and "
            "time with its zone, as 2026-05-31T12:00:00Z.",
            id="no date",
        ),
        pytest.param(
            "modifiedsince=2026-01-01",
            400,
            "There is no parameter “modifiedsince”; there are: page, modified_since, "
            "profile, _profile, _mediatype, lang.",
            id="misspelt",
        ),
    ],
)
@pytest.mark.parametrize("path", ["/catalog", "/catalog.rdf"])
def test_bad_requests_are_told_what_is_wrong(
    large: Client, path: str, query: str, status: int, detail: str
) -> None:
    """Each mistake has a problem of its own."""
    answer = large.get(f"{path}?{query}", accept_language="en")

    assert (answer.status_code, answer.json()["detail"]) == (status, detail)


def test_future_is_not_known(large: Client) -> None:
    """A clock that is wrong is not answered with an empty catalogue."""
    answer = large.get("/catalog?modified_since=9999-01-01", accept_language="en")

    assert answer.status_code == 400
    assert "lies in the future" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "language", "page"),
    [
        ("/catalog", "bg", "bg/catalogue"),
        ("/catalog?page=2&lang=en", "bg", "en/catalogue?page=2"),
        ("/catalog.html", "en", "en/catalogue"),
        (
            "/catalog.html?modified_since=2026-01-01",
            "bg",
            "bg/catalogue?modified_since=2026-01-01",
        ),
    ],
)
def test_people_are_sent_to_the_page(
    portal: Portal, path: str, language: str, page: str
) -> None:
    """They find there what they asked for, in their language."""
    answer = portal.client.get(path, accept="text/html", accept_language=language)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}{page}"


def test_empty_catalogue(sample: Sample, tmp_path: Path) -> None:
    """Before anything is published there is a catalogue without datasets."""
    store = many(tmp_path / "catalogue.sqlite", 0)
    with over(sample, store) as client:
        answers = [client.get(f"/catalog.{extension}") for extension in TYPES]
    store.close()

    (text,) = {graph(answer) for answer in answers}
    assert f"<{DCAT}Catalog>" in text
    assert "last-modified" not in answers[0].headers


def test_pieces_are_sent_many_at_a_time() -> None:
    """A large answer goes out in chunks that do not depend on its pieces."""
    pieces = iter([b"a" * 1000] * 1000)

    sizes = [len(chunk(pieces)) for _ in range(5)]

    assert sizes[0] == sizes[1] >= CHUNK
    assert sum(sizes) == 1_000_000
    assert sizes[-1] == 0


class Watched:
    """A snapshot that notes whether it was let go."""

    closed = False

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("taken", [1, 100])
def test_reading_ends_with_the_answer(taken: int) -> None:
    """Whether all of it is read, or the reader leaves in the middle."""
    snapshot = Watched()
    pieces = iter([b"a" * CHUNK] * 3)

    async def read() -> int:
        answer = sent(b"first", pieces, snapshot)  # type: ignore[arg-type]
        count = 0
        async for _ in answer:
            count += 1
            if count == taken:
                break
        await answer.aclose()  # type: ignore[attr-defined]
        return count

    assert asyncio.run(read()) == min(taken, 4)
    assert snapshot.closed


def test_addresses_do_not_come_from_the_request(portal: Portal) -> None:
    """Whoever a request says it is for, links are those of the registry."""
    answer = portal.client.get("/catalog.nt?page=1", host="127.0.0.1")

    assert "127.0.0.1" not in answer.text + answer.headers["link"]
    assert urlsplit(links(answer)["collection"]).netloc == "registry.example"
    assert NEWEST.iri in answer.headers["content-profile"]
