from collections.abc import Iterator

import pytest

from api.application import application
from api.pages.operator import OPERATOR
from registry import projection
from tests.api.client import Client
from tests.api.conftest import build
from tests.publishing import publish
from tests.tables import MemoryTables
from tests.versions import BASE, IRIS

NODE = f"{BASE}id/{OPERATOR}"
KEPT: dict[str, object] = {
    "type": "Organization",
    "name": {"bg": "Сдружение <Марица>", "en": "Association <Maritza>"},
    "address": {
        "id": f"{NODE}#address",
        "type": "Address",
        "fullAddress": {"bg": "ул. „Първа“ 1"},
    },
    "contact": {
        "id": f"{NODE}#contact",
        "type": "ContactPoint",
        "telephone": "+359 38 000 000",
    },
    "homepage": ["https://kept.example/", "javascript:alert(1)"],
}
HANDBOOK: dict[str, object] = {
    "type": "Manual",
    "title": {"bg": "Наръчник"},
    "funder": {
        "id": f"{BASE}id/publication/handbook#funder",
        "type": "Agent",
        "agentName": {"en": "The fund, contract BG EIF 2012/01-04.01"},
    },
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A registry that says who keeps it, and what a project published."""
    sample = build(tmp_path_factory.mktemp("kept"))
    publish(sample.journal, str(OPERATOR), KEPT)
    publish(sample.journal, "publication/handbook", HANDBOOK)
    projection.catch_up(
        sample.journal,
        sample.queries,
        sample.lists,
        IRIS,
        tables=MemoryTables(),
        ontology="",
    )
    with Client(application(sample, close=lambda: None)) as client:
        yield client
    sample.journal.close()


def test_contacts(kept: Client) -> None:
    """The contacts are those of the record, each a link if it can be one."""
    page = kept.get("/en/contacts").text

    assert "<h2>Association &lt;Maritza&gt;</h2>" in page
    assert '<bdi lang="bg" dir="ltr">ул. „Първа“ 1</bdi>' in page
    assert '<a href="tel:+35938000000" dir="ltr">+359 38 000 000</a>' in page
    assert '<a href="https://kept.example/" dir="ltr">' in page
    assert "javascript:" not in page
    assert f'<a href="{BASE}en/{OPERATOR}">' in page


def test_contacts_of_nobody(client: Client) -> None:
    """A registry without that record says so."""
    assert "holds no contacts" in client.get("/en/contacts").text


def test_project(kept: Client) -> None:
    """Each project is shown with what it published, and how it was funded."""
    page = kept.get("/en/project").text

    assert "Contract BG EIF 2012/01-04.01, from February 2014." in page
    assert "Contract BG EIF 2013/01-05.01, until June 2015." in page
    assert page.count(f'<a href="{BASE}en/publication/handbook">') == 1
    assert '<bdi lang="bg" dir="ltr">Наръчник</bdi>' in page
    assert "European Fund for the Integration of Third-Country Nationals" in page


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("about", "За нас"),
        ("accessibility", "Достъпност"),
        ("privacy", "Поверителност"),
    ],
)
def test_pages_about_the_registry(kept: Client, name: str, heading: str) -> None:
    """Each is there in both languages."""
    bulgarian, english = kept.get(f"/bg/{name}"), kept.get(f"/en/{name}")

    assert f"<h1>{heading}</h1>" in bulgarian.text
    assert heading not in english.text
    assert "<h1>" in english.text


def test_licences_of_the_parts(kept: Client) -> None:
    """The licences of what pages load are where the page says."""
    page = kept.get("/en/about").text
    address = page.partition("Public Licence. <a href=")[2].split('"')[1]

    assert "MIT License" in kept.get(address.removeprefix(BASE[:-1])).text
