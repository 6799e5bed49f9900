from registry.namespaces import RDF, SKOS
from registry.views.dcat import authority
from tests.dcat import statements, the_catalogue, the_definition

LABEL = f"{SKOS}prefLabel"
SCHEME = f"{SKOS}inScheme"


def test_terms_are_those_of_the_tables() -> None:
    """They are http, as the tables themselves are."""
    start = "http://publications.europa.eu/resource/authority"

    assert authority.theme("SOCI") == f"{start}/data-theme/SOCI"
    assert authority.licence("CC0") == f"{start}/licence/CC0"
    assert authority.country("BGR") == f"{start}/country/BGR"
    assert authority.frequency("ANNUAL") == f"{start}/frequency/ANNUAL"
    assert authority.file_type("CSV") == f"{start}/file-type/CSV"
    assert authority.availability("STABLE") == f"{start}/planned-availability/STABLE"
    assert authority.dataset_type("STATISTICAL") == f"{start}/dataset-type/STATISTICAL"
    assert authority.publisher_type("A") == "http://purl.org/adms/publishertype/A"
    assert authority.media_type("text/csv") == (
        "http://www.iana.org/assignments/media-types/text/csv"
    )


def test_every_term_in_use_travels_with_the_catalogue() -> None:
    """A portal that knows no vocabulary finds type and label of each."""
    starts = (
        "http://publications.europa.eu/resource/authority/",
        "http://purl.org/adms/",
    )
    used = {v for _, _, v in statements(the_catalogue()) if v.startswith(starts)}
    triples = statements(the_definition().authority)
    described = {s for s, p, _ in triples if p == f"{RDF}type"}

    assert used - described == set()


def test_every_term_has_both_languages_and_its_scheme() -> None:
    """Labels are Bulgarian and English; schemes are described themselves."""
    triples = statements(the_definition().authority)
    concepts = {s for s, _, v in triples if v == f"{SKOS}Concept"}
    schemes = {s for s, _, v in triples if v == f"{SKOS}ConceptScheme"}

    for concept in concepts:
        labels = {v[-3:] for s, p, v in triples if (s, p) == (concept, LABEL)}
        homes = [v for s, p, v in triples if (s, p) == (concept, SCHEME)]
        assert labels == {"@bg", "@en"}, concept
        assert len(homes) == 1, concept
        assert set(homes) <= schemes, concept
