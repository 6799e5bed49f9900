from dataclasses import replace
from datetime import timedelta

from registry import graphs
from registry.namespaces import DCAT, DCT, FOAF, RDF
from registry.views.dcat.header import header
from tests.dcat import STATE, the_definition, the_header, values
from tests.versions import AT, BASE, IRIS

CATALOGUE = f"{BASE}catalog"


def test_the_catalogue_has_all_that_is_asked_for() -> None:
    """Publisher, licence, languages, coverage and the list of themes."""
    text = the_header()

    assert values(text, CATALOGUE, f"{DCT}publisher") == [
        f"{BASE}id/institution/rma-maritza"
    ]
    assert values(text, CATALOGUE, f"{FOAF}homepage") == [BASE]
    assert values(text, CATALOGUE, f"{DCT}modified") == ["2026-03-01T12:00:00Z"]
    assert values(text, CATALOGUE, f"{DCAT}themeTaxonomy") == [
        "http://publications.europa.eu/resource/authority/data-theme"
    ]


def test_links_to_datasets_come_with_the_datasets() -> None:
    """So that pages can be put together from the header and any of them."""
    text = the_header()

    assert values(text, CATALOGUE, f"{DCAT}dataset") == []
    assert values(text, CATALOGUE, f"{DCAT}record") == []
    assert len(values(text, CATALOGUE, f"{DCAT}service")) == 5


def test_the_header_changes_with_the_catalogue_alone() -> None:
    """Its only date is that of the latest change."""
    later = replace(STATE, at=AT + timedelta(days=1), number=7, digest="x")
    changed = header(later, iris=IRIS, definition=the_definition())
    lines = set(graphs.lines(the_header())) ^ set(graphs.lines(changed))

    assert len(lines) == 2
    assert all(f"<{CATALOGUE}> <{DCT}modified>" in line for line in lines)


def test_an_empty_catalogue_was_never_changed() -> None:
    """It has no date then."""
    text = header(
        replace(STATE, at=None, number=0), iris=IRIS, definition=the_definition()
    )

    assert values(text, CATALOGUE, f"{DCT}modified") == []
    assert values(text, CATALOGUE, f"{RDF}type") == [
        f"{DCAT}Catalog",
        f"{DCAT}Resource",
    ]
