import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.store.lexer import states_dataset, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("?a<?b", ["?a", "<", "?b"]),
        ("<x:y>", ["<x:y>"]),
        ("a:b.c.d .", ["a:b.c.d", "."]),
        (r"a:b\'c 'd'", [r"a:b\'c", "'d'"]),
        ("'''a'b''c'''", ["'''a'b''c'''"]),
        ('"""a"b""c"""', ['"""a"b""c"""']),
        ("'''a'", ["''", "'a'"]),
        (r"'\'' ''", [r"'\''", "''"]),
        ("1.5e3.", ["1.5e3", "."]),
        ("_:b.c .", ["_:b.c", "."]),
        ("'x'@en-GB.", ["'x'", "@en-GB", "."]),
        ("a#b\rc", ["a", "c"]),
        ("a||b|c", ["a", "||", "b", "|", "c"]),
        ("a.b", ["a.b"]),
    ],
)
def test_cuts_where_the_engine_cuts(text: str, expected: list[str]) -> None:
    """Tokens end where Oxigraph ends them."""
    assert [token.text for token in tokens(text)] == expected


@given(st.text(alphabet="<>\"'\\#\n?a:.1_@( ", max_size=60))
def test_nothing_but_space_and_comments_is_left_out(text: str) -> None:
    """Every token is a part of the text, in order and without overlap."""
    end = 0
    for token in tokens(text):
        gap = text[end : token.start]
        assert not gap.strip() or gap.lstrip().startswith("#")
        assert text.startswith(token.text, token.start)
        end = token.start + len(token.text)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("SELECT * FROM <x:g> {}", True),
        ("SELECT*FROM<x:g>{}", True),
        ("ASKFROM<x:g>{}", True),
        ("PREFIX x: <x:> ASKFROMx:g{}", True),
        ("CONSTRUCT {?s ?p ?o} FROM NAMED <x:g> WHERE {?s ?p ?o}", True),
        ("DESCRIBE <x:y> FROM <x:g>", True),
        ("SELECT ?from {?from ?p 'FROM'} # FROM", False),
        ("PREFIX from: <x:> SELECT * {?s ?p ?o} ORDER BY from:f(?s)", False),
        ("SELECT * {?s <http://h/from> ?o}", False),
        ("ASK {}", False),
    ],
)
def test_dataset_clause_is_noticed(text: str, *, stated: bool) -> None:
    """A query that has FROM is told from one that only has its letters."""
    assert states_dataset(text) == stated
