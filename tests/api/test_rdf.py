import rdflib

from api import rdf
from tests.versions import ONE


def test_json_ld() -> None:
    """The expanded JSON-LD of a graph has a node for each of its subjects."""
    body = rdf.serialise(ONE.content.triples, rdf.JSONLD)

    subjects = set(
        rdflib.Graph().parse(data=ONE.content.triples, format="nt").subjects()
    )
    assert all(str(subject).encode() in body for subject in subjects)


def test_offers_have_formats() -> None:
    """Everything on offer but the page can be written."""
    for offer in rdf.OFFERS:
        if offer is not rdf.HTML:
            assert rdf.serialise(ONE.content.triples, offer)
