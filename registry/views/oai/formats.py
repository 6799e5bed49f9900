"""The formats of metadata, and how each writes an item.

Source: OAI-PMH 2.0, sections 3.4 and 4.4; DCAT-AP 3.0.1.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from xml.etree.ElementTree import Element

from registry import graphs
from registry.graphs import FORMATS as RDF_FORMATS
from registry.views import dublin_core
from registry.views.dublin_core import Statement
from registry.views.oai import markup
from registry.views.oai.items import Item

XSI = "http://www.w3.org/2001/XMLSchema-instance"
"""Of the attributes that say where a schema is."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of metadata.

    Attributes:
        prefix: its name in requests.
        schema: address of its XML schema.
        namespace: of its root element.
        datasets_only: whether records do not have it.
        write: makes the metadata of an item.
    """

    prefix: str
    schema: str
    namespace: str
    datasets_only: bool
    write: Callable[[Item], Element]

    def has(self, item: Item) -> bool:
        """Says whether an item can be had in this format."""
        return item.dataset or not self.datasets_only


_DC = "http://purl.org/dc/elements/1.1/"
_OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_OAI_DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_DCAT_AP = "http://data.europa.eu/r5r/"


def dublin(statements: Iterable[Statement]) -> Element:
    """Returns statements in `oai_dc`."""
    root = markup.root(
        "oai_dc:dc",
        **{
            "xmlns:oai_dc": _OAI_DC,
            "xmlns:dc": _DC,
            "xmlns:xsi": XSI,
            "xsi:schemaLocation": f"{_OAI_DC} {_OAI_DC_SCHEMA}",
        },
    )
    for each in statements:
        language = {"xml:lang": each.language} if each.language else {}
        markup.add(root, f"dc:{each.element}", each.value, **language)
    return root


def _dublin_core(item: Item) -> Element:
    return dublin(dublin_core.statements(item.triples, item.thing, *item.extra))


def _dcat_ap(item: Item) -> Element:
    document = graphs.serialise(item.triples, RDF_FORMATS["rdf"])
    return markup.embedded(document)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        each.prefix: each
        for each in (
            Format("oai_dc", _OAI_DC_SCHEMA, _OAI_DC, False, _dublin_core),
            # RDF/XML has no schema in XML Schema; the page of the profile stands
            # for it, as everywhere.
            Format("dcat_ap", _DCAT_AP, _DCAT_AP, True, _dcat_ap),
        )
    }
)
"""The formats by their prefix."""
