import json
from typing import Any

import pytest

from registry.errors import MalformedDocument
from registry.sources.parsing import DEPTH, MEDIA_TYPES, serve, triples
from tests.catalogues import PREFIXES, described

ADDRESS = "https://data.example/catalog/page"
DATASET = "http://www.w3.org/ns/dcat#Dataset"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

SAME = {
    "text/turtle": f"<../id/1> a <{DATASET}> .",
    "application/turtle": f"<../id/1> a <{DATASET}> .",
    "application/x-turtle": f"<../id/1> a <{DATASET}> .",
    "application/n-triples": f"<https://data.example/id/1> <{RDF}type> <{DATASET}> .",
    "application/rdf+xml": f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description '
    f'rdf:about="../id/1"><rdf:type rdf:resource="{DATASET}"/></rdf:Description>'
    "</rdf:RDF>",
    "application/ld+json": json.dumps({"@id": "../id/1", "@type": DATASET}),
}
SAME["application/xml"] = SAME["text/xml"] = SAME["application/rdf+xml"]


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_every_format_is_read(media_type: str, mark: bytes) -> None:
    """Relative IRIs are those of the document, with or without a byte order mark."""
    found = triples(mark + SAME[media_type].encode(), media_type, ADDRESS)

    assert [str(triple) for triple in found] == [
        f"<https://data.example/id/1> <{RDF}type> <{DATASET}>"
    ]


def nested(depth: int) -> str:
    """Returns JSON-LD with as many nodes within one another."""
    return '{"http://a.example/p":' * depth + '"x"' + "}" * depth


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description>&b;</rdf:Description></rdf:RDF>'
)


@pytest.mark.parametrize(
    ("media_type", "text", "why"),
    [
        ("application/rdf+xml", LAUGHS, "it declares a DOCTYPE"),
        ("application/rdf+xml", "<rdf:RDF", ""),
        ("application/ld+json", nested(DEPTH + 1), f"more than {DEPTH} deep"),
        ("application/ld+json", "[" * 100_000, ""),
        ("application/ld+json", '{"a":1,"a":2}', "a member stands twice"),
        (
            "application/ld+json",
            '{"@context":"https://data.example/c"}',
            "its context would have to be fetched",
        ),
        (
            "application/ld+json",
            '{"@context":[{},"https://data.example/c"]}',
            "its context would have to be fetched",
        ),
        (
            "application/ld+json",
            '{"@context":{"@import":"https://data.example/c"}}',
            "its context would have to be fetched",
        ),
        (
            "application/ld+json",
            '{"@context":{"p":{"@id":"http://a.example/p","@context":"c"}}}',
            "its context would have to be fetched",
        ),
        ("application/ld+json", "<html>", "Expecting value"),
        ("text/turtle", "<a> <b> .", "line 1"),
        ("text/turtle", "<html><body>Error</body></html>", "line 1"),
    ],
)
def test_what_must_not_or_cannot_be_read_is_refused(
    media_type: str, text: str, why: str
) -> None:
    """Each with its reason, in both languages."""
    with pytest.raises(MalformedDocument) as refusal:
        list(triples(text.encode(), media_type, ADDRESS))

    assert why in refusal.value.detail["en"]
    assert why in refusal.value.detail["bg"]


def test_bytes_that_are_no_text_are_refused() -> None:
    """Everything that is read is UTF-8, so that a DOCTYPE cannot hide."""
    with pytest.raises(MalformedDocument):
        list(triples(LAUGHS.encode("utf-16"), "application/rdf+xml", ADDRESS))


def served(text: str) -> Any:
    """Returns the answer of the worker to a Turtle document."""
    head = {
        "address": ADDRESS,
        "media_type": "text/turtle",
        "base": "http://r.example/",
    }
    return json.loads(serve(json.dumps(head).encode() + b"\n" + text.encode()))


def test_the_answer_has_datasets_refusals_and_next_pages() -> None:
    """All that the other side needs, as JSON."""
    answer = served(
        PREFIXES
        + described("/id/1", "Едно")
        + '[] a dcat:Dataset ; dct:title "Безименен"@bg .\n'
        + "<page> hydra:next <page?page=2> ."
    )

    assert [found["iri"] for found in answer["datasets"]] == [
        "https://data.example/id/1"
    ]
    assert answer["datasets"][0]["document"]["title"] == {"bg": "Едно"}
    assert [found["rule"] for found in answer["refused"]] == ["no-iri"]
    assert answer["next"] == [f"{ADDRESS}?page=2"]


def test_an_address_with_a_blank_does_not_spoil_the_page() -> None:
    """Catalogues have them; only that address is left out."""
    answer = served(
        PREFIXES
        + described("https://data.example/1")
        + "<https://data.example/1> dcat:landingPage <https://data.example/a b> ."
    )

    (found,) = answer["datasets"]
    assert "page" not in found["document"]
    assert [loss["rule"] for loss in found["losses"]] == ["bad-iri"]
