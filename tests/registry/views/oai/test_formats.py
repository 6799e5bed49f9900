from xml.etree.ElementTree import tostring

from rdflib import Graph

from registry.views.dublin_core import Statement
from registry.views.oai.formats import FORMATS
from registry.views.oai.items import Item
from tests.conftest import DAWN
from tests.registry.views.oai.conftest import described
from tests.versions import ONE

TABLE = Item(
    "catalog/table.one",
    "dataset",
    1,
    DAWN,
    False,
    "http://registry.example/id/catalog/table.one",
    described("table.one", "Таблица & \\u0022\\t"),
)
RECORD = Item(
    "institution/one",
    "record:institution",
    1,
    DAWN,
    False,
    "http://registry.example/id/institution/one",
    ONE.content.triples,
    (Statement("date", "2026-01-01"),),
)


def test_dublin_core() -> None:
    """Everything has `oai_dc`, with the language of each text."""
    written = tostring(FORMATS["oai_dc"].write(RECORD), encoding="unicode")

    assert written == (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/'
        ' http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
        '<dc:title xml:lang="bg">Едно</dc:title>'
        '<dc:title xml:lang="en">One</dc:title>'
        "<dc:date>2026-01-01</dc:date>"
        "<dc:type>http://www.w3.org/ns/org#Organization</dc:type>"
        "<dc:identifier>http://registry.example/id/institution/one</dc:identifier>"
        "</oai_dc:dc>"
    )


def test_dcat_ap() -> None:
    """A dataset as RDF/XML is the graph that the catalogue has."""
    written = tostring(FORMATS["dcat_ap"].write(TABLE), encoding="unicode")

    assert written.startswith("<rdf:RDF ")
    read = Graph().parse(data=written, format="xml")
    assert set(read) == set(Graph().parse(data=TABLE.triples, format="nt"))
    assert len(read) == 2


def test_records_have_no_dcat_ap() -> None:
    """DCAT-AP describes datasets alone."""
    formats = FORMATS.values()

    assert [(each.prefix, each.has(RECORD), each.has(TABLE)) for each in formats] == [
        ("oai_dc", True, True),
        ("dcat_ap", False, True),
    ]
