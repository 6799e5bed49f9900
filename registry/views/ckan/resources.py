"""The distributions of a dataset as resources of a package.

Source: CKAN 2.10, `resource_show`; further fields as `ckanext-dcat` names them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from registry.namespaces import ADMS, DCAT, DCATAP, DCT, SPDX
from registry.views.ckan.facts import Facts, first
from registry.views.ckan.naming import identity

_FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "JSON_LD": "JSON-LD",
        "RDF_N_QUADS": "N-Quads",
        "RDF_N_TRIPLES": "N-Triples",
        "RDF_TURTLE": "TTL",
        "RDF_XML": "RDF",
    }
)
"""Formats by the EU's code, where CKAN calls them otherwise."""

_FURTHER = (
    ("access_url", f"{DCAT}accessURL"),
    ("availability", f"{DCATAP}availability"),
    ("download_url", f"{DCAT}downloadURL"),
    ("issued", f"{DCT}issued"),
    ("license", f"{DCT}license"),
    ("modified", f"{DCT}modified"),
    ("status", f"{ADMS}status"),
)


def resources(dataset: str, package: str, facts: Facts) -> list[dict[str, Any]]:
    """Returns the resources of a dataset, in the order of their IRIs.

    Args:
        dataset: its IRI.
        package: id of its package.
        facts: what is said of it.
    """
    found = sorted(facts.values(dataset, f"{DCAT}distribution"))
    return [
        {**_resource(iri, facts), "package_id": package, "position": position}
        for position, iri in enumerate(found)
    ]


def _resource(iri: str, facts: Facts) -> dict[str, Any]:
    title, description = (
        facts.text(iri, f"{DCT}title"),
        facts.text(iri, f"{DCT}description"),
    )
    url = facts.value(iri, f"{DCAT}downloadURL") or facts.value(iri, f"{DCAT}accessURL")
    file_type = (facts.value(iri, f"{DCT}format") or "").rpartition("/")[2]
    media_type = (facts.value(iri, f"{DCAT}mediaType") or "").partition("/media-types/")
    size = facts.value(iri, f"{DCAT}byteSize")
    modified = (facts.value(iri, f"{DCT}modified") or "").removesuffix("Z") or None
    issued = (facts.value(iri, f"{DCT}issued") or "").removesuffix("Z") or None
    checksum = facts.value(iri, f"{SPDX}checksum")
    further = {key: facts.value(iri, predicate) for key, predicate in _FURTHER}
    if checksum:
        further["hash_algorithm"] = facts.value(checksum, f"{SPDX}algorithm")
    return {
        "cache_last_updated": None,
        "cache_url": None,
        "created": issued,
        "description": first(description),
        "description_translated": dict(description),
        "format": _FORMATS.get(file_type, file_type),
        "hash": (checksum and facts.value(checksum, f"{SPDX}checksumValue")) or "",
        "id": identity(iri),
        "last_modified": modified,
        "metadata_modified": modified,
        "mimetype": media_type[2] or None,
        "mimetype_inner": None,
        "name": first(title),
        "name_translated": dict(title),
        "resource_type": None,
        "size": int(size) if size else None,
        "state": "active",
        "uri": iri,
        "url": url,
        "url_type": None,
        **{key: value for key, value in further.items() if value is not None},
    }
