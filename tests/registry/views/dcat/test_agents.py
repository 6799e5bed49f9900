from registry.namespaces import DCT, FOAF, ORG, RDF, VCARD
from registry.views.dcat import agents
from registry.views.dcat.statements import Statements
from tests.dcat import the_definition, values
from tests.versions import BASE, IRIS

AGENT = f"{BASE}catalog#eurostat"


def test_an_agent_is_what_every_profile_asks_for() -> None:
    """It is an agent and an organisation, with a name per language and a type."""
    made = Statements()
    agents.add(made, AGENT, the_definition().creators["eurostat"])
    text = made.canonical()

    assert values(text, AGENT, f"{RDF}type") == [f"{ORG}Organization", f"{FOAF}Agent"]
    assert values(text, AGENT, f"{FOAF}name") == ["Eurostat@en", "Евростат@bg"]
    assert values(text, AGENT, f"{DCT}type") == [
        "http://purl.org/adms/publishertype/SupraNationalAuthority"
    ]


def test_an_agent_of_whom_little_is_known_has_a_name() -> None:
    """Nothing more is made up."""
    made = Statements()
    agents.add_named(made, AGENT, {"en": "Somebody"}, None)
    text = made.canonical()

    assert values(text, AGENT, f"{FOAF}name") == ["Somebody@en"]
    assert values(text, AGENT, f"{FOAF}homepage") == []
    assert values(text, AGENT, f"{DCT}type") == []


def test_the_contact_is_the_organisation() -> None:
    """Nobody is named, and the telephone is that of its record."""
    made = Statements()
    agents.add_contact(made, the_definition(), IRIS)
    text, contact = made.canonical(), f"{BASE}catalog#contact"

    assert agents.contact_iri(IRIS) == contact
    assert values(text, contact, f"{VCARD}hasTelephone") == ["tel:+35938665021"]
    assert values(text, contact, f"{VCARD}hasURL") == ["https://maritza.info"]
    assert values(text, contact, f"{RDF}type") == [
        f"{VCARD}Kind",
        f"{VCARD}Organization",
    ]


def test_an_organisation_may_have_no_telephone_and_no_page() -> None:
    """What is not known is left out."""
    given = the_definition()
    silent = given.publisher.model_copy(update={"telephone": None, "homepage": None})
    made = Statements()
    agents.add_contact(made, given.model_copy(update={"publisher": silent}), IRIS)
    text, contact = made.canonical(), f"{BASE}catalog#contact"

    assert values(text, contact, f"{VCARD}hasTelephone") == []
    assert values(text, contact, f"{VCARD}hasURL") == []
