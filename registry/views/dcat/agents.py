"""The people to turn to: the publisher, its contact, and who made the figures.

An agent is both `foaf:Agent` and `org:Organization`, with a type of the ADMS
list whose concept and scheme travel with the catalogue.
"""

from registry.iris import Iris
from registry.language import Text
from registry.namespaces import DCT, FOAF, ORG, SKOS, VCARD
from registry.views.dcat import authority
from registry.views.dcat.definition import Agent, Definition
from registry.views.dcat.statements import Statements


def contact_iri(iris: Iris) -> str:
    """Returns the IRI of the contact point."""
    return f"{iris.catalogue}#contact"


def add(statements: Statements, iri: str, agent: Agent) -> None:
    """States who an agent is."""
    add_named(statements, iri, agent.name.text, agent.homepage)
    statements.link(iri, f"{DCT}type", authority.publisher_type(agent.type))


def add_named(
    statements: Statements, iri: str, name: Text, homepage: str | None
) -> None:
    """States an agent of whom not more than name and homepage are known."""
    statements.type(iri, f"{FOAF}Agent", f"{ORG}Organization")
    statements.text(iri, f"{FOAF}name", name)
    statements.text(iri, f"{SKOS}prefLabel", name)
    if homepage:
        statements.link(iri, f"{FOAF}homepage", homepage)
        statements.type(homepage, f"{FOAF}Document")


def add_contact(statements: Statements, definition: Definition, iris: Iris) -> None:
    """States how the publisher is reached."""
    contact, publisher = contact_iri(iris), definition.publisher
    statements.type(contact, f"{VCARD}Kind", f"{VCARD}Organization")
    statements.text(contact, f"{VCARD}fn", publisher.name.text)
    if publisher.telephone:
        telephone = f"tel:{publisher.telephone}"
        statements.link(contact, f"{VCARD}hasTelephone", telephone)
    if publisher.homepage:
        statements.link(contact, f"{VCARD}hasURL", publisher.homepage)
