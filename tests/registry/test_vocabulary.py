from pathlib import Path

import pytest

from registry.errors import NotFound
from registry.vocabulary import Example, Vocabulary
from tests.versions import IRIS


@pytest.fixture
def vocabulary(tmp_path: Path) -> Vocabulary:
    """A vocabulary of one term, one shape and one question."""
    (tmp_path / "queries").mkdir()
    (tmp_path / "context-v1.jsonld").write_text('{"@context": {"id": "@id"}}')
    (tmp_path / "intg.ttl").write_text("<https://w3id.example/#a> a <b> .")
    (tmp_path / "components.ttl").write_text("<https://w3id.example/#A> a <d> .")
    (tmp_path / "place.ttl").write_text("<shapes/place> a <c> .")
    (tmp_path / "queries" / "all.rq").write_text(
        "# title-bg: Всичко\n# title-en: Everything\n# description-en: All of it.\n"
        "# topic: figures\nSELECT * { ?s ?p ?o }\n",
        encoding="utf-8",
    )
    return Vocabulary(tmp_path, tmp_path, tmp_path, IRIS)


def test_graphs_are_read_against_the_base(vocabulary: Vocabulary) -> None:
    """Relative IRIs in the files become the registry's own."""
    assert vocabulary.shapes["place"] == (
        f"<{IRIS.base}shapes/place> "
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        f"<{IRIS.base}c> .\n"
    )
    assert vocabulary.ontology.startswith("<https://w3id.example/#a> ")


def test_terms_are_the_ontology_and_what_tables_share(vocabulary: Vocabulary) -> None:
    """Both files are one graph, sorted."""
    first, second = vocabulary.terms.split("\n")[:-1]

    assert first.startswith("<https://w3id.example/#A> ")
    assert f"{second}\n" == vocabulary.ontology


def test_examples_have_titles_in_both_languages(vocabulary: Vocabulary) -> None:
    """The header of a query file says what it asks, and of which topic."""
    assert vocabulary.examples == [
        Example(
            "all",
            {"bg": "Всичко", "en": "Everything"},
            {"en": "All of it."},
            "figures",
            vocabulary.example("all").query,
        )
    ]
    assert vocabulary.example("all").query.endswith("SELECT * { ?s ?p ?o }\n")


def test_unknown_example_is_not_found(vocabulary: Vocabulary) -> None:
    """Asking for an example that is not there says so."""
    with pytest.raises(NotFound):
        vocabulary.example("nothing")
