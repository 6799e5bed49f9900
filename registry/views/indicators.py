"""The indicators of the metadata quality score of data.europa.eu.

Whether an address answers cannot be known from a description: that of an address
below our own base is predicted, that of any other is not.

Source: data.europa.eu, Metadata Quality Assessment, methodology; the lists of
formats that are machine-readable and not proprietary are those of its
edp-vocabularies.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from registry.language import Text
from registry.namespaces import DCAT, DCT
from registry.views.dcat import authority

Properties = Mapping[str, Sequence[str]]
"""The values of a node: IRIs, and the text of literals, by property."""


def _file_types(codes: str) -> frozenset[str]:
    return frozenset(map(authority.file_type, codes.split()))


_MACHINE_READABLE = _file_types(
    "CSV GEOJSON ICS JSON JSON_LD KML KMZ NETCDF ODS RDFA RDF_N_QUADS RDF_N_TRIPLES "
    "RDF_TRIG RDF_TURTLE RDF_XML RSS SHP XLS XLSX XML"
)
_NOT_PROPRIETARY = _file_types(
    "BMP CSV DBF GEOJSON GZIP HTML ICS JPEG2000 JSON JSON_LD KML KMZ NETCDF ODS PNG "
    "RDF_N_QUADS RDF_N_TRIPLES RDF_TRIG RDF_TURTLE RDF_XML RSS RTF TAR TIFF TSV TXT "
    "WMS_SRVC XML ZIP"
)


class Dimension(StrEnum):
    """What an indicator is about."""

    FINDABILITY = "findability"
    ACCESSIBILITY = "accessibility"
    INTEROPERABILITY = "interoperability"
    REUSABILITY = "reusability"
    CONTEXTUALITY = "contextuality"


@dataclass(frozen=True, slots=True)
class Facts:
    """What an indicator looks at.

    Attributes:
        node: of the dataset, or of one distribution.
        nodes: of everything in the description, by IRI.
        base: of the registry.
        conforms: whether the description keeps to DCAT-AP.
    """

    node: Properties
    nodes: Mapping[str, Properties]
    base: str
    conforms: bool

    def of(self, predicate: str) -> Sequence[str]:
        """Returns the values of a property."""
        return self.node.get(predicate, ())


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing that gives points.

    Attributes:
        key: stable name.
        dimension: what it is about.
        points: how many it gives.
        title: what it asks for, per language.
        met: whether it is met.
        distribution: whether it is measured on distributions.
    """

    key: str
    dimension: Dimension
    points: int
    title: Text
    met: Callable[[Facts], bool]
    distribution: bool = False


def _has(predicate: str) -> Callable[[Facts], bool]:
    return lambda facts: bool(facts.of(predicate))


def _starts(predicate: str, start: str) -> Callable[[Facts], bool]:
    return lambda facts: any(iri.startswith(start) for iri in facts.of(predicate))


def _among(predicate: str, known: Iterable[str]) -> Callable[[Facts], bool]:
    return lambda facts: not set(known).isdisjoint(facts.of(predicate))


def _answers(predicate: str) -> Callable[[Facts], bool]:
    return lambda facts: any(iri.startswith(facts.base) for iri in facts.of(predicate))


def _dated(facts: Facts) -> bool:
    ends = {f"{DCAT}startDate", f"{DCAT}endDate"}
    periods = (facts.nodes.get(iri, {}) for iri in facts.of(f"{DCT}temporal"))
    return any(not ends.isdisjoint(period) for period in periods)


def _known_format(facts: Facts) -> bool:
    """Says whether format and media type are both of the lists that are asked for."""
    return _starts(f"{DCT}format", authority.FILE_TYPES)(facts) and _starts(
        f"{DCAT}mediaType", authority.MEDIA_TYPES
    )(facts)


_F, _A, _I, _R, _C = Dimension

INDICATORS: Sequence[Indicator] = (
    Indicator(
        "keyword",
        _F,
        30,
        {"bg": "ключови думи", "en": "keywords"},
        _has(f"{DCAT}keyword"),
    ),
    Indicator(
        "theme",
        _F,
        30,
        {"bg": "теми", "en": "themes"},
        _has(f"{DCAT}theme"),
    ),
    Indicator(
        "spatial",
        _F,
        20,
        {"bg": "географски обхват", "en": "geographical coverage"},
        _has(f"{DCT}spatial"),
    ),
    Indicator(
        "temporal",
        _F,
        20,
        {"bg": "времеви обхват", "en": "temporal coverage"},
        _dated,
    ),
    Indicator(
        "access-url-answers",
        _A,
        50,
        {"bg": "адрес за достъп, който отговаря", "en": "access address that answers"},
        _answers(f"{DCAT}accessURL"),
        distribution=True,
    ),
    Indicator(
        "download-url",
        _A,
        20,
        {"bg": "адрес за изтегляне", "en": "download address"},
        _has(f"{DCAT}downloadURL"),
        distribution=True,
    ),
    Indicator(
        "download-url-answers",
        _A,
        30,
        {
            "bg": "адрес за изтегляне, който отговаря",
            "en": "download address that answers",
        },
        _answers(f"{DCAT}downloadURL"),
        distribution=True,
    ),
    Indicator(
        "format",
        _I,
        20,
        {"bg": "формат", "en": "format"},
        _has(f"{DCT}format"),
        distribution=True,
    ),
    Indicator(
        "media-type",
        _I,
        10,
        {"bg": "медиен тип", "en": "media type"},
        _has(f"{DCAT}mediaType"),
        distribution=True,
    ),
    Indicator(
        "format-known",
        _I,
        10,
        {
            "bg": "формат и медиен тип от списъците на ЕС и IANA",
            "en": "format and media type of the lists of the EU and IANA",
        },
        _known_format,
        distribution=True,
    ),
    Indicator(
        "not-proprietary",
        _I,
        20,
        {"bg": "отворен формат", "en": "format that is not proprietary"},
        _among(f"{DCT}format", _NOT_PROPRIETARY),
        distribution=True,
    ),
    Indicator(
        "machine-readable",
        _I,
        20,
        {"bg": "машинночетим формат", "en": "machine-readable format"},
        _among(f"{DCT}format", _MACHINE_READABLE),
        distribution=True,
    ),
    Indicator(
        "conformity",
        _I,
        30,
        {"bg": "съответствие с DCAT-AP", "en": "conformity with DCAT-AP"},
        lambda facts: facts.conforms,
    ),
    Indicator(
        "licence",
        _R,
        20,
        {"bg": "лиценз", "en": "licence"},
        _has(f"{DCT}license"),
        distribution=True,
    ),
    Indicator(
        "licence-known",
        _R,
        10,
        {"bg": "лиценз от списъка на ЕС", "en": "licence of the list of the EU"},
        _starts(f"{DCT}license", authority.LICENCES),
        distribution=True,
    ),
    Indicator(
        "access-rights",
        _R,
        10,
        {"bg": "права на достъп", "en": "access rights"},
        _has(f"{DCT}accessRights"),
    ),
    Indicator(
        "access-rights-known",
        _R,
        5,
        {
            "bg": "права на достъп от списъка на ЕС",
            "en": "access rights of the list of the EU",
        },
        _starts(f"{DCT}accessRights", authority.ACCESS_RIGHTS),
    ),
    Indicator(
        "contact-point",
        _R,
        20,
        {"bg": "контакт", "en": "contact"},
        _has(f"{DCAT}contactPoint"),
    ),
    Indicator(
        "publisher",
        _R,
        10,
        {"bg": "издател", "en": "publisher"},
        _has(f"{DCT}publisher"),
    ),
    Indicator(
        "rights",
        _C,
        5,
        {"bg": "изявление за правата", "en": "statement of rights"},
        _has(f"{DCT}rights"),
        distribution=True,
    ),
    Indicator(
        "byte-size",
        _C,
        5,
        {"bg": "размер в байтове", "en": "size in bytes"},
        _has(f"{DCAT}byteSize"),
        distribution=True,
    ),
    Indicator(
        "issued",
        _C,
        5,
        {"bg": "дата на издаване", "en": "date of issue"},
        _has(f"{DCT}issued"),
    ),
    Indicator(
        "modified",
        _C,
        5,
        {"bg": "дата на промяна", "en": "date of modification"},
        _has(f"{DCT}modified"),
    ),
)
"""All of them, in the order of the methodology."""

TOTAL = sum(indicator.points for indicator in INDICATORS)
"""The points of a dataset that meets all of them: 405."""
