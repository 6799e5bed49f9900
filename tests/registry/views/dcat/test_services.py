from registry.namespaces import DCAT, DCT
from registry.views.dcat import services
from registry.views.dcat.services import SERVICES
from registry.views.dcat.statements import Statements
from tests.dcat import the_catalogue, the_definition, values
from tests.versions import BASE, IRIS


def test_every_service_is_in_the_catalogue() -> None:
    """Endpoint and description are addresses of the registry."""
    made = Statements()
    services.add(made, the_definition(), IRIS)
    text = made.canonical()
    sparql = services.iri(services.SPARQL, IRIS)

    assert values(text, f"{BASE}catalog", f"{DCAT}service") == sorted(
        f"{BASE}catalog#{service.key}" for service in SERVICES
    )
    assert values(text, sparql, f"{DCAT}endpointURL") == [f"{BASE}sparql"]
    assert values(text, sparql, f"{DCT}title") == [
        "SPARQL endpoint@en",
        "Точка за достъп SPARQL@bg",
    ]


def test_every_service_serves_a_dataset() -> None:
    """The descriptions of datasets say by which services they are served."""
    for service in SERVICES:
        node = services.iri(service.key, IRIS)
        served = values(the_catalogue(), node, f"{DCAT}servesDataset")
        assert f"{BASE}id/catalog/registry" in served, service.key
