"""The data services: ways to ask for just what one needs.

Source: DCAT-AP 3.0.1, class Data Service.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.iris import Iris
from registry.language import Text
from registry.namespaces import DCAT, DCT, FOAF
from registry.views.dcat import authority
from registry.views.dcat.agents import contact_iri
from registry.views.dcat.definition import Definition
from registry.views.dcat.statements import Statements

SPARQL = "sparql"
RECORDS = "records"
TABLES = "tables"
FEEDS = "feeds"
OAI_PMH = "oai-pmh"


@dataclass(frozen=True, slots=True)
class Service:
    """A data service.

    Attributes:
        key: names it, `{base}catalog#{key}`.
        endpoint: path of its address below the base.
        description: path of the document that says how to use it.
        standard: the specification that it keeps to, if there is one.
    """

    key: str
    title: Text
    about: Text
    endpoint: str
    description: str
    standard: str | None = None


SERVICES: Sequence[Service] = (
    Service(
        SPARQL,
        {"bg": "Точка за достъп SPARQL", "en": "SPARQL endpoint"},
        {
            "bg": "Заявки по SPARQL 1.1 към всички записи и наблюдения; ограниченията "
            "са публикувани.",
            "en": "SPARQL 1.1 queries over all records and observations; its limits "
            "are published.",
        },
        "sparql",
        "sparql",
        "https://www.w3.org/TR/sparql11-protocol/",
    ),
    Service(
        RECORDS,
        {"bg": "Програмен интерфейс за записите", "en": "Record API"},
        {
            "bg": "Търсене и списъци на записите; всеки запис е документ в JSON-LD, "
            "Turtle, N-Triples, RDF/XML и HTML.",
            "en": "Search and lists of records; each record is a document in JSON-LD, "
            "Turtle, N-Triples, RDF/XML and HTML.",
        },
        "records",
        "openapi.json",
    ),
    Service(
        TABLES,
        {
            "bg": "Програмен интерфейс за статистическите таблици",
            "en": "API of the statistical tables",
        },
        {
            "bg": "Извадки от таблиците в CSV, JSON-stat, SDMX-CSV, XLSX и Parquet; "
            "прежни издания и промени след даден момент.",
            "en": "Slices of tables in CSV, JSON-stat, SDMX-CSV, XLSX and Parquet; "
            "earlier editions, and changes since a moment.",
        },
        "tables",
        "openapi.json",
    ),
    Service(
        FEEDS,
        {"bg": "Поток на промените", "en": "Feed of changes"},
        {
            "bg": "Всяко създаване, обновяване и изтриване в каталога, като поток от "
            "събития (LDES) по DCAT-AP Feeds.",
            "en": "Every creation, update and deletion in the catalogue, as an event "
            "stream (LDES) after DCAT-AP Feeds.",
        },
        "feed/catalog",
        "openapi.json",
        "https://w3id.org/ldes/specification",
    ),
    Service(
        OAI_PMH,
        {"bg": "Интерфейс OAI-PMH", "en": "OAI-PMH interface"},
        {
            "bg": "Събиране на описанията на наборите от данни по протокола OAI-PMH "
            "2.0, с трайни сведения за изтритите.",
            "en": "Harvesting of the descriptions of datasets by OAI-PMH 2.0, with "
            "persistent information on deleted ones.",
        },
        "oai",
        "oai?verb=Identify",
        "http://www.openarchives.org/OAI/openarchivesprotocol.html",
    ),
)
"""All of them, in the order in which people are shown them."""


def iri(key: str, iris: Iris) -> str:
    """Returns the IRI of a service."""
    return f"{iris.catalogue}#{key}"


def add(statements: Statements, definition: Definition, iris: Iris) -> None:
    """States every service, and that the catalogue has it."""
    for service in SERVICES:
        node = iri(service.key, iris)
        statements.link(iris.catalogue, f"{DCAT}service", node)
        statements.type(node, f"{DCAT}DataService", f"{DCAT}Resource")
        statements.text(node, f"{DCT}title", service.title)
        statements.text(node, f"{DCT}description", service.about)
        statements.link(node, f"{DCAT}endpointURL", iris.base + service.endpoint)
        statements.link(
            node, f"{DCAT}endpointDescription", iris.base + service.description
        )
        statements.link(node, f"{DCAT}landingPage", iris.base)
        statements.type(iris.base, f"{FOAF}Document")
        statements.link(node, f"{DCAT}contactPoint", contact_iri(iris))
        statements.link(node, f"{DCT}publisher", definition.publisher_iri(iris))
        statements.link(node, f"{DCT}license", authority.licence(definition.licence))
        statements.link(node, f"{DCT}accessRights", authority.PUBLIC)
        themes = map(authority.theme, definition.registry.themes)
        statements.link(node, f"{DCAT}theme", *themes)
        words = definition.keywords.by_language
        statements.texts(node, f"{DCAT}keyword", words)
        if service.standard:
            statements.link(node, f"{DCT}conformsTo", service.standard)
            statements.type(service.standard, f"{DCT}Standard")
