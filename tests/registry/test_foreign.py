from hashlib import sha256

import pytest

from registry.foreign import record_of
from registry.iris import Iris, RecordId

IRIS = Iris("http://registry.example/")


@pytest.mark.parametrize(
    ("iri", "slug"),
    [
        ("https://data.egov.bg/data/view/0a1b", "0a1b"),
        ("https://data.example/datasets/Migrant%20Children/", "migrant-20children"),
        ("https://data.example/Набори/Деца", ""),
        ("https://data.example/d#one", "one"),
        ("urn:isbn:9786197700053", "9786197700053"),
        ("https://data.example/" + "x" * 3000, "x" * 48),
        ("https://data.example/---/", ""),
    ],
)
def test_a_dataset_is_the_same_record_each_time(iri: str, slug: str) -> None:
    """Its key begins as its IRI ends, and tells it from every other IRI."""
    record = record_of(iri)

    digest = sha256(iri.encode()).hexdigest()[:16]
    assert record == RecordId("dataset", f"{slug}-{digest}" if slug else digest)
    assert IRIS.parse(IRIS.thing(record)) == record
