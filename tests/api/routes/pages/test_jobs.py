import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from api.application import application
from tests.api.client import Client
from tests.api.conftest import Sample, build
from tests.api.queries import SLOW, TIMEOUT
from tests.api.routes.test_jobs import ended
from tests.versions import BASE

FORM = "application/x-www-form-urlencoded"
ASK = "ASK { ?s ?p ?o }"


@pytest.fixture
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A registry of its own, in which nobody else has jobs."""
    return build(tmp_path_factory.mktemp("jobs"))


@pytest.fixture
def client(sample: Sample) -> Iterator[Client]:
    with Client(application(sample, close=lambda: None)) as made:
        yield made
    sample.journal.close()


def begun(client: Client, query: str, language: str) -> str:
    """Sends the form and returns the path of the page that it leads to."""
    form = urlencode({"query": query, "as": "json"}).encode()
    path = f"/{language}/sparql/jobs"
    answer = client.send("POST", path, form, content_type=FORM, accept="text/html")
    assert answer.status_code == 303
    place: str = answer.headers["location"].removeprefix(BASE.rstrip("/"))
    return place


@pytest.mark.parametrize(
    ("language", "offer"),
    [("bg", "Изпълни във фонов режим"), ("en", "Run it in the background")],
)
def test_page_of_a_timeout_offers_the_background(
    client: Client, language: str, offer: str
) -> None:
    """A form that works alone has the query, the formats of its kind, and a button."""
    query = f"CONSTRUCT WHERE {{ ?s ?p ?o }} {TIMEOUT}"
    page = client.get(f"/{language}/sparql?query={quote(query)}")

    action = f'action="{BASE}{language}/sparql/jobs" method="post"'
    form = page.text.partition(f'<form class="background" {action}>')[2]
    form = form.partition("</form>")[0]
    assert page.status_code == 503
    assert offer in form
    assert re.findall(r'<option value="(\w+)"', form) == ["ttl", "nt", "jsonld", "rdf"]
    assert 'name="query" value="CONSTRUCT WHERE' in form


@pytest.mark.parametrize(
    ("language", "there", "download"),
    [
        ("bg", "Отговорът е готов и е пълен.", "Изтегли отговора (JSON, 1 KiB)"),
        ("en", "The answer is there, complete.", "Download the answer (JSON, 1 KiB)"),
    ],
)
def test_page_leads_to_the_answer(
    client: Client, language: str, there: str, download: str
) -> None:
    """The page of a job that is done links to the file."""
    path = begun(client, ASK, language)
    ended(client, path.removeprefix(f"/{language}"))
    page = client.get(path)

    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex"
    assert there in page.text
    assert download in page.text
    link = re.search(r'<a href="([^"]*/result)"', page.text)
    assert link
    result = client.get(link[1].removeprefix(BASE.rstrip("/")))
    assert result.json()["boolean"] is True


def test_page_of_what_runs_can_be_looked_at_again_and_ended(
    client: Client, sample: Sample
) -> None:
    """There is a link to look again and a form to stop the query."""
    path = begun(client, f"{ASK} {SLOW}", "en")
    page = client.get(path)
    stopped = client.send("POST", path, b"", content_type=FORM)

    assert "The query is running." in page.text
    assert f'<a href="{BASE}{path.removeprefix("/")}" rel="nofollow">' in page.text
    assert stopped.status_code == 303
    assert stopped.headers["location"] == f"{BASE}en/sparql"
    assert sample.queries.cancelled.is_set()
    assert client.get(path, accept="text/html").status_code == 404


def test_page_of_a_failure_says_why(client: Client) -> None:
    """A job that failed shows the problem in the language of the page."""
    path = begun(client, f"{ASK} {TIMEOUT}", "bg")
    ended(client, path.removeprefix("/bg"))

    assert "Твърде дълго." in client.get(path).text
