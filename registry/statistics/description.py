"""A table's structure and figures as its record's document, and back.

    {thing}                        qb:DataSet
    {thing}#structure              qb:DataStructureDefinition
    {thing}#component-{column}     qb:ComponentSpecification of each column
    {thing}#data                   dcat:Distribution: which figures, by checksum

and of a derived table

    {thing}#derivation             dct:ProvenanceStatement: the formula
    {thing}#numerator              qb:ObservationGroup: cells of another table
    {thing}#denominator            the same

An operand says by an IRI template which cell is behind an observation; the braces
of the template stand for dimensions of the derived table.

The observations themselves are not in the document. A new edition of the figures
changes `#data`, and so is a new version of the record.

Source: The RDF Data Cube Vocabulary, sections 6 to 8; DCAT 3, section 6.8; RFC 6570.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from registry.iris import Iris, RecordId
from registry.language import Text
from registry.namespaces import QB, RDFS, SDMX_ATTRIBUTE, SKOS, SPDX, XSD
from registry.statistics import derivation
from registry.statistics.definition import Definition, DimensionPart, PublisherPart
from registry.statistics.labels import place_key
from registry.statistics.structure import (
    FLAG,
    VALUE,
    Derivation,
    Dimension,
    Operand,
    Period,
    Role,
    Structure,
    role_of,
)

KIND = "table"
"""The register of tables."""

Operands = Mapping[str, Structure]
"""Structures of the tables that a derived one follows from, by key."""

UNDERIVED: Operands = MappingProxyType({})
"""What a table follows from whose figures are a source's."""

_NUMERATOR, _DENOMINATOR = "numerator", "denominator"
OPERANDS: Mapping[str, Text] = MappingProxyType(
    {
        _NUMERATOR: {"bg": "числител", "en": "numerator"},
        _DENOMINATOR: {"bg": "знаменател", "en": "denominator"},
    }
)
"""What the cells behind a derived value are to it, in the order of the formula."""

_UNIT = "unit_measure"
_RESOLUTIONS: Mapping[Period, str] = MappingProxyType(
    {Period.YEAR: "P1Y", Period.QUARTER: "P3M", Period.MONTH: "P1M"}
)
_PERIODS = {resolution: period for period, resolution in _RESOLUTIONS.items()}
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_TYPES: Mapping[Role, Sequence[str]] = MappingProxyType(
    {
        Role.CODED: ("DimensionProperty", "CodedProperty"),
        Role.AREA: ("DimensionProperty",),
        Role.TIME: ("DimensionProperty",),
    }
)


@dataclass(frozen=True, slots=True)
class Data:
    """Which figures a version of a table has.

    Attributes:
        digest: SHA-256 of the file that is kept, as blob.
        size: its bytes.
        media_type: what the file is.
        observations: how many values it has; a gap with a flag is none.
        first: the earliest period; `None` if there is no row.
        last: the latest period.
    """

    digest: str
    size: int
    media_type: str
    observations: int
    first: str | None
    last: str | None


def record_id(definition: Definition) -> RecordId:
    """Returns the record that a definition describes."""
    return RecordId(KIND, definition.key)


def structure(
    definition: Definition, iris: Iris, operands: Operands = UNDERIVED
) -> Structure:
    """Returns the structure that a definition describes.

    Args:
        definition: of the table.
        iris: the registry's own.
        operands: structures of the tables that a derived one follows from, by key.

    Raises:
        DatasetRefused: the table cannot be derived from those.
    """
    own = Structure(
        key=definition.key,
        dimensions=tuple(
            Dimension(part.id, part.iri(iris.base), part.role, part.scheme, part.label)
            for part in definition.dimensions
        ),
        measure=definition.measure.property,
        integer=definition.integer,
        unit=definition.unit,
        period=definition.period,
        flags=definition.flagged,
        threshold=definition.threshold,
        default={
            part.id: tuple(sorted(set(definition.default[part.id])))
            for part in definition.dimensions
            if part.id in definition.default
        },
    )
    if definition.derivation is None:
        return own
    resolved = derivation.resolve(definition.derivation, own, operands)
    return replace(own, derivation=resolved)


def document_of(
    definition: Definition, data: Data, iris: Iris, operands: Operands = UNDERIVED
) -> dict[str, Any]:
    """Returns the compact document of a table's record, without `@context`.

    Args:
        definition: of the table.
        data: which figures it has.
        iris: the registry's own.
        operands: structures of the tables that a derived one follows from, by key.
    """
    return _Writer(definition, data, iris, operands).document()


class _Writer:
    """One document in the making."""

    def __init__(
        self, definition: Definition, data: Data, iris: Iris, operands: Operands
    ) -> None:
        self.definition = definition
        self.data = data
        self.iris = iris
        self.operands = operands
        self.thing = iris.thing(record_id(definition))

    def document(self) -> dict[str, Any]:
        given = self.definition
        return _without_gaps(
            {
                "id": self.thing,
                "type": "DataSet",
                "title": given.title,
                "description": given.description,
                "publisher": self._publisher(given.publisher),
                "page": [given.page] if given.page else None,
                "notation": given.notation,
                "rights": {
                    "id": f"{self.thing}#rights",
                    "type": "RightsStatement",
                    "description": given.licence.statement,
                },
                "unit": self._concept("unit", given.unit),
                "frequency": self._concept("frequency", given.frequency),
                "resolution": _RESOLUTIONS[given.period],
                "structure": {
                    "id": f"{self.thing}#structure",
                    "type": "DataStructureDefinition",
                    "component": list(self._components()),
                },
                "data": _data(self.thing, given.licence.iri, self.data),
                **self._derived(),
            }
        )

    def _derived(self) -> Mapping[str, Any]:
        own = structure(self.definition, self.iris, self.operands)
        if own.derivation is None:
            return {}
        numerator, denominator = own.derivation.operands
        tables = {self._table(operand) for operand in own.derivation.operands}
        return {
            "derivedFrom": sorted(tables),
            "derivation": {
                "id": f"{self.thing}#derivation",
                "type": "ProvenanceStatement",
                "description": derivation.statement(own.derivation, own),
                "times": own.derivation.times,
                "decimals": own.derivation.decimals,
                "operand": [
                    self._operand(_NUMERATOR, numerator),
                    self._operand(_DENOMINATOR, denominator),
                ],
            },
        }

    def _operand(self, role: str, operand: Operand) -> Mapping[str, Any]:
        table = self._table(operand)
        dimensions = self.operands[operand.table].dimensions
        return {
            "id": f"{self.thing}#{role}",
            "type": "ObservationGroup",
            "label": OPERANDS[role],
            "isPartOf": table,
            "aboutUrl": f"{table}/{'.'.join(operand.key)}",
            **{
                dimension.iri: {"id": self._code(dimension, part)}
                for dimension, part in zip(dimensions, operand.key, strict=True)
                if operand.matched(part) is None
            },
        }

    def _table(self, operand: Operand) -> str:
        return self.iris.thing(RecordId(KIND, operand.table))

    def _code(self, dimension: Dimension, code: str) -> str:
        # Periods are never fixed: a derived table has those of its operands.
        if dimension.scheme is not None:
            return self._concept(dimension.scheme, code)
        return self.iris.thing(RecordId("place", place_key(code)))

    def _publisher(self, part: PublisherPart) -> object:
        if part.institution:
            return self.iris.thing(RecordId("institution", part.institution))
        return _without_gaps(
            {
                "id": f"{self.thing}#publisher",
                "type": "Agent",
                "agentName": part.name,
                "homepage": [part.homepage] if part.homepage else None,
            }
        )

    def _concept(self, scheme: str, code: str) -> str:
        return f"{self._scheme(scheme)}#{code}"

    def _scheme(self, key: str) -> str:
        return self.iris.thing(RecordId("scheme", key))

    def _components(self) -> Iterable[Mapping[str, Any]]:
        given = self.definition
        order = 0
        for order, part in enumerate(given.dimensions, start=1):
            yield self._component(
                part.id,
                column=part.id,
                label=part.label,
                order=order,
                dimension=self._dimension(part),
                default=sorted(set(given.default.get(part.id, ()))),
            )
        yield self._component(
            VALUE,
            column=VALUE,
            label=given.measure.label,
            order=order + 1,
            measure={"id": given.measure.property, "type": "MeasureProperty"},
            datatype=f"{XSD}{'integer' if given.integer else 'decimal'}",
            threshold=given.threshold,
        )
        yield self._component(
            _UNIT,
            attribute=self._attribute("unitMeasure", "unit"),
            required="true",
            attachment=f"{QB}DataSet",
        )
        if given.flagged:
            yield self._component(
                FLAG,
                column=FLAG,
                order=order + 2,
                attribute=self._attribute("obsStatus", "obs-flag"),
                required="false",
            )

    def _component(self, name: str, **members: object) -> dict[str, Any]:
        start = {
            "id": f"{self.thing}#component-{name}",
            "type": "ComponentSpecification",
        }
        return _without_gaps({**start, **members})

    def _dimension(self, part: DimensionPart) -> Mapping[str, Any]:
        return _without_gaps(
            {
                "id": part.iri(self.iris.base),
                "type": list(_TYPES[part.role]),
                "codeList": self._scheme(part.scheme) if part.scheme else None,
                # SDMX gives areas and periods this range.
                "range": f"{SKOS}Concept" if part.scheme else f"{RDFS}Resource",
            }
        )

    def _attribute(self, name: str, scheme: str) -> Mapping[str, Any]:
        return {
            "id": f"{SDMX_ATTRIBUTE}{name}",
            "type": ["AttributeProperty", "CodedProperty"],
            "codeList": self._scheme(scheme),
            "range": f"{SKOS}Concept",
        }


def with_data(document: Mapping[str, Any], data: Data) -> dict[str, Any]:
    """Returns the document of a table's record with other figures.

    Args:
        document: as it is published.
        data: which figures it is to have.
    """
    made = _data(document["id"], document["data"].get("license"), data)
    return {**document, "data": made}


def _data(thing: str, licence: str | None, data: Data) -> Mapping[str, Any]:
    return _without_gaps(
        {
            "id": f"{thing}#data",
            "type": "Distribution",
            "mediaType": f"{_MEDIA_TYPES}{data.media_type}",
            "byteSize": str(data.size),
            "license": licence,
            "observations": data.observations,
            "temporal": _temporal(thing, data),
            "checksum": {
                "id": f"{thing}#checksum",
                "type": "Checksum",
                "algorithm": f"{SPDX}checksumAlgorithm_sha256",
                "checksumValue": data.digest,
            },
        }
    )


def _temporal(thing: str, data: Data) -> Mapping[str, Any] | None:
    if data.first is None or data.last is None:
        return None
    return {
        "id": f"{thing}#period",
        "type": "PeriodOfTime",
        "startDate": first_day(data.first),
        "endDate": last_day(data.last),
    }


def _without_gaps(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: v for name, v in members.items() if v is not None and v != []}


_QUARTER = re.compile(r"(\d{4})-Q([1-4])\Z")


def _months(period: str) -> tuple[int, int, int]:
    """Returns the year of a period, and its first and last month."""
    if quarter := _QUARTER.match(period):
        last = 3 * int(quarter[2])
        return int(quarter[1]), last - 2, last
    year, _, month = period.partition("-")
    return int(year), int(month or 1), int(month or 12)


def first_day(period: str) -> str:
    """Returns the first day of a year, quarter or month, as an ISO date."""
    year, month, _ = _months(period)
    return f"{year:04}-{month:02}-01"


def last_day(period: str) -> str:
    """Returns the last day of a year, quarter or month, as an ISO date."""
    year, _, month = _months(period)
    return f"{year:04}-{month:02}-{monthrange(year, month)[1]}"


def period(date: str, kind: Period) -> str:
    """Returns the year, quarter or month that a day is in."""
    match kind:
        case Period.YEAR:
            return date[:4]
        case Period.QUARTER:
            return f"{date[:4]}-Q{(int(date[5:7]) + 2) // 3}"
        case Period.MONTH:
            return date[:7]


def structure_of(document: Mapping[str, Any]) -> Structure:
    """Returns the structure that a table's document gives."""
    components = sorted(
        (c for c in document["structure"]["component"] if "column" in c),
        key=lambda component: component["order"],
    )
    dimensions = [c for c in components if "dimension" in c]
    (measure,) = (c for c in components if "measure" in c)
    return Structure(
        key=document["id"].rpartition("/")[2],
        dimensions=tuple(map(_dimension_of, dimensions)),
        measure=_iri(measure["measure"]),
        integer=measure["datatype"] == f"{XSD}integer",
        unit=document["unit"].rpartition("#")[2],
        period=_PERIODS[document["resolution"]],
        flags=any(c["column"] == FLAG for c in components),
        threshold=measure.get("threshold"),
        default={
            c["column"]: tuple(c["default"]) for c in dimensions if "default" in c
        },
        derivation=_derivation_of(document),
    )


def _derivation_of(document: Mapping[str, Any]) -> Derivation | None:
    given = document.get("derivation")
    if given is None:
        return None
    operands = {node["id"].rpartition("#")[2]: node for node in given["operand"]}
    return Derivation(
        numerator=_operand_of(operands[_NUMERATOR]),
        denominator=_operand_of(operands[_DENOMINATOR]),
        times=given["times"],
        decimals=given["decimals"],
    )


def _operand_of(node: Mapping[str, Any]) -> Operand:
    table, _, key = node["aboutUrl"].rpartition("/")
    return Operand(table.rpartition("/")[2], tuple(key.split(".")))


def _dimension_of(component: Mapping[str, Any]) -> Dimension:
    property_ = component["dimension"]
    scheme = property_.get("codeList") if isinstance(property_, Mapping) else None
    iri = _iri(property_)
    return Dimension(
        id=component["column"],
        iri=iri,
        role=role_of(iri),
        scheme=scheme.rpartition("/")[2] if scheme else None,
        label=component["label"],
    )


def _iri(node: str | Mapping[str, Any]) -> str:
    return node if isinstance(node, str) else str(node["id"])


def data_of(document: Mapping[str, Any]) -> Data:
    """Returns which figures a table's document is about."""
    data = document["data"]
    temporal = data.get("temporal")
    kind = _PERIODS[document["resolution"]]
    return Data(
        digest=data["checksum"]["checksumValue"],
        size=int(data["byteSize"]),
        media_type=data["mediaType"].removeprefix(_MEDIA_TYPES),
        observations=data["observations"],
        first=period(temporal["startDate"], kind) if temporal else None,
        last=period(temporal["endDate"], kind) if temporal else None,
    )
