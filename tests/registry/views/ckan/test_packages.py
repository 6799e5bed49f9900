from datetime import timedelta

from registry.ports import Described
from registry.views.ckan.naming import identity
from registry.views.ckan.packages import package
from registry.views.dcat import datasets
from tests.registry.views.ckan.conftest import AT, DEFINITION, NAMES, register
from tests.versions import BASE, IRIS

PLACES = f"{BASE}id/catalog/register.place"
EU = "http://publications.europa.eu/resource/authority/"
LATER = AT + timedelta(days=1)


def test_package() -> None:
    """A dataset is a package in the shape of CKAN, its texts in both languages."""
    described = Described("register.place", 1, LATER, register("place", "csv"))

    made = dict(package(described, IRIS, NAMES) or {})

    (resource,) = made.pop("resources")
    assert resource["id"] == identity(f"{PLACES}#csv")
    tags = [each["name"] for each in made.pop("tags")]
    assert tags == sorted(tags)
    assert {"immigrants", "населени места"} <= set(tags)
    notes = DEFINITION.registers["place"].description
    title = DEFINITION.registers["place"].title
    assert made == {
        "author": None,
        "author_email": None,
        "creator_user_id": None,
        "extras": [
            {"key": "access_rights", "value": f"{EU}access-right/PUBLIC"},
            {"key": "contact_uri", "value": f"{BASE}catalog#contact"},
            {"key": "frequency", "value": f"{EU}frequency/IRREG"},
            {"key": "identifier", "value": PLACES},
            {"key": "issued", "value": "2026-01-01T00:00:00Z"},
            {
                "key": "language",
                "value": f'["{EU}language/BUL", "{EU}language/ENG"]',
            },
            {"key": "modified", "value": "2026-01-01T00:00:00Z"},
            {
                "key": "provenance",
                "value": "Записи, събрани от този регистър. При всеки са посочени "
                "източниците му; всяка промяна се пази.",
            },
            {
                "key": "publisher_name",
                "value": "Регионално сдружение на общините „Марица“",
            },
            {"key": "publisher_uri", "value": f"{BASE}id/institution/rma-maritza"},
            {"key": "spatial_uri", "value": f"{EU}country/BGR"},
            {"key": "temporal_start", "value": "2026-01-01"},
            {"key": "theme", "value": f'["{EU}data-theme/REGI"]'},
            {"key": "uri", "value": PLACES},
        ],
        "groups": [],
        "id": identity(PLACES),
        "isopen": True,
        "license_id": "cc-by",
        "license_title": "Creative Commons Attribution",
        "license_url": f"{EU}licence/CC_BY_4_0",
        "maintainer": None,
        "maintainer_email": None,
        "metadata_created": "2026-01-01T00:00:00.000000",
        "metadata_modified": "2026-01-02T00:00:00.000000",
        "name": "register_place",
        "notes": notes.bg,
        "notes_translated": {"bg": notes.bg, "en": notes.en},
        "num_resources": 1,
        "num_tags": len(tags),
        "organization": {
            "approval_status": "approved",
            "description": "",
            "id": identity(f"{BASE}id/institution/rma-maritza"),
            "image_url": "",
            "is_organization": True,
            "name": "rma-maritza",
            "state": "active",
            "title": "Регионално сдружение на общините „Марица“",
            "type": "organization",
        },
        "owner_org": identity(f"{BASE}id/institution/rma-maritza"),
        "private": False,
        "relationships_as_object": [],
        "relationships_as_subject": [],
        "state": "active",
        "title": title.bg,
        "title_translated": {"bg": title.bg, "en": title.en},
        "type": "dataset",
        "url": f"{BASE}records?kind=place",
        "version": None,
    }


def test_what_is_no_package() -> None:
    """A series and what was deleted have no package."""
    series = datasets.series(
        next(iter(DEFINITION.creators)),
        ["table.one"],
        issued=AT,
        modified=AT,
        iris=IRIS,
        definition=DEFINITION,
    )

    assert package(Described("series.a", 1, AT, series), IRIS, NAMES) is None
    assert package(Described("registry", 1, AT, ""), IRIS, NAMES) is None


def test_dataset_of_which_little_is_known() -> None:
    """A dataset that says nothing has an empty package, not a wrong one."""
    rdf, dcat = (
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://www.w3.org/ns/dcat#",
    )
    triples = f"<{PLACES}> <{rdf}type> <{dcat}Dataset> .\n"

    made = package(Described("register.place", 1, AT, triples), IRIS, {})

    assert made is not None
    assert made["extras"] == [{"key": "uri", "value": PLACES}]
    assert (made["organization"], made["owner_org"], made["title"]) == (None, None, "")
    assert (made["license_id"], made["license_url"]) == ("notspecified", None)
    assert made["metadata_created"] == "2026-01-01T00:00:00.000000"
