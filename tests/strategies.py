"""Graphs for property tests: a few nodes, all kinds of terms and values."""

import os

from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from registry.namespaces import DCT, LOCN, M8G, ORG, RDF, SKOS, XSD
from tests.versions import BASE

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
"""Whether there is time for everything."""

THING = f"{BASE}id/institution/one"

iris = st.sampled_from(
    [
        THING,
        f"{THING}#a",
        f"{THING}#b",
        f"{BASE}id/scheme/s#c",
        "https://other.example/",
    ]
).map(NamedNode)
predicates = st.sampled_from(
    [
        f"{SKOS}prefLabel",
        f"{SKOS}notation",
        f"{SKOS}inScheme",
        f"{SKOS}broader",
        f"{ORG}classification",
        f"{LOCN}address",
        f"{DCT}issued",
        f"{DCT}title",
        f"{M8G}email",
        "http://www.w3.org/ns/hydra/core#totalItems",
        "https://nobody.example/knows#this",
    ]
).map(NamedNode)
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8)
literals = st.one_of(
    words.map(Literal),
    st.builds(Literal, words, language=st.sampled_from(["bg", "en", "bg-latn"])),
    st.builds(
        Literal,
        st.sampled_from(["2024", "2024-05-31", "7", "007", "-0", "true", "1.0"]),
        datatype=st.sampled_from(["date", "gYear", "integer", "boolean"]).map(
            lambda name: NamedNode(XSD + name)
        ),
    ),
)
types = st.builds(
    Triple,
    iris,
    st.just(NamedNode(f"{RDF}type")),
    st.sampled_from([f"{ORG}Organization", "https://nobody.example/T"]).map(NamedNode),
)
facts = st.builds(Triple, iris, predicates, st.one_of(iris, literals))


def examples(all_of_them: int) -> int:
    """Returns how many examples are tried, where each takes a journal or an engine.

    A third is what every run can wait for; the rest comes with
    `HYPOTHESIS_PROFILE=long`.
    """
    return all_of_them if LONG else -(-all_of_them // 3)


graph = st.lists(st.one_of(types, facts), max_size=12)

names = st.sampled_from(
    [
        "id",
        "@id",
        "type",
        "@type",
        "name",
        "title",
        "note",
        "homepage",
        "contact",
        "email",
        "address",
        "classification",
        "order",
        "issued",
        "dct:relation",
        "dct:title",
        "@value",
        "@language",
        "@included",
        "concepts",
        "nonsense",
        "urn:a:b",
        "bg",
        "no tag",
        "@none",
        "",
    ]
)
leaves = st.one_of(
    words,
    st.none(),
    st.booleans(),
    st.integers(-20, 10**16),
    st.floats(),
    st.sampled_from(
        [
            "https://a.example/",
            "www.a.example",
            "a b",
            "#a",
            "_:b",
            "bg",
            "b@d",
            "Organization",
            "xsd:date",
            "2024-05-31",
            "dct:x",
            "javascript:1",
            "e\u0301",
            THING,
            "@id",
            "EN-gb",
        ]
    ),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)
    ),
    max_leaves=8,
)
odd = st.dictionaries(names, values, max_size=6).map(
    lambda document: {"name": {"bg": "Едно"}, **document, "id": THING}
)
"""Documents as nobody writes them, of one thing."""
