"""The dataset of a statistical table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from registry.iris import Iris, RecordId
from registry.language import LANGUAGES, Text
from registry.lifecycle import Status
from registry.namespaces import ADMS, DCAT, DCT
from registry.ports import File
from registry.record import Version
from registry.views.dcat import (
    authority,
    creators,
    distributions,
    entry,
    membership,
    services,
    statistical,
)
from registry.views.dcat.creators import Creator
from registry.views.dcat.definition import Definition
from registry.views.dcat.distributions import Distributed, Terms
from registry.views.dcat.entry import Entry
from registry.views.dcat.formats import SLICED, STRUCTURE
from registry.views.dcat.statements import Statements

WHOLE_DOCUMENT = 100_000
"""Observations above which a table is not offered in formats made as a whole."""

_FREQUENCIES: Mapping[str, str] = MappingProxyType(
    {"A": "ANNUAL", "A5": "QUINQUENNIAL", "Q": "QUARTERLY", "M": "MONTHLY"}
)
_TAKEN: Text = MappingProxyType(
    {
        "bg": "Източник на данните: {name}. Откъде е взето всяко издание, е посочено в "
        "записа на таблицата.",
        "en": "Source of the figures: {name}. The record of the table says where each "
        "edition was taken from.",
    }
)


def table(
    version: Version,
    files: Sequence[File],
    *,
    issued: datetime,
    modified: datetime,
    iris: Iris,
    definition: Definition,
    series: int | None = None,
) -> str:
    """Returns the description of the dataset of a statistical table.

    Args:
        version: of the table's record.
        files: of the latest dump; those of other datasets are passed over.
        issued: when the dataset came to be.
        modified: when it last changed.
        iris: the registry's own.
        definition: of the catalogue.
        series: how many time series the table has, if they were counted: see
            `statistical.count_series`.
    """
    record = version.head.record
    key = f"table.{record.key}"
    document = creators.document(version)
    creator = creators.creator(document, definition, iris)
    made = Statements()
    node = entry.add_dataset(
        made,
        Entry(
            key=key,
            title=document["title"],
            description=document["description"],
            themes=_themes(document, definition),
            keywords=_keywords(document, definition),
            provenance=_provenance(creator),
            frequency=_FREQUENCIES.get(document["frequency"].rpartition("#")[2]),
            landing=iris.document(record),
            issued=issued,
            modified=modified,
        ),
        (services.TABLES, services.SPARQL),
        definition=definition,
        iris=iris,
    )
    statistical.add(made, node, document, thing=iris.thing(record), series=series)
    temporal = document["data"].get("temporal", {})
    entry.add_period(made, node, temporal.get("startDate"), temporal.get("endDate"))
    if creator and creator.name:
        made.link(node, f"{DCT}creator", creator.iri)
        creators.add(made, creator, definition)
    if found := membership.of(document, iris=iris, definition=definition):
        series_iri = membership.add(made, found, definition, iris)
        made.link(node, f"{DCAT}inSeries", series_iri)
    _add_version(made, node, version, document)
    stable = version.head.status is Status.STABLE
    shared = Distributed(
        key=key,
        title=document["title"],
        terms=_terms(document, definition),
        availability="STABLE" if stable else "EXPERIMENTAL",
        issued=issued,
        modified=modified,
        iris=iris,
    )
    for format_, file in distributions.dumped(key, files):
        distributions.add_file(made, format_, file, shared)
    _add_made(made, record, document["data"]["observations"], shared)
    return made.canonical()


def _themes(document: Mapping[str, Any], definition: Definition) -> Sequence[str]:
    themes = list(definition.tables.themes)
    for column in statistical.columns(document):
        themes += definition.tables.column_themes.get(column["column"], [])
    return themes


def _keywords(
    document: Mapping[str, Any], definition: Definition
) -> Mapping[str, Sequence[str]]:
    """Returns the keywords of all tables, and what this one is broken down by."""
    shared = entry.keywords(definition, definition.tables.keywords)
    own = statistical.subjects(document)
    return {tag: [*shared[tag], *own.get(tag, ())] for tag in LANGUAGES}


def _provenance(creator: Creator | None) -> Text:
    name = creator.name if creator else {}
    return {
        language: text.replace("{name}", name[language])
        for language, text in _TAKEN.items()
        if language in name
    }


def _terms(document: Mapping[str, Any], definition: Definition) -> Terms:
    """Returns the terms that a table's record states, in the EU's terms if it can."""
    address = document["data"].get("license")
    code = definition.licences.get(address)
    licence = authority.licence(code) if code else address
    return Terms(licence, document.get("rights", {}).get("description", {}))


def _add_version(
    made: Statements, node: str, version: Version, document: Mapping[str, Any]
) -> None:
    number, count = version.head.version, document["data"]["observations"]
    made.value(node, f"{DCAT}version", str(number))
    notes = {
        "bg": f"Версия {number}, с {count} наблюдения.",
        "en": f"Version {number}, with {count} observations.",
    }
    made.text(node, f"{ADMS}versionNotes", notes)


def _add_made(
    made: Statements, record: RecordId, observations: int, shared: Distributed
) -> None:
    """States the formats that are made on demand."""
    base = shared.iris.base
    service = services.iri(services.TABLES, shared.iris)
    for format_ in SLICED:
        if not format_.whole or observations <= WHOLE_DOCUMENT:
            address = f"{base}tables/{record.key}/data.{format_.extension}"
            distributions.add_made(made, format_, address, shared, service=service)
    address = f"{shared.iris.document(record)}.{STRUCTURE.extension}"
    distributions.add_made(made, STRUCTURE, address, shared)
