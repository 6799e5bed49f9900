import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse
from rdflib import Graph

from registry import graphs
from registry.graphs import FORMATS
from registry.views.fragments import FRAMES, document, fragment
from tests.strategies import facts, types

parts = st.lists(
    st.lists(st.one_of(facts, types), max_size=6).map(graphs.canonical), max_size=4
)


def written(texts: list[str], extension: str) -> bytes:
    return b"".join(document([fragment(t, extension) for t in texts], extension))


@given(texts=parts)
@pytest.mark.parametrize("extension", FRAMES)
def test_any_fragments_make_a_document(texts: list[str], extension: str) -> None:
    """A document says what its parts say, to two parsers that agree on nothing else."""
    body = written(texts, extension)

    format_ = RdfFormat.from_media_type(FORMATS[extension].media_type)
    read = graphs.canonical(quad.triple for quad in parse(body, format=format_))
    wanted = graphs.canonical(t for text in texts for t in graphs.triples(text))
    assert read == wanted


# What rdflib does not want others to use it still uses itself.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
@pytest.mark.parametrize("extension", FRAMES)
def test_documents_are_read_by_rdflib(extension: str) -> None:
    """A parser written by other people finds the same graph."""
    iri = "http://registry.example/id/catalog/"
    title = "<http://purl.org/dc/terms/title>"
    texts = [
        f'<{iri}a> {title} "А & <Б>"@bg .\n<{iri}a#csv> {title} "\\"\\n\\\\"@en .\n',
        "",
        f'<{iri}b> {title} "]]>"@en .\n<{iri}b> <https://other.example/p> <{iri}a> .\n',
    ]

    media_type = FORMATS[extension].media_type
    found = Graph().parse(data=written(texts, extension), format=media_type)

    wanted = Graph().parse(data="".join(texts), format="nt")
    assert set(found) == set(wanted)


@pytest.mark.parametrize("extension", FRAMES)
def test_prefixes_are_declared_once(extension: str) -> None:
    """What a fragment repeats would be paid for by every reader."""
    text = '<http://a.example/> <http://purl.org/dc/terms/title> "A" .\n'
    body = written([text, text.replace("a.example", "b.example")], extension)

    assert body.count(b"http://www.w3.org/ns/dcat#") == (extension in ("ttl", "rdf"))
