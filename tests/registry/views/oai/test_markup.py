from xml.etree.ElementTree import fromstring

import pytest

from registry.views.oai import markup


def test_text_is_escaped_and_prefixes_stay() -> None:
    """Names are written as given; what is special in XML is escaped."""
    root = markup.root("a:root", **{"xmlns:a": "urn:a"})
    markup.add(root, "a:child", "<&>\u2028", **{"xml:lang": '"'})

    assert markup.written(root).decode() == (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<a:root xmlns:a="urn:a"><a:child xml:lang="&quot;">'
        "&lt;&amp;&gt;\u2028</a:child></a:root>"
    )


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x1f", "\ufffe", "\ud800"])
def test_characters_that_xml_cannot_hold(character: str) -> None:
    """They are replaced, so that the document stays well-formed."""
    root = markup.root("root")
    markup.add(root, "text", f"a{character}b", name=character)

    read = fromstring(markup.written(root))[0]  # noqa: S314 - our own document

    assert (read.text, read.get("name")) == ("a\ufffdb", "\ufffd")


def test_embedded_document_is_cleaned() -> None:
    """One character that XML cannot hold does not spoil a harvest."""
    assert markup.embedded("<a>б\x01</a>".encode()).text == "б\ufffd"


def test_embedded_document_is_written_as_it_was() -> None:
    """Prefixes, attributes and texts of an embedded document are kept."""
    document = (
        b'<?xml version="1.0"?>\n<r:a xmlns:r="urn:r" r:b="1">'
        b'<c xmlns="urn:c" xml:lang="bg">\xd0\xb0 &amp; <d /></c></r:a>'
    )
    root = markup.root("root")
    root.append(markup.embedded(document))

    assert markup.written(root).partition(b"<root>")[2] == (
        b'<r:a xmlns:r="urn:r" r:b="1"><c xmlns="urn:c" xml:lang="bg">'
        b"\xd0\xb0 &amp; <d /></c></r:a></root>"
    )
