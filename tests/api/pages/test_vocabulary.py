import json

from api.pages import vocabulary
from api.pages.vocabulary import Completion, Term
from registry.jsonld import Context
from registry.namespaces import FOAF, INTG, ORG, OWL, RDF, RDFS, SKOS

GRAPH = "".join(
    f"<{INTG}Centre> <{predicate}> {value} .\n"
    for predicate, value in (
        (f"{RDF}type", f"<{OWL}Class>"),
        (f"{RDFS}label", '"Център"@bg'),
        (f"{RDFS}label", '"Centre"@en'),
        (f"{RDFS}subClassOf", f"<{ORG}Organization>"),
        (f"{SKOS}definition", '"A place."@en'),
    )
)
UNLABELLED = f"<{INTG}Nothing> <{RDF}type> <{OWL}Class> .\n"
CENTRE = Term(
    iri=f"{INTG}Centre",
    kind="class",
    labels={"bg": "Център", "en": "Centre"},
    definitions={"en": "A place."},
    broader=[f"{ORG}Organization"],
    domains=[],
    ranges=[],
    sources=[],
)


def test_terms() -> None:
    """A term is what the graph declares and labels."""
    assert vocabulary.terms(GRAPH + UNLABELLED) == [CENTRE]
    assert (CENTRE.name, CENTRE.local) == ("intg:Centre", "Centre")


def test_example() -> None:
    """The query names the term by its whole IRI."""
    assert vocabulary.example(CENTRE) == (
        f"SELECT ?thing WHERE {{\n  ?thing a <{INTG}Centre> .\n}}\nLIMIT 20\n"
    )


def test_completions() -> None:
    """The terms of the ontology and of the context are offered once each."""
    definition = {
        "id": "@id",
        "intg": INTG,
        "foaf": FOAF,
        "Centre": "intg:Centre",
        "homepage": {"@id": "foaf:homepage"},
        "elsewhere": "http://else.example/x",
    }
    source = json.dumps({"@context": definition})
    context = Context(source.encode(), "http://registry.example/context")

    assert vocabulary.completions(GRAPH, context) == [
        Completion("foaf:homepage", "property", {"bg": "Уебсайт", "en": "Website"}),
        Completion("intg:Centre", "class", {"bg": "Център", "en": "Centre"}),
    ]
