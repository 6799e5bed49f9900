import re
from html import unescape
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from httpx import Response

from api.routes.pages.queries import LIMITS, LINKABLE, TOPICS
from registry.namespaces import PREFIXES
from tests.api.client import Client
from tests.api.conftest import Sample
from tests.api.queries import TIMEOUT
from tests.versions import BASE

FORM = "application/x-www-form-urlencoded"
NAMES = (
    "SELECT ?place ?name WHERE { ?place a <http://purl.org/dc/terms/Location> ; "
    "<http://www.w3.org/2004/02/skos/core#prefLabel> ?name } ORDER BY ?name"
)
HOSTILE = 'SELECT ?s { ?s ?p "</textarea><script>alert(1)</script>" '


def _ask(client: Client, query: str, language: str = "en") -> Response:
    return client.get(f"/{language}/sparql?query={quote(query)}")


def _field(page: str) -> str:
    """Returns what the text field holds, as a browser reads it."""
    found = re.search(r'<textarea id="query"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return unescape(found[1])


def _table(page: str) -> list[list[str]]:
    """Returns the text of each cell of the answer."""
    found = re.search(r'<table class="answer">(.*?)</table>', page, re.DOTALL)
    assert found
    rows = found[1].split("<tr")[1:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub("<[^>]*>", " ", c).split()) for c in row] for row in cells]


@pytest.mark.parametrize(
    ("language", "title", "run"),
    [
        ("bg", "Заявки на SPARQL", "Изпълни заявката"),
        ("en", "Queries in SPARQL", "Run the query"),
    ],
)
def test_form(client: Client, language: str, title: str, run: str) -> None:
    """The page is a form that works alone, in each language."""
    answer = client.get(f"/{language}/sparql")

    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    assert f"<h1>{title}</h1>" in answer.text
    action = f'<form class="asking" action="{BASE}{language}/sparql" method="post">'
    assert action in answer.text
    assert f'<button type="submit">{run}</button>' in answer.text
    assert _field(answer.text) == ""


def test_examples(client: Client, sample: Sample) -> None:
    """Each example stands under its topic, and a click puts it into the field."""
    page = client.get("/bg/sparql").text

    for example in sample.vocabulary.examples:
        address = f"/bg/sparql?example={example.name}"
        assert f'<a href="{BASE}{address[1:]}#query"' in page
        assert example.topic in TOPICS
        text = _field(client.get(address).text)
        assert example.query.endswith(text)
        assert text.startswith("PREFIX")
    assert "Други въпроси" not in page
    assert client.get("/bg/sparql?example=no").status_code == 404


def test_examples_are_answered(client: Client, sample: Sample) -> None:
    """Every example can be sent as it stands and is answered with its columns."""
    for example in sample.vocabulary.examples:
        answer = _ask(client, example.query)

        assert answer.status_code == 200, example.name
        assert "Link to this query" in answer.text or len(example.query) > 1500


def test_short_query_is_sent_to_its_address(client: Client) -> None:
    """A form with a short query leads to an address that can be shared."""
    body = urlencode({"query": "ASK {\r\n?s ?p ?o }"}).encode()

    answer = client.send("POST", "/en/sparql", body, content_type=FORM)

    assert answer.status_code == 303
    assert answer.headers["location"] == (
        f"{BASE}en/sparql?query=ASK+%7B%0A%3Fs+%3Fp+%3Fo+%7D"
    )


def test_long_query_is_answered_at_once(client: Client) -> None:
    """A query too long for an address has its answer and forms for its formats."""
    query = f"ASK {{ ?s ?p ?o }} # {'я' * LINKABLE}"
    body = urlencode({"query": query}).encode()

    answer = client.send("POST", "/en/sparql", body, content_type=FORM)

    assert answer.status_code == 200
    assert "Yes: the data have what the query describes." in answer.text
    assert _field(answer.text) == query
    assert '<button class="secondary outline" name="as" value="json">' in answer.text
    assert "Link to this query" not in answer.text


def test_rows(client: Client) -> None:
    """Rows are a table; things of ours are named in the language of the page."""
    answer = _ask(client, NAMES, "bg")

    assert _table(answer.text) == [
        ["place", "name"],
        ["България id/place/bg", "Bulgaria en"],
        ["България id/place/bg", "България bg"],
    ]
    assert '<span lang="en" dir="ltr">Bulgaria</span>' in answer.text
    assert f'<a href="{BASE}bg/place/bg">' in answer.text
    assert "<strong>2 реда</strong>" in answer.text
    assert answer.headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize(
    ("query", "formats"),
    [
        (NAMES, ["json", "xml", "csv", "tsv"]),
        ("ASK {}", ["json", "xml"]),
        ("CONSTRUCT WHERE { <id/place/bg> ?p ?o }", ["ttl", "nt", "jsonld", "rdf"]),
    ],
)
def test_downloads(client: Client, query: str, formats: list[str]) -> None:
    """Each format of the answer is a link to the endpoint with the same query."""
    page = _ask(client, query).text

    links = [
        urlsplit(unescape(link))
        for link in re.findall(rf'href="({BASE}sparql\?[^"]*)" type="', page)
    ]
    assert [parse_qs(link.query) for link in links] == [
        {"query": [query], "as": [extension]} for extension in formats
    ]
    for link in links:
        assert client.get(f"/sparql?{link.query}").status_code == 200


def test_yes_and_no(client: Client) -> None:
    """The answer to ASK is a sentence."""
    assert "Да: данните съдържат" in _ask(client, "ASK { ?s ?p ?o }", "bg").text
    no = _ask(client, "ASK { <id/place/none> ?p ?o }", "bg").text
    assert "Не: данните не съдържат" in no


def test_graph(client: Client) -> None:
    """The answer to CONSTRUCT is Turtle, escaped."""
    page = _ask(client, "CONSTRUCT WHERE { <id/institution/centre> ?p ?o }").text

    assert f"&lt;{BASE}id/institution/centre&gt;" in page
    assert "Centre &lt;b&gt;A &amp; B&lt;/b&gt;" in page


def test_nothing_found(client: Client) -> None:
    """No rows are no empty table but a way to go on."""
    page = _ask(client, "SELECT * { <id/place/none> ?p ?o }").text

    assert "Nothing in the data matches the query." in page
    assert '<table class="answer">' not in page


def test_chart(client: Client) -> None:
    """Figures by period are drawn too."""
    query = 'SELECT * { VALUES (?year ?n) { ("2020" 5) ("2021" 7) } }'

    page = _ask(client, query).text

    assert "<title" in page
    assert "The answer as a chart: n</title>" in page


@pytest.mark.parametrize(
    ("query", "place", "marked"),
    [
        ("SELECT *\nWHERE { ?s ?p ?o ) }", "line 2, column 18", ")"),
        ("SELECT * {\n?s ?p ?o }}", "line 2, column 11", "}"),
    ],
)
def test_fault(client: Client, query: str, place: str, marked: str) -> None:
    """What is wrong is said with its line and column, and marked in the text."""
    answer = _ask(client, query)

    assert answer.status_code == 400
    assert place in answer.text.lower()
    assert f"<mark>{marked}</mark>" in answer.text
    line, column = re.findall(r"\d+", place)
    assert f'data-line="{line}" data-column="{column}"' in answer.text
    assert _field(answer.text) == query
    assert answer.headers["cache-control"] == "no-store"


def test_syntax(client: Client) -> None:
    """A query that the engine cannot read is refused with the place, in Bulgarian."""
    answer = _ask(client, "SELECT ?s\nWHERE { ?s ?p }", "bg")

    assert answer.status_code == 400
    assert "Заявката не е правилен SPARQL" in answer.text
    assert re.search(r'data-line="\d+" data-column="\d+"', answer.text)


def test_limits(client: Client) -> None:
    """A refusal names the published limit that was met, and what was typed stays."""
    deep = "SELECT * {" + "{" * 60 + "}" * 61
    refused = _ask(client, deep)
    stopped = _ask(client, f"ASK {{}} {TIMEOUT}")
    published = client.get("/limits").json()

    assert refused.status_code == 400
    assert f'<a href="{BASE}en/limits#query.depth">' in refused.text
    assert _field(refused.text) == deep
    assert stopped.status_code == 503
    assert _field(stopped.text) == f"ASK {{}} {TIMEOUT}"
    assert set(LIMITS.values()) <= set(published)


def test_hostile_text(client: Client) -> None:
    """Markup in a query is text wherever the page repeats it."""
    answer = _ask(client, HOSTILE)

    assert answer.status_code == 400
    assert "<script>alert" not in answer.text
    assert _field(answer.text) == HOSTILE


def test_hostile_values(client: Client) -> None:
    """Nothing in an answer becomes markup or a link that runs."""
    query = (
        'SELECT * { BIND("<img src=x onerror=alert(1)>" AS ?text) '
        'BIND(IRI("javascript:alert(1)") AS ?link) BIND("a\u202eb" AS ?turned) }'
    )

    page = _ask(client, query).text

    assert "<img src=x" not in page
    assert 'href="javascript' not in page
    assert "<bdi>a\u202eb</bdi>" in page


def test_graphs_named(client: Client) -> None:
    """Graphs that the address names are asked, and stay in the form."""
    graph = f"{BASE}graph/place/bg"
    query = "SELECT ?s { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?o }"
    fields = {"query": query, "default-graph-uri": graph}

    page = client.get(f"/en/sparql?{urlencode(fields)}").text

    assert [row[0] for row in _table(page)[1:]] == ["Bulgaria id/place/bg"] * 2
    hidden = f'<input type="hidden" name="default-graph-uri" value="{graph}">'
    assert hidden in page


def test_terms(client: Client) -> None:
    """The editor completes from our own prefixes, classes and properties."""
    answer = client.get("/bg/sparql/terms")

    document = answer.json()
    assert document["prefixes"] == PREFIXES
    assert ["intg:TrainingCentre", "class", "Център за обучение"] in document["terms"]
    assert ["foaf:homepage", "property", "Уебсайт"] in document["terms"]
    assert answer.headers["content-language"] == "bg"


def test_refusals_that_are_no_query(client: Client) -> None:
    """What is not one query is refused as everywhere else."""
    assert client.get("/en/sparql?query=a&query=b").status_code == 400
    assert client.get("/en/sparql?update=CLEAR+ALL").status_code == 400
    post = client.send("POST", "/en/sparql", b"x", content_type="text/plain")
    assert post.status_code == 415
