from registry.views.ckan.facts import Facts
from registry.views.ckan.naming import identity
from registry.views.ckan.resources import resources
from tests.registry.views.ckan.conftest import register
from tests.versions import BASE

PLACES = f"{BASE}id/catalog/register.place"


def test_resource() -> None:
    """A distribution is a resource, with everything that is known of its file."""
    facts = Facts(register("place", "csv"))

    assert resources(PLACES, "package", facts) == [
        {
            "access_url": f"{BASE}dump/register.place.csv",
            "availability": "http://publications.europa.eu/resource/authority/"
            "planned-availability/STABLE",
            "cache_last_updated": None,
            "cache_url": None,
            "created": "2026-01-01T00:00:00",
            "description": "Места: области, общини и населени места – CSV.",
            "description_translated": {
                "bg": "Места: области, общини и населени места – CSV.",
                "en": "Places: provinces, municipalities and settlements – CSV.",
            },
            "download_url": f"{BASE}dump/register.place.csv",
            "format": "CSV",
            "hash": "ab" * 32,
            "hash_algorithm": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256",
            "id": identity(f"{PLACES}#csv"),
            "issued": "2026-01-01T00:00:00Z",
            "last_modified": "2026-01-01T00:00:00",
            "license": "http://publications.europa.eu/resource/authority/licence/"
            "CC_BY_4_0",
            "metadata_modified": "2026-01-01T00:00:00",
            "mimetype": "text/csv",
            "mimetype_inner": None,
            "modified": "2026-01-01T00:00:00Z",
            "name": "CSV",
            "name_translated": {"bg": "CSV", "en": "CSV"},
            "package_id": "package",
            "position": 0,
            "resource_type": None,
            "size": 10,
            "state": "active",
            "status": "http://publications.europa.eu/resource/authority/"
            "distribution-status/COMPLETED",
            "uri": f"{PLACES}#csv",
            "url": f"{BASE}dump/register.place.csv",
            "url_type": None,
        }
    ]


def test_order() -> None:
    """Resources keep their ids and places, whatever else there is."""
    both = resources(PLACES, "package", Facts(register("place", "nt", "csv")))

    assert [(each["format"], each["position"]) for each in both] == [
        ("CSV", 0),
        ("N-Triples", 1),
    ]


def test_resource_of_which_little_is_known() -> None:
    """What is not said is not made up."""
    file = "<urn:d> <http://www.w3.org/ns/dcat#distribution> <urn:f> .\n"

    (made,) = resources("urn:d", "package", Facts(file))

    assert {key: value for key, value in made.items() if value not in (None, "")} == {
        "description_translated": {},
        "id": identity("urn:f"),
        "name_translated": {},
        "package_id": "package",
        "position": 0,
        "state": "active",
        "uri": "urn:f",
    }
