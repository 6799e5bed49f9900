"""Datasets of the catalogue as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from registry.language import Text
from registry.namespaces import DCAT, DCT, FOAF, RDF, RDFS, SKOS, SPDX
from registry.views.nodes import Nodes


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list of datasets."""

    iri: str
    title: Text
    description: Text
    modified: datetime | None


@dataclass(frozen=True, slots=True)
class Named:
    """Something that is referred to; its name may not be known."""

    iri: str
    name: Text


@dataclass(frozen=True, slots=True)
class Download:
    """A form in which a dataset is distributed."""

    title: Text
    address: str
    size: int | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A dataset as its page shows it, or a series."""

    iri: str
    series: bool
    title: Text
    description: Text
    provenance: Text
    keywords: Sequence[tuple[str, str]]
    publisher: Sequence[Named]
    creator: Sequence[Named]
    themes: Sequence[Named]
    licences: Sequence[Named]
    frequency: Sequence[Named]
    part_of: Sequence[Named]
    members: Sequence[Named]
    pages: Sequence[str]
    period: tuple[str | None, str | None] | None
    version: str | None
    issued: datetime | None
    modified: datetime | None
    downloads: Sequence[Download]


def listed(text: str) -> Listed:
    """Returns the line of a dataset, given its description."""
    nodes = Nodes(text)
    (iri,) = nodes.objects(f"{FOAF}primaryTopic")
    return Listed(
        iri=iri,
        title=nodes.text(iri, f"{DCT}title"),
        description=nodes.text(iri, f"{DCT}description"),
        modified=nodes.moment(iri, f"{DCT}modified"),
    )


def shown(nodes: Nodes, iri: str) -> Shown:
    """Returns what the page of a dataset shows.

    Args:
        nodes: its description, with what the catalogue begins with.
        iri: of the dataset.
    """
    downloads = nodes.values(iri, f"{DCAT}distribution")
    licences = {one for d in downloads for one in nodes.values(d, f"{DCT}license")}
    return Shown(
        iri=iri,
        series=f"{DCAT}DatasetSeries" in nodes.values(iri, f"{RDF}type"),
        title=nodes.text(iri, f"{DCT}title"),
        description=nodes.text(iri, f"{DCT}description"),
        provenance=_label(nodes, nodes.value(iri, f"{DCT}provenance")),
        keywords=nodes.texts(iri, f"{DCAT}keyword"),
        publisher=_named(nodes, nodes.values(iri, f"{DCT}publisher")),
        creator=_named(nodes, nodes.values(iri, f"{DCT}creator")),
        themes=_named(nodes, nodes.values(iri, f"{DCAT}theme")),
        licences=_named(nodes, sorted(licences)),
        frequency=_named(nodes, nodes.values(iri, f"{DCT}accrualPeriodicity")),
        part_of=_named(nodes, nodes.values(iri, f"{DCAT}inSeries")),
        members=_named(nodes, nodes.values(iri, f"{DCAT}seriesMember")),
        pages=[
            *nodes.values(iri, f"{DCAT}landingPage"),
            *nodes.values(iri, f"{FOAF}page"),
        ],
        period=_period(nodes, iri),
        version=nodes.value(iri, f"{DCAT}version"),
        issued=nodes.moment(iri, f"{DCT}issued"),
        modified=nodes.moment(iri, f"{DCT}modified"),
        downloads=[_download(nodes, one) for one in downloads],
    )


def _named(nodes: Nodes, iris: Sequence[str]) -> Sequence[Named]:
    return [Named(iri, _label(nodes, iri)) for iri in iris]


def _label(nodes: Nodes, iri: str | None) -> Text:
    if iri is None:
        return {}
    names = (f"{FOAF}name", f"{SKOS}prefLabel", f"{RDFS}label", f"{DCT}title")
    return nodes.text(iri, *names)


def _period(nodes: Nodes, iri: str) -> tuple[str | None, str | None] | None:
    period = nodes.value(iri, f"{DCT}temporal")
    if period is None:
        return None
    return (
        nodes.value(period, f"{DCAT}startDate"),
        nodes.value(period, f"{DCAT}endDate"),
    )


def _download(nodes: Nodes, iri: str) -> Download:
    size = nodes.value(iri, f"{DCAT}byteSize")
    checksum = nodes.value(iri, f"{SPDX}checksum")
    return Download(
        title=nodes.text(iri, f"{DCT}title"),
        address=nodes.value(iri, f"{DCAT}downloadURL") or iri,
        size=int(size) if size else None,
        digest=nodes.value(checksum, f"{SPDX}checksumValue") if checksum else None,
    )
