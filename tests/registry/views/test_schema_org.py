import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from registry.journal.sql import SqlJournal
from registry.namespaces import SCHEMA
from registry.ports import CatalogueState
from registry.views import schema_org
from registry.views.dcat.header import header
from registry.views.nodes import Nodes
from tests.cataloguing import IRIS, YEARLY, History, catalogue, definition

TABLE = f"table.{YEARLY}"


@pytest.fixture
def told(journal: SqlJournal, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A table with a file, its series, and everything, each by its key."""
    history, store = History(journal), catalogue(tmp_path / "catalogue.sqlite")
    history.table(YEARLY)
    history.dump({f"{TABLE}.csv": 5, "registry.nq.gz": 7})
    history.catch_up(store)
    start = header(CatalogueState(0, None, 0, ""), iris=IRIS, definition=definition())
    yield {
        found.key: schema_org.dataset(
            Nodes(start + found.triples), IRIS.dataset(found.key), IRIS.catalogue
        )
        for found in store.datasets()
    }
    store.close()


def test_table_is_a_dataset(told: dict[str, Any]) -> None:
    """What search engines ask for is there, in both languages where it is a text."""
    found = told[TABLE]

    assert found["@id"] == IRIS.dataset(TABLE)
    assert (found["@context"], found["@type"]) == ("http://schema.org/", "Dataset")
    for term in ("name", "description", "keywords"):
        assert {text["@language"] for text in found[term]} == {"bg", "en"}
    (publisher,), (creator,) = found["publisher"], found["creator"]
    assert {text["@language"] for text in publisher["name"]} == {"bg", "en"}
    assert {text["@value"] for text in creator["name"]} == {"Eurostat", "Евростат"}
    assert found["temporalCoverage"] == "2012-01-01/2014-12-31"
    assert found["isPartOf"] == [{"@id": IRIS.dataset("series.eurostat")}]
    assert found["includedInDataCatalog"]["@id"] == IRIS.catalogue
    assert [place["@type"] for place in found["spatialCoverage"]] == ["Place"]
    assert found["license"]


def test_files_are_downloads(told: dict[str, Any]) -> None:
    """A file of a dump has its size and digest; what is made on demand has neither."""
    downloads = {d["@id"].partition("#")[2]: d for d in told[TABLE]["distribution"]}

    file = downloads["csv"]
    assert file["contentUrl"] == f"{IRIS.base}dump/{TABLE}.csv"
    assert (file["encodingFormat"], file["contentSize"]) == ("text/csv", "5")
    assert file["sha256"] == f"{5:064x}"
    assert "contentSize" not in downloads["xlsx"]


def test_series_has_parts_and_no_files(told: dict[str, Any]) -> None:
    """What does not apply is left out, not left empty."""
    found = told["series.eurostat"]

    assert found["hasPart"] == [{"@id": IRIS.dataset(TABLE)}]
    assert not {"distribution", "license", "temporalCoverage", "isPartOf"} & set(found)


def test_time_without_end_is_open(told: dict[str, Any]) -> None:
    """What is still kept up has no last day."""
    assert told["registry"]["temporalCoverage"] == "2026-01-01/.."


def test_document_is_json_ld(told: dict[str, Any]) -> None:
    """With the terms of the vocabulary every member becomes a fact."""
    for document in told.values():
        local = {**document, "@context": {"@vocab": SCHEMA}}
        facts = [q.triple for q in parse(json.dumps(local), format=RdfFormat.JSON_LD)]
        assert {t.predicate.value for t in facts if document["@id"] in str(t.subject)}
        assert all(
            t.predicate.value.startswith((SCHEMA, "http://www.w3.org/1999/02/22-rdf"))
            for t in facts
        )
