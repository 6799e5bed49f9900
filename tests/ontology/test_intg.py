"""The integration ontology says of each term all that a reader needs."""

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from registry.namespaces import INTG, OWL, RDF, RDFS, SKOS, XSD

FOLDER = Path(__file__).parents[2] / "ontology"
ONTOLOGY = ox.NamedNode(INTG.removesuffix("#"))
DCT = "http://purl.org/dc/terms/"
QB = "http://purl.org/linked-data/cube#"
VANN = "http://purl.org/vocab/vann/"

CLASSES = {"TrainingCentre", "IntegrationService", "IntegrationMeasure", "Gap"}
PROPERTIES = {
    "integrationDomain",
    "serviceKind",
    "targetGroup",
    "eligibleStatus",
    "taughtLanguage",
    "languageLevel",
    "lastVerifiedOn",
    "freshUntil",
    "staleFrom",
    "nameSeenIn",
}
DATES = {"lastVerifiedOn", "freshUntil", "staleFrom"}
DIMENSIONS = {
    "citizenship",
    "countryOfBirth",
    "permitReason",
    "permitDuration",
    "protectionDecision",
    "migrationFlow",
    "ageGroup",
}
MEASURES = {"personCount"}
METRICS = {"confirmedRecords", "allFreshUntil", "halfFreshUntil"}
DATATYPES = {"EIK", "EKATTE", "NAPOO"}
TERMS = sorted(CLASSES | PROPERTIES | DIMENSIONS | MEASURES | DATATYPES | METRICS)


@pytest.fixture(scope="module")
def ontology() -> ox.Store:
    """The ontology as published."""
    store = ox.Store()
    store.load(path=str(FOLDER / "intg.ttl"), format=ox.RdfFormat.TURTLE)
    return store


def _values(store: ox.Store, subject: ox.NamedNode, predicate: str) -> set[str]:
    pattern = store.quads_for_pattern(subject, ox.NamedNode(predicate), None, None)
    return {
        quad.object.value
        for quad in pattern
        if isinstance(quad.object, ox.NamedNode | ox.Literal)
    }


def _languages(store: ox.Store, subject: ox.NamedNode, predicate: str) -> list[str]:
    pattern = store.quads_for_pattern(subject, ox.NamedNode(predicate), None, None)
    texts = [quad.object for quad in pattern if isinstance(quad.object, ox.Literal)]
    assert all(text.value.strip() for text in texts)
    return sorted(text.language or "" for text in texts)


def _blank(term: object) -> bool:
    return isinstance(term, ox.BlankNode)


def test_it_defines_exactly_the_terms_of_the_profile(ontology: ox.Store) -> None:
    """Everything in the namespace is one of the profile, and all are there."""
    subjects = {quad.subject for quad in ontology} - {ONTOLOGY}

    assert sorted(str(s) for s in subjects) == [f"<{INTG}{term}>" for term in TERMS]


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_labelled_and_defined_in_both_languages(
    ontology: ox.Store, term: str
) -> None:
    """A term has one label and one definition in Bulgarian and one in English."""
    subject = ox.NamedNode(INTG + term)

    assert _languages(ontology, subject, f"{RDFS}label") == ["bg", "en"]
    assert _languages(ontology, subject, f"{SKOS}definition") == ["bg", "en"]


@pytest.mark.parametrize("term", sorted(set(TERMS) - METRICS))
def test_a_term_stands_under_a_term_of_a_common_vocabulary(
    ontology: ox.Store, term: str
) -> None:
    """A client that does not know a term finds one that it may know above it."""
    subject = ox.NamedNode(INTG + term)
    above = _values(ontology, subject, f"{RDFS}subClassOf") | _values(
        ontology, subject, f"{RDFS}subPropertyOf"
    )

    assert len(above) == 1
    assert not any(iri.startswith(INTG) for iri in above)


@pytest.mark.parametrize("term", TERMS)
def test_a_term_says_where_it_is_defined(ontology: ox.Store, term: str) -> None:
    """A term found on its own leads to the ontology."""
    defined_by = _values(ontology, ox.NamedNode(INTG + term), f"{RDFS}isDefinedBy")

    assert defined_by == {ONTOLOGY.value}


@pytest.mark.parametrize(
    ("terms", "types"),
    [
        (CLASSES, {f"{OWL}Class"}),
        (PROPERTIES - DATES, {f"{OWL}ObjectProperty"}),
        (DATES, {f"{OWL}DatatypeProperty"}),
        (
            DIMENSIONS,
            {f"{OWL}ObjectProperty", f"{QB}DimensionProperty", f"{QB}CodedProperty"},
        ),
        (MEASURES, {f"{OWL}DatatypeProperty", f"{QB}MeasureProperty"}),
        (DATATYPES, {f"{RDFS}Datatype"}),
        (METRICS, {"http://www.w3.org/ns/dqv#Metric"}),
    ],
    ids=["class", "concept", "date", "dimension", "measure", "datatype", "metric"],
)
def test_a_term_states_its_types(
    ontology: ox.Store, terms: set[str], types: set[str]
) -> None:
    """Types are written out, because data cubes are checked without inference."""
    for term in terms:
        assert _values(ontology, ox.NamedNode(INTG + term), f"{RDF}type") == types


def test_a_coded_dimension_has_concepts_as_values(ontology: ox.Store) -> None:
    """The range that the integrity checks of data cubes look for is stated."""
    for term in DIMENSIONS:
        ranges = _values(ontology, ox.NamedNode(INTG + term), f"{RDFS}range")
        assert ranges == {f"{SKOS}Concept"}


def test_a_datatype_is_a_string(ontology: ox.Store) -> None:
    """A code with one of the datatypes can be read as plain text."""
    for term in DATATYPES:
        above = _values(ontology, ox.NamedNode(INTG + term), f"{RDFS}subClassOf")
        assert above == {f"{XSD}string"}


def test_the_header_describes_the_ontology(ontology: ox.Store) -> None:
    """Title and description in both languages, version, licence and prefix."""
    assert _languages(ontology, ONTOLOGY, f"{DCT}title") == ["bg", "en"]
    assert _languages(ontology, ONTOLOGY, f"{DCT}description") == ["bg", "en"]
    assert _values(ontology, ONTOLOGY, f"{RDF}type") == {f"{OWL}Ontology"}
    assert _values(ontology, ONTOLOGY, f"{OWL}versionInfo") == {"1.0.0"}
    assert _values(ontology, ONTOLOGY, f"{DCT}license") == {
        "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0"
    }
    assert _values(ontology, ONTOLOGY, f"{VANN}preferredNamespacePrefix") == {"intg"}
    assert _values(ontology, ONTOLOGY, f"{VANN}preferredNamespaceUri") == {INTG}


def test_no_node_is_blank(ontology: ox.Store) -> None:
    """Every node of the ontology can be named from outside."""
    assert not [q for q in ontology if _blank(q.subject) or _blank(q.object)]


def test_every_term_of_the_context_exists() -> None:
    """The JSON-LD context uses no term of ours that the ontology lacks."""
    context = json.loads((FOLDER / "context-v1.jsonld").read_text("utf-8"))["@context"]
    definitions = [value for key, value in context.items() if key != "intg"]
    words = [
        word
        for definition in definitions
        for word in (
            definition.values() if isinstance(definition, dict) else [definition]
        )
    ]
    used = {
        word.removeprefix("intg:") for word in map(str, words) if word[:5] == "intg:"
    }

    assert used
    assert used <= set(TERMS)
