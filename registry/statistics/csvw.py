"""CSVW: what the columns of a published CSV mean.

From this description and the CSV anybody can make the observations' IRIs and the
values of their dimensions again. The code of a place is not how its IRI ends, which
no template can mend; a CSV that was asked for with `places=1` has the endings too.

Source: Metadata Vocabulary for Tabular Data, W3C Recommendation 17 December 2015;
Generating RDF from Tabular Data on the Web; RFC 6570 (URI templates).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from registry.iris import Iris, RecordId
from registry.namespaces import PROV, QB, RDF, SDMX_ATTRIBUTE
from registry.statistics.formats.columns import Column
from registry.statistics.labels import Caption, Shown
from registry.statistics.structure import (
    FLAG,
    Dimension,
    Period,
    Role,
    Structure,
)

_PERIODS = {Period.YEAR: "gYear", Period.QUARTER: "string", Period.MONTH: "gYearMonth"}


def metadata(
    structure: Structure,
    caption: Caption,
    columns: Sequence[Column],
    shown: Shown,
    *,
    iris: Iris,
    address: str,
    published: bool = True,
) -> dict[str, Any]:
    """Returns the description of one CSV.

    Args:
        structure: of the table.
        caption: what is said around it.
        columns: of the CSV, in their order.
        shown: what stands in the cells; without codes there are no IRIs.
        iris: the registry's own.
        address: of the CSV.
        published: whether its rows are observations as they were published; others
            have no IRIs.
    """
    names = [dimension.id for dimension in structure.dimensions]
    coded = published and shown in (Shown.CODES, Shown.BOTH)
    described = [_column(c, structure, iris, coded=coded) for c in columns]
    schema: dict[str, Any] = {"columns": described, "primaryKey": names}
    if coded:
        key = structure.observation_key([f"{{{name}}}" for name in names])
        schema["aboutUrl"] = f"{caption.iri}/{key}"
        described += _virtual(caption, structure, iris)
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "url": address,
        "dc:title": _texts(caption.title),
        "dc:description": _texts(caption.description),
        "dc:publisher": _texts(caption.publisher),
        "dc:source": list(caption.sources),
        "dc:rights": _texts(caption.licence),
        "skos:editorialNote": _texts(caption.note),
        "dc:modified": {
            "@value": caption.modified.isoformat().replace("+00:00", "Z"),
            "@type": "xsd:dateTime",
        },
        "tableSchema": schema,
    }


def _texts(text: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"@value": text[tag], "@language": tag} for tag in sorted(text)]


def _column(
    column: Column, structure: Structure, iris: Iris, *, coded: bool
) -> dict[str, Any]:
    described: dict[str, Any] = {"name": column.name, "titles": column.title}
    if column.language:
        described["lang"] = column.language
    dimension = structure.dimension(structure.columns[column.position])
    if dimension is not None:
        described["required"] = True
        described |= _value(column, dimension, structure, iris)
    elif column.number:
        described["datatype"] = "integer" if structure.integer else "decimal"
        described["propertyUrl"] = structure.measure
    else:
        described["datatype"] = "string"
        described["propertyUrl"] = f"{SDMX_ATTRIBUTE}obsStatus"
        described["valueUrl"] = _concept(iris, "obs-flag", FLAG)
    named = column.language is not None
    if named or not coded:
        described.pop("propertyUrl", None)
        described.pop("valueUrl", None)
        described["suppressOutput"] = True
    return described


def _value(
    column: Column, dimension: Dimension, structure: Structure, iris: Iris
) -> dict[str, Any]:
    if dimension.role is Role.TIME:
        return {
            "datatype": _PERIODS[structure.period],
            "propertyUrl": dimension.iri,
        }
    if dimension.role is Role.CODED and dimension.scheme:
        value = _concept(iris, dimension.scheme, column.name)
        return {
            "datatype": "string",
            "propertyUrl": dimension.iri,
            "valueUrl": value,
        }
    if column.name == dimension.id:
        return {"datatype": "string", "suppressOutput": True}
    return {
        "datatype": "string",
        "propertyUrl": dimension.iri,
        "valueUrl": f"{iris.base}id/place/{{{column.name}}}",
    }


def _concept(iris: Iris, scheme: str, column: str) -> str:
    return f"{iris.thing(RecordId('scheme', scheme))}#{{{column}}}"


def _virtual(
    caption: Caption, structure: Structure, iris: Iris
) -> Sequence[dict[str, Any]]:
    """Returns what holds of every observation and stands in no cell."""
    facts = [
        ("type", f"{RDF}type", f"{QB}Observation"),
        ("data_set", f"{QB}dataSet", caption.iri),
    ]
    derivation = structure.derivation
    for number, operand in enumerate(derivation.operands if derivation else (), 1):
        table = iris.thing(RecordId("table", operand.table))
        cell = f"{table}/{structure.observation_key(operand.key)}"
        facts.append((f"derived_from_{number}", f"{PROV}wasDerivedFrom", cell))
    return [
        {"name": name, "virtual": True, "propertyUrl": property_, "valueUrl": value}
        for name, property_, value in facts
    ]
