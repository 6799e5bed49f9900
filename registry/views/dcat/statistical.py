"""A statistical table in the terms of StatDCAT-AP.

Source: StatDCAT-AP 1.0.1, sections on the class Dataset; DCAT-AP 3.0.1.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from registry.namespaces import ADMS, DCAT, DCT, FOAF, M8G, SKOS
from registry.ports import TableRow
from registry.statistics.structure import Role, Structure, role_of
from registry.views.dcat import authority
from registry.views.dcat.statements import Statements

_PLAIN = frozenset({"freq"})
"""Columns that say nothing of what a table is about."""


def count_series(batches: Iterable[Sequence[TableRow]], structure: Structure) -> int:
    """Returns how many time series a table has: its keys without their period."""
    kept = [i for i, d in enumerate(structure.dimensions) if d.role is not Role.TIME]
    return len({tuple(row[i] for i in kept) for batch in batches for row in batch})


def columns(table: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Returns the components of a table that are dimensions, in their order."""
    components = table["structure"]["component"]
    return sorted((c for c in components if "dimension" in c), key=lambda c: c["order"])


def subjects(table: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Returns what a table is broken down by, per language: its coded columns."""
    found: dict[str, list[str]] = {}
    for column in columns(table):
        if role_of(_iri(column["dimension"])) is not Role.CODED:
            continue
        if column["column"] not in _PLAIN:
            for language, label in column.get("label", {}).items():
                found.setdefault(language, []).append(label)
    return found


def add(
    statements: Statements,
    node: str,
    table: Mapping[str, Any],
    *,
    thing: str,
    series: int | None,
) -> None:
    """States what StatDCAT-AP asks of a statistical dataset.

    Args:
        statements: to which it is added.
        node: IRI of the dataset.
        table: the document of the table.
        thing: IRI of the cube, which is what the table's record is about.
        series: how many time series it has, if they were counted.
    """
    components = table["structure"]["component"]
    for member in ("attribute", "dimension"):
        for component in components:
            if member in component:
                statements.link(node, f"{M8G}{member}", _iri(component[member]))
    statements.link(node, f"{M8G}statUnitMeasure", table["unit"])
    if series is not None:
        statements.value(node, f"{M8G}numSeries", str(series), "integer")
    statements.link(node, f"{DCT}type", authority.dataset_type("STATISTICAL"))
    statements.value(node, f"{DCAT}temporalResolution", table["resolution"], "duration")
    statements.link(node, f"{DCT}relation", thing)
    structure = table["structure"]["id"]
    statements.link(node, f"{DCT}conformsTo", structure)
    statements.type(structure, f"{DCT}Standard")
    for page in table.get("page", ()):
        statements.link(node, f"{FOAF}page", page)
        statements.type(page, f"{FOAF}Document")
    if notation := table.get("notation"):
        identifier = f"{node}#identifier"
        statements.link(node, f"{ADMS}identifier", identifier)
        statements.type(identifier, f"{ADMS}Identifier")
        statements.value(identifier, f"{SKOS}notation", notation)


def _iri(node: str | Mapping[str, Any]) -> str:
    return node if isinstance(node, str) else str(node["id"])
