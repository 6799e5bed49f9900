from typing import Any

from registry.namespaces import DCT, FOAF
from registry.views.dcat import creators
from registry.views.dcat.creators import Creator
from registry.views.dcat.statements import Statements
from tests.dcat import table_version, the_definition, values
from tests.versions import BASE, IRIS


def creator(publisher: object) -> Creator | None:
    document: dict[str, Any] = {"publisher": publisher} if publisher else {}
    return creators.creator(document, the_definition(), IRIS)


def test_known_creators_are_found_by_record_or_by_name() -> None:
    """Their IRI is the same in every table."""
    nested = {
        "id": f"{BASE}id/table/a#publisher",
        "agentName": {"bg": "Евростат", "en": "Eurostat"},
    }
    by_name = creator(nested)
    by_record = creator(f"{BASE}id/institution/sar")

    assert by_name is not None
    assert (by_name.key, by_name.iri) == ("eurostat", f"{BASE}catalog#eurostat")
    assert by_record is not None
    assert (by_record.key, by_record.iri) == ("sar", f"{BASE}id/institution/sar")


def test_somebody_else_is_who_the_table_says() -> None:
    """The nested agent keeps its own IRI, name and home page."""
    node = f"{BASE}id/table/a#publisher"
    page = "https://b.example/"
    found = creator({"id": node, "agentName": {"en": "B"}, "homepage": [page]})

    assert found == Creator(None, node, {"en": "B"}, page)


def test_an_institution_that_the_catalogue_does_not_know_has_no_name() -> None:
    """Its record has one, but that is not in the table."""
    record = f"{BASE}id/institution/other"

    assert creator(record) == Creator(None, record, {})


def test_a_table_may_name_nobody() -> None:
    """Then nobody is made up."""
    assert creator(None) is None


def test_creators_are_described() -> None:
    """Known ones with all that is known, others with what the table says."""
    made = Statements()
    known = creator(f"{BASE}id/institution/sar")
    other = Creator(None, f"{BASE}b", {"en": "B"}, "https://b.example/")
    assert known is not None
    creators.add(made, known, the_definition())
    creators.add(made, other, the_definition())
    text = made.canonical()

    assert len(values(text, known.iri, f"{DCT}type")) == 1
    assert values(text, other.iri, f"{FOAF}name") == ["B@en"]
    assert values(text, other.iri, f"{FOAF}homepage") == ["https://b.example/"]


def test_the_document_is_that_of_the_version() -> None:
    """It is compact JSON-LD."""
    document = creators.document(table_version("migr-imm8"))

    assert document["notation"] == "migr_imm8"
