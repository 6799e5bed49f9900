from registry.namespaces import DCAT, DCT, RDF
from registry.views.dcat import membership
from registry.views.dcat.statements import Statements
from tests.dcat import table_version, the_definition, values
from tests.versions import BASE, IRIS


def series_of(key: str) -> str | None:
    return membership.series_of(
        table_version(key), iris=IRIS, definition=the_definition()
    )


def test_yearly_tables_are_in_the_series_of_who_made_them() -> None:
    """The key is that of the creator in the definition of the catalogue."""
    assert series_of("migr-imm8") == "eurostat"
    assert series_of("sar-aida-asylum") == "sar"


def test_other_tables_are_in_none() -> None:
    """Quarterly, monthly and five-yearly tables stand alone."""
    assert series_of("lfsq-ugan") is None
    assert series_of("migr-asytpfm") is None
    assert series_of("undesa-stock-2020") is None


def test_tables_of_somebody_unknown_are_in_none() -> None:
    """There would be no stable name for the series."""
    document = {"frequency": f"{BASE}id/scheme/frequency#A"}
    other = {**document, "publisher": {"id": f"{BASE}b", "agentName": {"en": "B"}}}

    for given in (document, other):
        found = membership.of(given, iris=IRIS, definition=the_definition())
        assert found is None


def test_a_series_has_what_is_mandatory_wherever_it_is_named() -> None:
    """Class, title and description make a page conform without the series."""
    made = Statements()
    node = membership.add(made, "sar", the_definition(), IRIS)
    text = made.canonical()

    assert node == f"{BASE}id/catalog/series.sar"
    assert values(text, node, f"{RDF}type") == [
        f"{DCAT}DatasetSeries",
        f"{DCAT}Resource",
    ]
    assert len(values(text, node, f"{DCT}title")) == 2
    assert len(values(text, node, f"{DCT}description")) == 2
