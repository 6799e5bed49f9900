import re
from urllib.parse import parse_qs, urlsplit

import pytest

from api.pages import vocabulary
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.versions import BASE


@pytest.mark.parametrize("language", ["bg", "en"])
def test_terms(client: Client, sample: Sample, language: str) -> None:
    """Every term has its anchor, its names and its definitions in both languages."""
    page = client.get(f"/{language}/vocabulary").text

    terms = vocabulary.terms(sample.vocabulary.ontology)
    assert len(terms) > 20
    for term in terms:
        assert f'<h3 id="{term.local}">{term.labels[language]} <code>' in page
        for text in (*term.labels.values(), *term.definitions.values()):
            assert text in page


def test_place_among_common_vocabularies(client: Client) -> None:
    """A term links to its super-terms and to the classes of its values."""
    page = client.get("/en/vocabulary").text
    section = page[page.index('<h3 id="serviceKind">') :].partition("</article>")[0]

    assert re.findall(r'href="([^"]*)"><code>([^<]*)', section) == [
        ("http://purl.org/dc/terms/subject", "dct:subject"),
        ("http://www.w3.org/2004/02/skos/core#Concept", "skos:Concept"),
    ]


def test_examples_of_use(client: Client) -> None:
    """Each term has a query that the page of queries answers."""
    page = client.get("/en/vocabulary").text

    queries = re.findall(rf'"({BASE}en/sparql\?query=[^"]*)"', page)
    assert len(queries) > 20
    for address in queries:
        assert "SELECT" in parse_qs(urlsplit(address).query)["query"][0]
        assert client.get(address.removeprefix(BASE)).status_code == 200


def test_context(client: Client, sample: Sample) -> None:
    """The page has a row for each term of the context, with what stands under it."""
    page = client.get("/bg/vocabulary").text

    for term in sample.vocabulary.context.terms:
        assert (f'<tr id="term-{term.name}">' in page) != term.iri.startswith("@")
    row = page[page.index('<tr id="term-homepage">') :].partition("</tr>")[0]
    cells = [re.sub("<[^>]*>", "", cell).strip() for cell in row.split("<td>")]
    assert cells == [
        "homepage",
        "foaf:homepage",
        "Уебсайт",
        "адрес на ресурс, винаги списък",
    ]


@pytest.mark.parametrize("language", ["bg", "en"])
def test_rules(client: Client, sample: Sample, language: str) -> None:
    """The page of a kind has each rule in words, with its code, under its tier."""
    overview = client.get(f"/{language}/vocabulary/shapes").text
    for kind in sample.shapes.kinds:
        address = f"{language}/vocabulary/shapes/{kind}"
        assert f'<a href="{BASE}{address}">' in overview
        page = client.get(f"/{address}").text
        for tier in ("must", "should"):
            part = page.partition(f'<h2 id="{tier}">')[2].partition("</section>")[0]
            assert re.findall(r'<tr id="([^"]*)"><td>', part) == [
                one.code
                for one in sample.shapes.constraints(kind)
                if one.severity == tier
            ]


def test_rules_of_nothing(client: Client) -> None:
    """A kind that there is not has no rules."""
    assert client.get("/en/vocabulary/shapes/nothing").status_code == 404
