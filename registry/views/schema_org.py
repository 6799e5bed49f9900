"""A dataset of the catalogue in the terms of schema.org, for search engines.

The namespace is the one that the vocabularies of the EU use, with `http`.

Source: schema.org, class Dataset; DCAT 3, appendix B.2 (alignment with schema.org).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from registry.namespaces import DCAT, DCT, FOAF, SCHEMA, SKOS, SPDX
from registry.views.nodes import Nodes

_IANA = "http://www.iana.org/assignments/media-types/"


def dataset(nodes: Nodes, iri: str, catalogue: str) -> Mapping[str, Any]:
    """Returns the description of a dataset, or of a series, as JSON-LD.

    Args:
        nodes: its description, with what the catalogue begins with.
        iri: of the dataset.
        catalogue: IRI of the catalogue that it is in.
    """
    facts = {
        "name": _texts(nodes, iri, f"{DCT}title"),
        "description": _texts(nodes, iri, f"{DCT}description"),
        "keywords": _texts(nodes, iri, f"{DCAT}keyword"),
        "identifier": nodes.value(iri, f"{DCT}identifier"),
        "version": nodes.value(iri, f"{DCAT}version"),
        "url": nodes.value(iri, f"{DCAT}landingPage"),
        "datePublished": nodes.value(iri, f"{DCT}issued"),
        "dateModified": nodes.value(iri, f"{DCT}modified"),
        "temporalCoverage": _period(nodes, iri),
        "spatialCoverage": _named(nodes, nodes.values(iri, f"{DCT}spatial"), "Place"),
        "publisher": _agents(nodes, iri, "publisher"),
        "creator": _agents(nodes, iri, "creator"),
        "license": sorted(set(_of_files(nodes, iri, f"{DCT}license"))),
        "usageInfo": sorted(set(_of_files(nodes, iri, f"{DCT}rights"))),
        "isPartOf": [{"@id": one} for one in nodes.values(iri, f"{DCAT}inSeries")],
        "hasPart": [{"@id": one} for one in nodes.values(iri, f"{DCAT}seriesMember")],
        "includedInDataCatalog": {"@id": catalogue, "@type": "DataCatalog"},
        "distribution": [
            _download(nodes, one) for one in nodes.values(iri, f"{DCAT}distribution")
        ],
    }
    return {
        "@context": SCHEMA,
        "@id": iri,
        "@type": "Dataset",
        "isAccessibleForFree": True,
        **_given(facts),
    }


def _given(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in facts.items() if value not in (None, [])}


def _texts(nodes: Nodes, iri: str, predicate: str) -> list[Mapping[str, str]]:
    return [
        {"@language": language, "@value": text}
        for language, text in nodes.texts(iri, predicate)
    ]


def _agents(nodes: Nodes, iri: str, role: str) -> list[Mapping[str, Any]]:
    return _named(nodes, nodes.values(iri, f"{DCT}{role}"), "Organization")


def _named(nodes: Nodes, iris: Iterable[str], type_: str) -> list[Mapping[str, Any]]:
    return [
        {
            "@id": iri,
            "@type": type_,
            "name": _texts(nodes, iri, f"{FOAF}name")
            or _texts(nodes, iri, f"{SKOS}prefLabel"),
        }
        for iri in iris
    ]


def _period(nodes: Nodes, iri: str) -> str | None:
    """Returns the time that is covered, in the notation of ISO 8601."""
    period = nodes.value(iri, f"{DCT}temporal")
    if period is None:
        return None
    start, end = (nodes.value(period, f"{DCAT}{end}Date") for end in ("start", "end"))
    return f"{start or '..'}/{end or '..'}"


def _of_files(nodes: Nodes, iri: str, predicate: str) -> Iterator[str]:
    for distribution in nodes.values(iri, f"{DCAT}distribution"):
        yield from nodes.values(distribution, predicate)


def _download(nodes: Nodes, iri: str) -> Mapping[str, Any]:
    media_type = nodes.value(iri, f"{DCAT}mediaType")
    checksum = nodes.value(iri, f"{SPDX}checksum")
    facts = {
        "name": _texts(nodes, iri, f"{DCT}title"),
        "contentUrl": nodes.value(iri, f"{DCAT}downloadURL"),
        "encodingFormat": media_type and media_type.removeprefix(_IANA),
        "contentSize": nodes.value(iri, f"{DCAT}byteSize"),
        "sha256": checksum and nodes.value(checksum, f"{SPDX}checksumValue"),
        "license": nodes.value(iri, f"{DCT}license"),
    }
    return {"@id": iri, "@type": "DataDownload", **_given(facts)}
