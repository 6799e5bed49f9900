import pytest

from api.pages.compact import compact
from registry.namespaces import SDMX_DIMENSION, SKOS

BASE = "http://registry.example/"


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        (f"{SKOS}prefLabel", "skos:prefLabel"),
        (SKOS, "skos:"),
        (f"{SDMX_DIMENSION}sex", "sdmx-dimension:sex"),
        (f"{SKOS}a/b", f"{SKOS}a/b"),
        (f"{SKOS}a b", f"{SKOS}a b"),
        (f"{BASE}id/place/bg", "id/place/bg"),
        ("https://else.example/x", "https://else.example/x"),
    ],
)
def test_compact(iri: str, short: str) -> None:
    """An IRI is written with a prefix of ours where what is left is a name."""
    assert compact(iri, BASE) == short
