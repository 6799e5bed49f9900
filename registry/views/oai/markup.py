"""Elements of XML with the prefixes that we choose.

Names are written as they stand, prefix and all, beside the `xmlns` attributes
that declare them; escaping and writing are the library's.
"""

import re
from xml.etree.ElementTree import Element, SubElement, TreeBuilder, tostring
from xml.parsers import expat

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def root(name: str, /, **attributes: str) -> Element:
    """Returns an element that stands for itself."""
    return Element(name, attributes)


def add(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    """Adds an element at the end of another one and returns it."""
    element = SubElement(
        parent, name, {key: clean(value) for key, value in attributes.items()}
    )
    if text:
        element.text = clean(text)
    return element


def clean(text: str) -> str:
    """Returns the text with what XML 1.0 cannot hold replaced by U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


def embedded(document: bytes) -> Element:
    """Returns the root of a document that another one is to hold, as it is.

    Expat without namespaces leaves prefixes and their declarations where they
    stand, which ElementTree by itself would rename.

    Args:
        document: made by our own serialiser.
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    # A serialiser of RDF lets characters through that XML cannot hold.
    parser.Parse(clean(document.decode()), True)
    return builder.close()


def written(element: Element) -> bytes:
    """Returns the document with this root, in UTF-8."""
    text: bytes = tostring(element, encoding="UTF-8", xml_declaration=True)
    return text
