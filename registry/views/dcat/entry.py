"""What every entry of the catalogue has, dataset or series, and its record.

Source: DCAT-AP 3.0.1, classes Dataset, Dataset Series and Catalogue Record.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from registry.iris import Iris
from registry.language import LANGUAGES, Text
from registry.namespaces import ADMS, DCAT, DCT, FOAF, RDFS
from registry.views.dcat import authority, services
from registry.views.dcat.agents import contact_iri
from registry.views.dcat.definition import Definition, Keywords
from registry.views.dcat.profiles import DCAT_AP_3
from registry.views.dcat.statements import Statements


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the catalogue.

    Attributes:
        key: of the dataset, such as `table.migr-imm8`.
        title: empty, like the description, if that is stated elsewhere.
        provenance: where it comes from; empty if that is said elsewhere.
        frequency: code of the EU table of frequencies, if it has one.
        landing: address of the page for people.
    """

    key: str
    title: Text
    description: Text
    themes: Iterable[str]
    keywords: Mapping[str, Iterable[str]]
    provenance: Text
    frequency: str | None
    landing: str
    issued: datetime
    modified: datetime


def keywords(definition: Definition, *further: Keywords) -> Mapping[str, Sequence[str]]:
    """Returns the keywords of every dataset with those of this one."""
    groups = [group.by_language for group in (definition.keywords, *further)]
    return {tag: [word for g in groups for word in g[tag]] for tag in LANGUAGES}


def add(
    statements: Statements, entry: Entry, definition: Definition, iris: Iris
) -> str:
    """States what every entry has, and its record; returns the entry's IRI."""
    node = iris.dataset(entry.key)
    # The class is written out: a record's topic has to be one by itself.
    statements.type(node, f"{DCAT}Resource")
    statements.value(node, f"{DCT}identifier", node)
    statements.text(node, f"{DCT}title", entry.title)
    statements.text(node, f"{DCT}description", entry.description)
    statements.link(node, f"{DCT}publisher", definition.publisher_iri(iris))
    statements.link(node, f"{DCAT}contactPoint", contact_iri(iris))
    statements.link(node, f"{DCAT}theme", *map(authority.theme, entry.themes))
    statements.texts(node, f"{DCAT}keyword", entry.keywords)
    statements.link(node, f"{DCT}accessRights", authority.PUBLIC)
    statements.link(node, f"{DCT}language", *authority.LANGUAGES)
    statements.link(node, f"{DCT}spatial", authority.country(definition.country))
    if entry.frequency:
        frequency = authority.frequency(entry.frequency)
        statements.link(node, f"{DCT}accrualPeriodicity", frequency)
    statements.link(node, f"{DCAT}landingPage", entry.landing)
    statements.type(entry.landing, f"{FOAF}Document")
    statements.moment(node, f"{DCT}issued", entry.issued)
    statements.moment(node, f"{DCT}modified", entry.modified)
    if entry.provenance:
        provenance = f"{node}#provenance"
        statements.link(node, f"{DCT}provenance", provenance)
        statements.type(provenance, f"{DCT}ProvenanceStatement")
        statements.text(provenance, f"{RDFS}label", entry.provenance)
    _add_record(statements, entry, iris)
    return node


def add_dataset(
    statements: Statements,
    entry: Entry,
    served_by: Iterable[str],
    *,
    definition: Definition,
    iris: Iris,
) -> str:
    """States a dataset of the catalogue, and which data services serve it."""
    node = add(statements, entry, definition, iris)
    statements.type(node, f"{DCAT}Dataset")
    statements.link(iris.catalogue, f"{DCAT}dataset", node)
    for key in served_by:
        statements.link(services.iri(key, iris), f"{DCAT}servesDataset", node)
    return node


def add_period(
    statements: Statements, node: str, start: str | None, end: str | None
) -> None:
    """States which time a dataset covers, from and to a day, if either is known."""
    if start is None and end is None:
        return
    period = f"{node}#period"
    statements.link(node, f"{DCT}temporal", period)
    statements.type(period, f"{DCT}PeriodOfTime")
    if start:
        statements.value(period, f"{DCAT}startDate", start, "date")
    if end:
        statements.value(period, f"{DCAT}endDate", end, "date")


def _add_record(statements: Statements, entry: Entry, iris: Iris) -> None:
    record, node = iris.dataset_document(entry.key), iris.dataset(entry.key)
    statements.link(iris.catalogue, f"{DCAT}record", record)
    statements.type(record, f"{DCAT}CatalogRecord")
    statements.link(record, f"{FOAF}primaryTopic", node)
    statements.link(record, f"{ADMS}status", authority.EDITED)
    statements.link(record, f"{DCT}conformsTo", DCAT_AP_3)
    statements.type(DCAT_AP_3, f"{DCT}Standard")
    statements.link(record, f"{DCT}language", *authority.LANGUAGES)
    statements.moment(record, f"{DCT}issued", entry.issued)
    statements.moment(record, f"{DCT}modified", entry.modified)
