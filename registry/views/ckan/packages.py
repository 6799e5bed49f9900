"""A dataset of the catalogue as a package.

Source: CKAN 2.10, `package_show`; extras as `ckanext-dcat` writes them.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from registry.iris import Iris
from registry.language import Text
from registry.namespaces import DCAT, DCT, FOAF, RDF, VCARD
from registry.ports import Described
from registry.views.ckan.facts import Facts, first
from registry.views.ckan.licences import licence
from registry.views.ckan.naming import identity, name, tag, timestamp
from registry.views.ckan.resources import resources

Package = Mapping[str, Any]
"""A package as JSON."""

Names = Mapping[str, Text]
"""How people and contacts are called, by IRI, whom the catalogue names but once."""

_SHORTEST_TAG = 2
_SINGLE = (
    ("access_rights", f"{DCT}accessRights"),
    ("dcat_type", f"{DCT}type"),
    ("frequency", f"{DCT}accrualPeriodicity"),
    ("identifier", f"{DCT}identifier"),
    ("issued", f"{DCT}issued"),
    ("modified", f"{DCT}modified"),
    ("contact_uri", f"{DCAT}contactPoint"),
    ("publisher_uri", f"{DCT}publisher"),
    ("spatial_uri", f"{DCT}spatial"),
)
_LISTS = (
    ("conforms_to", f"{DCT}conformsTo"),
    ("documentation", f"{FOAF}page"),
    ("language", f"{DCT}language"),
    ("theme", f"{DCAT}theme"),
)


def package(described: Described, iris: Iris, names: Names) -> Package | None:
    """Returns the package of a dataset.

    Args:
        described: what the catalogue says.
        iris: the registry's own.
        names: of those whom the description only refers to.

    Returns:
        `None` for what is no dataset: one that was deleted, or a series.
    """
    iri, facts = iris.dataset(described.key), Facts(described.triples)
    if f"{DCAT}Dataset" not in facts.values(iri, f"{RDF}type"):
        return None
    identity_ = identity(iri)
    title, notes = facts.text(iri, f"{DCT}title"), facts.text(iri, f"{DCT}description")
    files = resources(iri, identity_, facts)
    licence_iri = _licence(iri, files, facts)
    licensed = licence(licence_iri)
    organisation = _organisation(iri, facts, names)
    tags = _tags(iri, facts)
    return {
        "author": None,
        "author_email": None,
        "creator_user_id": None,
        "extras": sorted(_extras(iri, facts, names), key=lambda e: e["key"]),
        "groups": [],
        "id": identity_,
        "isopen": licensed.open,
        "license_id": licensed.id,
        "license_title": licensed.title,
        "license_url": licence_iri,
        "maintainer": None,
        "maintainer_email": None,
        "metadata_created": timestamp(_created(iri, facts, described)),
        "metadata_modified": timestamp(described.at),
        "name": name(described.key),
        "notes": first(notes),
        "notes_translated": dict(notes),
        "num_resources": len(files),
        "num_tags": len(tags),
        "organization": organisation,
        "owner_org": organisation and organisation["id"],
        "private": False,
        "relationships_as_object": [],
        "relationships_as_subject": [],
        "resources": files,
        "state": "active",
        "tags": tags,
        "title": first(title),
        "title_translated": dict(title),
        "type": "dataset",
        "url": facts.value(iri, f"{DCAT}landingPage"),
        "version": facts.value(iri, f"{DCAT}version"),
    }


def _created(iri: str, facts: Facts, described: Described) -> datetime:
    issued = facts.value(iri, f"{DCT}issued")
    return datetime.fromisoformat(issued) if issued else described.at


def _licence(iri: str, files: list[dict[str, Any]], facts: Facts) -> str | None:
    given = (each.get("license") for each in files)
    own = facts.value(iri, f"{DCT}license")
    return own or next((each for each in given if each), None)


def _tags(iri: str, facts: Facts) -> list[dict[str, Any]]:
    keywords = facts.texts(iri, f"{DCAT}keyword").values()
    names = {tag(word) for words in keywords for word in words}
    return [
        {
            "display_name": each,
            "id": identity(f"{iri}#tag-{each}"),
            "name": each,
            "state": "active",
            "vocabulary_id": None,
        }
        for each in sorted(names)
        if len(each) >= _SHORTEST_TAG
    ]


def _organisation(iri: str, facts: Facts, names: Names) -> dict[str, Any] | None:
    publisher = facts.value(iri, f"{DCT}publisher")
    if publisher is None:
        return None
    key = publisher.replace("#", "/").rpartition("/")[2]
    return {
        "approval_status": "approved",
        "description": "",
        "id": identity(publisher),
        "image_url": "",
        "is_organization": True,
        "name": name(key),
        "state": "active",
        "title": first(facts.label(publisher) or names.get(publisher, {})) or key,
        "type": "organization",
    }


def _extras(iri: str, facts: Facts, names: Names) -> Iterator[dict[str, str]]:
    publisher = facts.value(iri, f"{DCT}publisher") or ""
    contact = facts.value(iri, f"{DCAT}contactPoint") or ""
    period = facts.value(iri, f"{DCT}temporal") or ""
    provenance = facts.value(iri, f"{DCT}provenance") or ""
    known = {
        "uri": iri,
        **{key: facts.value(iri, predicate) for key, predicate in _SINGLE},
        "contact_email": (facts.value(contact, f"{VCARD}hasEmail") or "").removeprefix(
            "mailto:"
        ),
        "contact_name": first(facts.label(contact) or names.get(contact, {})),
        "provenance": first(facts.label(provenance)),
        "publisher_name": first(facts.label(publisher) or names.get(publisher, {})),
        "temporal_end": facts.value(period, f"{DCAT}endDate"),
        "temporal_start": facts.value(period, f"{DCAT}startDate"),
    }
    for key, value in known.items():
        if value:
            yield {"key": key, "value": value}
    for key, predicate in _LISTS:
        values = facts.values(iri, predicate)
        if values:
            yield {"key": key, "value": json.dumps(values, ensure_ascii=False)}
