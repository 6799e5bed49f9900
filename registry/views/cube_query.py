"""A slice of a table as a question in SPARQL, for those who want to go on from it.

Every value that the question holds is written by the serialiser of terms.

Source: SPARQL 1.1 Query Language, W3C Recommendation 21 March 2013; The RDF Data
Cube Vocabulary, section 6.
"""

from collections.abc import Collection, Iterator, Mapping

from pyoxigraph import Literal, NamedNode

from registry.iris import Iris, RecordId
from registry.namespaces import QB, SDMX_ATTRIBUTE, SKOS, XSD
from registry.statistics.structure import Dimension, Period, Role, Structure
from registry.views.cube import code_iri

_DATATYPES = {Period.YEAR: "gYear", Period.MONTH: "gYearMonth"}


def query(
    structure: Structure,
    filters: Mapping[str, Collection[str]],
    iris: Iris,
    *,
    language: str,
) -> str:
    """Returns a query for the observations of a slice, with the names of their codes.

    Args:
        structure: of the table.
        filters: codes of the dimensions that are not taken whole.
        iris: the registry's own.
        language: of the names.
    """
    table = NamedNode(iris.thing(RecordId("table", structure.key)))
    named = [d.id for d in structure.dimensions if d.role is not Role.TIME]
    chosen = [
        f"?{d.id} ?{d.id}_name" if d.id in named else f"?{d.id}"
        for d in structure.dimensions
    ]
    flag = " ?flag" if structure.flags else ""
    pairs = [f"{NamedNode(d.iri)} ?{d.id}" for d in structure.dimensions]
    lines = [
        f"PREFIX qb: {NamedNode(QB)}",
        f"PREFIX skos: {NamedNode(SKOS)}",
        "",
        f"SELECT {' '.join(chosen)} ?value{flag} WHERE {{",
        *_chosen(structure, filters, iris),
        f"  ?observation qb:dataSet {table} ;",
        *(f"    {pair} ;" for pair in pairs),
        f"    {NamedNode(structure.measure)} ?value .",
    ]
    if structure.flags:
        status = NamedNode(f"{SDMX_ATTRIBUTE}obsStatus")
        lines.append(f"  OPTIONAL {{ ?observation {status} ?flag }}")
    lines += [
        f"  OPTIONAL {{ ?{name} skos:prefLabel ?{name}_name "
        f"FILTER(LANG(?{name}_name) = {Literal(language)}) }}"
        for name in named
    ]
    order = " ".join(f"?{d.id}" for d in structure.dimensions)
    return "\n".join([*lines, "}", f"ORDER BY {order}", ""])


def _chosen(
    structure: Structure, filters: Mapping[str, Collection[str]], iris: Iris
) -> Iterator[str]:
    for dimension in structure.dimensions:
        if dimension.id in filters:
            terms = (
                str(_term(dimension, structure.period, code, iris))
                for code in filters[dimension.id]
            )
            yield f"  VALUES ?{dimension.id} {{ {' '.join(terms)} }}"


def _term(
    dimension: Dimension, period: Period, code: str, iris: Iris
) -> NamedNode | Literal:
    iri = code_iri(dimension, code, iris)
    if iri is not None:
        return NamedNode(iri)
    datatype = _DATATYPES.get(period)
    return (
        Literal(code, datatype=NamedNode(f"{XSD}{datatype}"))
        if datatype
        else (Literal(code))
    )
