"""A graph of the registry's own as an answer, in the format the reader prefers."""

from pyoxigraph import RdfFormat, serialize

from api.negotiation import Offer
from registry import graphs
from registry.graphs import FORMATS

TURTLE = Offer("ttl", "text/turtle")
JSONLD = Offer("jsonld", "application/ld+json")
N_TRIPLES = Offer("nt", "application/n-triples")
RDF_XML = Offer("rdf", "application/rdf+xml")
HTML = Offer("html", "text/html")

OFFERS = (TURTLE, JSONLD, N_TRIPLES, RDF_XML, HTML)
"""What a description is offered in; `*/*` gets Turtle."""


def serialise(text: str, offer: Offer) -> bytes:
    """Returns canonical N-Triples in the format of the offer.

    JSON-LD is in expanded form: these graphs have no one root to make a tree of.
    """
    if offer is not JSONLD:
        return graphs.serialise(text, FORMATS[offer.extension])
    body = serialize(graphs.triples(text), format=RdfFormat.JSON_LD)
    assert body is not None  # noqa: S101 - no file was given to write to
    return body
