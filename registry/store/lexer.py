"""Query text as tokens, as far as the gate needs to tell them apart.

Tokens are cut where Oxigraph cuts them, which is not always where the standard
does: no keyword needs a space after it, and an unclosed long string is an empty
one followed by another. Only `<` stays open: what could be an IRI is handed on
as one, and the gate weighs whether it could be *less than* instead.

**Source:** SPARQL 1.1 Query Language, section 19.8 (grammar).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff"
    "\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd"
)
_LATER = f"{_BASE}_0-9\u00b7\u0300-\u036f\u203f\u2040"
_PREFIX = rf"[{_BASE}](?:[{_LATER}-]|\.+(?=[{_LATER}-]))*"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
_LOCAL = (
    rf"(?:[{_BASE}_:0-9]|{_ESCAPED})"
    rf"(?:[{_LATER}:-]|{_ESCAPED}|\.+(?=[{_LATER}:%\\-]))*"
)

# A word reaches as far as a prefix would: were it cut at its first dot, finding
# out that no colon follows would cost the square of its length.
_TOKEN = re.compile(
    rf"""
      (?P<space>    [ \t\r\n]+ | \#[^\r\n]* )
    | (?P<string>   \"\"\"(?:[^"\\]|\\.|\"(?!\"\"))*\"\"\"
                  | '''(?:[^'\\]|\\.|'(?!''))*'''
                  | \"(?:[^"\\\r\n]|\\.)*\" | '(?:[^'\\\r\n]|\\.)*' )
    | (?P<iri>      <[^<>"{{}}|^`\\\x00-\x20]*> )
    | (?P<variable> [?$][{_BASE}_0-9][{_LATER}]* )
    | (?P<blank>    _:[{_BASE}_0-9](?:[{_LATER}-]|\.+(?=[{_LATER}-]))* )
    | (?P<name>     (?:{_PREFIX})?:(?:{_LOCAL})? )
    | (?P<tag>      @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
    | (?P<number>   [0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)? )
    | (?P<word>     {_PREFIX} )
    | (?P<opening>  [(\[{{] )
    | (?P<closing>  [)\]}}] )
    | (?P<mark>     && | \|\| | != | [<>]= | \^\^ | . )
    """,
    re.VERBOSE | re.DOTALL,
)

OPERANDS = frozenset(
    {
        "string",
        "iri",
        "variable",
        "blank",
        "name",
        "tag",
        "number",
        "word",
        "closing",
    }
)
"""The kinds that an operand can end in, so that an operator may follow."""


class Token(NamedTuple):
    """A piece of query text.

    Attributes:
        kind: one of `OPERANDS`, `opening` (a bracket) or `mark` (anything else).
        start: where it begins, in characters from 0.
    """

    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """Yields the tokens of a query, without spaces and comments.

    Every character belongs to some token, space or comment, whatever the text;
    the time taken is linear in its length.
    """
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind and kind != "space":
            yield Token(kind, match[0], match.start())


def states_dataset(text: str) -> bool:
    """Tells whether a query says itself which graphs it is about, by `FROM`.

    Cheap where the letters do not occur, and linear otherwise.
    """
    if "from" not in text.lower():
        return False
    depth = 0
    declared = {""}
    before = ""
    for token in tokens(text):
        if token.kind in {"opening", "closing"}:
            depth += 1 if token.kind == "opening" else -1
        elif token.kind == "name" and before.upper() == "PREFIX":
            declared.add(token.text.partition(":")[0])
        elif not depth and token.kind in {"name", "word"}:
            word = token.text.partition(":")[0]
            if word not in declared and "FROM" in word.upper():
                return True
        before = token.text
    return False
