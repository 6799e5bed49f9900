from collections.abc import Iterator

import pytest
import rdflib
from fastapi import FastAPI
from rdflib.compare import to_isomorphic

from api.application import application
from registry import graphs, review, submissions
from registry.iris import RecordId
from registry.record import Provenance
from registry.statistics import parquet
from tests import tables
from tests.api.client import Client
from tests.api.conftest import Sample, build
from tests.registry.statistics.cubes import AGE_AND_SEX, write
from tests.tables import DERIVED
from tests.versions import BASE, CONTEXT, concept, content, place

ASYLUM = "asylum-applicants-bulgaria"
CODES = "A.COMPLET.TOTAL.T.BG.2022"
THING = f"{BASE}id/table/{AGE_AND_SEX}/{CODES}"
DOC = f"/doc/table/{AGE_AND_SEX}/{CODES}"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """A registry with a table, one in two versions, and a derived one."""
    folder = tmp_path_factory.mktemp("with-observations")
    sample = build(folder)
    names = {
        "type": "ConceptScheme",
        "title": {"en": "Sex"},
        "concepts": [
            {
                "id": concept("sex", "T"),
                "type": "Concept",
                "notation": "T",
                "name": {"bg": "Общо", "en": "Total"},
            }
        ],
    }
    made = [(RecordId("scheme", "sex"), content(RecordId("scheme", "sex"), names))]
    for key, edition in ((AGE_AND_SEX, 0), (ASYLUM, 0), (ASYLUM, 1), (DERIVED, 0)):
        digest = f"{edition:064x}"
        rows = tables.rows(key, edition)
        write(parquet.path(folder / "tables", key, digest), tables.structure(key), rows)
        made.append((tables.record(key), tables.table_content(key, rows, digest)))
    for record, version in made:
        with sample.journal.write() as writer:
            entry = submissions.submit(
                writer, record, version, provenance=Provenance(), actor="a-1"
            )
            assert entry is not None
            review.accept(writer, entry, actor="a-2")
    yield sample
    sample.lists.close()
    sample.journal.close()


@pytest.fixture(scope="module")
def app(registry: Sample) -> FastAPI:
    return application(registry, close=lambda: None)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[Client]:
    with Client(app) as made:
        yield made


def test_thing(client: Client) -> None:
    """An observation sends its reader to the document, keeping what was asked."""
    answer = client.get(f"/id/table/{AGE_AND_SEX}/{CODES}?version=1&lang=bg")

    assert answer.status_code == 303
    assert answer.headers["location"] == (
        f"{BASE}doc/table/{AGE_AND_SEX}/{CODES}?version=1&lang=bg"
    )


def test_json_ld(client: Client) -> None:
    """The document is a tree of the observation's own terms."""
    answer = client.get(DOC, accept="application/ld+json")

    assert answer.status_code == 200
    assert answer.json() == {
        "@context": f"{BASE}context/v1.jsonld",
        "id": THING,
        "type": "Observation",
        "dataSet": f"{BASE}id/table/{AGE_AND_SEX}",
        f"{BASE}id/scheme/agedef#dimension": {"id": concept("agedef", "COMPLET")},
        "ageGroup": concept("age", "TOTAL"),
        "sex": concept("sex", "T"),
        "freq": concept("frequency", "A"),
        "refArea": place("bg"),
        "year": "2022",
        "personCount": 40619,
    }
    assert answer.headers["content-location"] == f"{BASE}{DOC[1:]}.jsonld"
    assert answer.headers["vary"] == "Accept, Accept-Language"
    assert answer.headers["link"].startswith(
        f'<{BASE}{DOC[1:]}>; rel="canonical", <{THING}>; rel="describes", '
        f'<{BASE}id/table/{AGE_AND_SEX}>; rel="collection"'
    )


@pytest.mark.parametrize(
    ("extension", "parser"), [("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml")]
)
def test_same_triples(client: Client, extension: str, parser: str) -> None:
    """Every format holds the triples of the JSON-LD."""
    document = client.get(f"{DOC}.jsonld").json()
    triples = graphs.read_document(document, CONTEXT, THING)
    expected = rdflib.Graph().parse(data=triples, format="nt")

    answer = client.get(f"{DOC}.{extension}")

    assert "content-location" not in answer.headers
    found = rdflib.Graph().parse(data=answer.text, format=parser)
    assert len(found) == 9
    assert to_isomorphic(found) == to_isomorphic(expected)


def test_browser_is_sent_to_the_page(client: Client) -> None:
    """A browser gets the page of the observation, in its language."""
    fixed = client.get(f"{DOC}.html?lang=bg")
    negotiated = client.get(DOC, accept="text/html", accept_language="bg")

    assert fixed.status_code == negotiated.status_code == 303
    assert fixed.headers["location"] == negotiated.headers["location"]
    assert fixed.headers["location"] == f"{BASE}bg{DOC.removeprefix('/doc')}"


def test_plain_json_names_its_context(client: Client) -> None:
    """Plain JSON has the same bytes as JSON-LD, and a link to the context."""
    answer = client.get(f"{DOC}.json")

    assert answer.content == client.get(f"{DOC}.jsonld").content
    assert (
        f'<{BASE}context/v1.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
        in (answer.headers["link"])
    )


def test_an_observation_has_the_versions_of_its_table(client: Client) -> None:
    """Asylum applicants of 2015 were 20,365 at first and 20,390 later."""
    doc = f"/doc/table/{ASYLUM}/{_key_of_2015()}"

    first = client.get(f"{doc}.jsonld?version=1")
    second = client.get(f"{doc}.jsonld?version=2")

    assert first.json()["personCount"] == 20365
    assert second.json()["personCount"] == 20390
    assert client.get(f"{doc}.jsonld").content == second.content
    assert "immutable" in first.headers["cache-control"]
    assert "immutable" not in client.get(f"{doc}.jsonld").headers["cache-control"]


def _key_of_2015() -> str:
    wanted = tables.structure(ASYLUM)
    time = next(i for i, d in enumerate(wanted.dimensions) if d.id == "time_period")
    [row] = [r for r in tables.rows(ASYLUM) if r[time] == "2015"]
    return ".".join(str(code) for code in row[: len(wanted.dimensions)])


def test_known_documents_are_not_sent_again(client: Client) -> None:
    """A reader that has the document gets 304."""
    tag = client.get(f"{DOC}.ttl").headers["etag"]

    assert client.get(f"{DOC}.ttl", if_none_match=tag).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        f"/id/table/{AGE_AND_SEX}/A.COMPLET.TOTAL.T.BG.1889",
        f"/doc/table/{AGE_AND_SEX}/A.COMPLET.TOTAL.T.BG",
        f"/doc/table/{AGE_AND_SEX}/{CODES}.2022",
        f"/doc/table/{AGE_AND_SEX}/' OR 1=1 --",
        f"/doc/table/{AGE_AND_SEX}/{'x.' * 5000}",
        f"/doc/table/nothing/{CODES}",
        f"/doc/table/{ASYLUM}/{CODES}?version=9",
    ],
)
def test_what_is_not_there(client: Client, path: str) -> None:
    """An unknown observation is a problem that says how one is named."""
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_history_stays_that_of_the_table(client: Client) -> None:
    """The history of a table is no observation."""
    answer = client.get(f"/doc/table/{ASYLUM}/history", accept="application/json")

    assert [entry["version"] for entry in answer.json()["entries"]] == [1, 2]


CELLS = (
    f"{BASE}id/table/migr-asyappctza-totals/A.TOTAL.T.TOTAL.ASY_APP.BG.2015",
    f"{BASE}id/table/migr-pop1ctz/A.FOR_STLS.TOTAL.T.BG.2015",
)


def test_derived(client: Client) -> None:
    """A derived observation names the cells that it follows from."""
    answer = client.get(f"/doc/table/{DERIVED}/A.BG.2015.jsonld")

    assert answer.json() == {
        "@context": f"{BASE}context/v1.jsonld",
        "id": f"{BASE}id/table/{DERIVED}/A.BG.2015",
        "type": "Observation",
        "dataSet": f"{BASE}id/table/{DERIVED}",
        "freq": concept("frequency", "A"),
        "refArea": place("bg"),
        "year": "2015",
        "obsValue": "319.2",
        "derivedFrom": list(CELLS),
    }


@pytest.mark.parametrize(
    ("extension", "parser"), [("ttl", "turtle"), ("nt", "nt"), ("rdf", "xml")]
)
def test_derived_in_every_format(client: Client, extension: str, parser: str) -> None:
    """Every format of RDF names the cells."""
    answer = client.get(f"/doc/table/{DERIVED}/A.BG.2015.{extension}")

    found = rdflib.Graph().parse(data=answer.text, format=parser)
    cited = found.objects(predicate=rdflib.PROV.wasDerivedFrom)
    assert sorted(map(str, cited)) == list(CELLS)
