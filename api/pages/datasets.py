"""Datasets of the catalogue as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from api.pages.translations import msgid
from registry.iris import Iris
from registry.language import Text
from registry.namespaces import ADMS, DCAT, DCT, FOAF, M8G, RDFS, SKOS, SPDX, VCARD
from registry.ports import CatalogueState
from registry.views.dcat import services
from registry.views.dcat.definition import Definition
from registry.views.dcat.header import header
from registry.views.nodes import Nodes

_NAMES = (f"{FOAF}name", f"{SKOS}prefLabel", f"{RDFS}label", f"{VCARD}fn")
_NOTHING = CatalogueState(0, None, 0, "")
"""Of a catalogue of which nothing is told that changes."""


class Group(StrEnum):
    """What a dataset is; keys of datasets start with it."""

    WHOLE = "registry"
    REGISTER = "register"
    TABLE = "table"
    SERIES = "series"


GROUP_NAMES: Mapping[Group, str] = MappingProxyType(
    {
        Group.WHOLE: msgid("Everything together"),
        Group.REGISTER: msgid("Register"),
        Group.TABLE: msgid("Statistical table"),
        Group.SERIES: msgid("Series of tables"),
    }
)
"""What one dataset of each group is called."""


@dataclass(frozen=True, slots=True)
class Named:
    """Something that is referred to; its name may not be known."""

    iri: str
    name: Text


@dataclass(frozen=True, slots=True)
class Period:
    """The time that a dataset covers, from and to a day, where they are known."""

    start: date | None
    end: date | None

    @property
    def years(self) -> bool:
        """Whether it is some whole years."""
        return (
            self.start is not None
            and self.end is not None
            and (self.start.month, self.start.day) == (1, 1)
            and (self.end.month, self.end.day) == (12, 31)
        )


@dataclass(frozen=True, slots=True)
class Download:
    """A form in which a dataset is distributed.

    Attributes:
        size: in bytes; `None` of what is made when it is asked for.
        digest: SHA-256 of what is kept as a file.
    """

    title: Text
    address: str
    size: int | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class Served:
    """A data service that knows a dataset."""

    title: Text
    about: Text
    address: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A dataset as its page shows it, or a series."""

    iri: str
    group: Group
    title: Text
    description: Text
    provenance: Text
    keywords: Sequence[tuple[str, str]]
    publisher: Sequence[Named]
    creator: Sequence[Named]
    contact: Sequence[Named]
    telephones: Sequence[str]
    themes: Sequence[Named]
    types: Sequence[Named]
    licences: Sequence[Named]
    rights: Sequence[Text]
    access: Sequence[Named]
    languages: Sequence[Named]
    spatial: Sequence[Named]
    frequency: Sequence[Named]
    units: Sequence[str]
    keys: int | None
    part_of: Sequence[Named]
    members: Sequence[str]
    relations: Sequence[str]
    pages: Sequence[str]
    period: Period | None
    notations: Sequence[str]
    version: str | None
    changes: Text
    issued: datetime | None
    modified: datetime | None
    downloads: Sequence[Download]
    services: Sequence[Served]


def group_of(key: str) -> Group:
    """Returns what the dataset of a key is."""
    return Group(key.partition(".")[0])


def heading(iris: Iris, definition: Definition) -> str:
    """Returns what the descriptions of all datasets refer to, as N-Triples."""
    return header(_NOTHING, iris=iris, definition=definition)


def shown(nodes: Nodes, key: str, iris: Iris) -> Shown:
    """Returns what the page of a dataset shows.

    Args:
        nodes: its description, with what the catalogue begins with.
        key: of the dataset.
        iris: the registry's own.
    """
    iri = iris.dataset(key)
    files = nodes.values(iri, f"{DCAT}distribution")

    def named(predicate: str) -> Sequence[Named]:
        return [Named(one, label(nodes, one)) for one in nodes.values(iri, predicate)]

    contact = nodes.values(iri, f"{DCAT}contactPoint")
    provenance = nodes.value(iri, f"{DCT}provenance")
    keys = nodes.value(iri, f"{M8G}numSeries")
    return Shown(
        iri=iri,
        group=group_of(key),
        title=nodes.text(iri, f"{DCT}title"),
        description=nodes.text(iri, f"{DCT}description"),
        provenance=label(nodes, provenance) if provenance else {},
        keywords=nodes.texts(iri, f"{DCAT}keyword"),
        publisher=named(f"{DCT}publisher"),
        creator=named(f"{DCT}creator"),
        contact=named(f"{DCAT}contactPoint"),
        telephones=_of_each(nodes, contact, f"{VCARD}hasTelephone"),
        themes=named(f"{DCAT}theme"),
        types=named(f"{DCT}type"),
        licences=licences(nodes, iri),
        rights=[label(nodes, one) for one in _of_each(nodes, files, f"{DCT}rights")],
        access=named(f"{DCT}accessRights"),
        languages=named(f"{DCT}language"),
        spatial=named(f"{DCT}spatial"),
        frequency=named(f"{DCT}accrualPeriodicity"),
        units=nodes.values(iri, f"{M8G}statUnitMeasure"),
        keys=int(keys) if keys else None,
        part_of=[
            Named(one, nodes.text(one, f"{DCT}title"))
            for one in nodes.values(iri, f"{DCAT}inSeries")
        ],
        members=nodes.values(iri, f"{DCAT}seriesMember"),
        relations=nodes.values(iri, f"{DCT}relation"),
        pages=nodes.values(iri, f"{FOAF}page"),
        period=period(nodes, iri),
        notations=_of_each(
            nodes, nodes.values(iri, f"{ADMS}identifier"), f"{SKOS}notation"
        ),
        version=nodes.value(iri, f"{DCAT}version"),
        changes=nodes.text(iri, f"{ADMS}versionNotes"),
        issued=nodes.moment(iri, f"{DCT}issued"),
        modified=nodes.moment(iri, f"{DCT}modified"),
        downloads=[_download(nodes, one) for one in files],
        services=_services(nodes, iri, iris),
    )


def label(nodes: Nodes, iri: str) -> Text:
    """Returns what a node is called, empty if that is not said."""
    return nodes.text(iri, *_NAMES)


def licences(nodes: Nodes, iri: str) -> Sequence[Named]:
    """Returns the licences of the distributions of a dataset."""
    files = nodes.values(iri, f"{DCAT}distribution")
    found = _of_each(nodes, files, f"{DCT}license")
    return [Named(one, label(nodes, one)) for one in found]


def period(nodes: Nodes, iri: str) -> Period | None:
    """Returns the time that a dataset covers, if that is said."""
    node = nodes.value(iri, f"{DCT}temporal")
    if node is None:
        return None
    start, end = (nodes.value(node, f"{DCAT}{end}Date") for end in ("start", "end"))
    return Period(
        date.fromisoformat(start) if start else None,
        date.fromisoformat(end) if end else None,
    )


def _of_each(nodes: Nodes, subjects: Sequence[str], predicate: str) -> Sequence[str]:
    """Returns the values that nodes have, each once."""
    found = (one for node in subjects for one in nodes.values(node, predicate))
    return list(dict.fromkeys(found))


def _download(nodes: Nodes, iri: str) -> Download:
    size = nodes.value(iri, f"{DCAT}byteSize")
    checksum = nodes.value(iri, f"{SPDX}checksum")
    return Download(
        title=nodes.text(iri, f"{DCT}title"),
        address=nodes.value(iri, f"{DCAT}downloadURL") or iri,
        size=int(size) if size else None,
        digest=nodes.value(checksum, f"{SPDX}checksumValue") if checksum else None,
    )


def _services(nodes: Nodes, iri: str, iris: Iris) -> Sequence[Served]:
    return [
        Served(service.title, service.about, iris.base + service.endpoint)
        for service in services.SERVICES
        if iri in nodes.values(services.iri(service.key, iris), f"{DCAT}servesDataset")
    ]
