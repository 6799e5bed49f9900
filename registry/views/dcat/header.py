"""The catalogue itself: what every page and every file of it begins with.

Source: DCAT-AP 3.0.1, class Catalogue.
"""

from registry.iris import Iris
from registry.namespaces import DCAT, DCT, FOAF, RDFS
from registry.ports import CatalogueState
from registry.views.dcat import agents, authority, services
from registry.views.dcat.definition import Definition
from registry.views.dcat.profiles import DCAT_AP_3
from registry.views.dcat.statements import Statements


def header(state: CatalogueState, *, iris: Iris, definition: Definition) -> str:
    """Returns the catalogue without its links to datasets, which come with those.

    With it come the publisher, its contact, the data services, and the types and
    labels of the controlled terms in use. It changes when, and only when, a
    dataset changes.
    """
    made = Statements()
    node = iris.catalogue
    made.type(node, f"{DCAT}Catalog", f"{DCAT}Resource")
    made.value(node, f"{DCT}identifier", node)
    made.text(node, f"{DCT}title", definition.title.text)
    made.text(node, f"{DCT}description", definition.description.text)
    made.link(node, f"{DCT}publisher", definition.publisher_iri(iris))
    made.link(node, f"{DCAT}contactPoint", agents.contact_iri(iris))
    made.link(node, f"{DCT}license", authority.licence(definition.licence))
    rights = f"{node}#rights"
    made.link(node, f"{DCT}rights", rights)
    made.type(rights, f"{DCT}RightsStatement")
    made.text(rights, f"{RDFS}label", definition.rights.text)
    made.link(node, f"{DCT}language", *authority.LANGUAGES)
    made.link(node, f"{DCT}spatial", authority.country(definition.country))
    made.link(node, f"{FOAF}homepage", iris.base)
    made.type(iris.base, f"{FOAF}Document")
    made.link(node, f"{DCAT}themeTaxonomy", authority.THEMES)
    made.link(node, f"{DCT}conformsTo", DCAT_AP_3)
    made.type(DCAT_AP_3, f"{DCT}Standard")
    if state.at:
        made.moment(node, f"{DCT}modified", state.at)
    agents.add(made, definition.publisher_iri(iris), definition.publisher)
    agents.add_contact(made, definition, iris)
    services.add(made, definition, iris)
    made.add(definition.authority)
    return made.canonical()
