"""Serialised rows as bytes: counting them, and naming their blank nodes.

The engine serialises rows several times faster than Python could, so both are
done on its bytes. No pattern here is a guess: within a value every quotation
mark (in XML, every angle bracket) is escaped or doubled.
"""

import csv
import io
import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
)

_JSON_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_JSON_BLANK = re.compile(rb'\{"type":"bnode","value":"([^"]*)"\}')
_XML_BLANK = re.compile(rb"<bnode>([^<]*)</bnode>")
_CSV_QUOTED = re.compile(rb'"[^"]*"')
_TERM_BLANK = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|<[^<>\s]*>|_:([0-9A-Za-z]+)')


def exceeds(body: bytes, format_: QueryResultsFormat, most: int) -> bool:
    """Tells whether there are more rows than that in the answer.

    It first counts what could be the start of a row, which takes no time to
    speak of, and looks closer only if that is too many.
    """
    if format_ == QueryResultsFormat.XML:
        return body.count(b"<result>") > most
    if format_ == QueryResultsFormat.TSV:
        return body.count(b"\n") - 1 > most
    json = format_ == QueryResultsFormat.JSON
    starts = _json_starts if json else _csv_starts
    strings = _JSON_STRING if json else _CSV_QUOTED
    return starts(body) > most and starts(strings.sub(b"", body)) > most


def _json_starts(body: bytes) -> int:
    # Only rows are objects in an array; all others are values of a key.
    return body.count(b",{") + body.count(b"[{")


def _csv_starts(body: bytes) -> int:
    return body.count(b"\r\n") - 1


def skolemised(body: bytes, format_: QueryResultsFormat, genid: str) -> bytes:
    """Returns JSON, XML or TSV with an IRI in place of every blank node.

    Args:
        body: what the engine serialised.
        format_: its format; CSV does not mark blank nodes, see `comma_separated`.
        genid: what the IRIs begin with.

    **Source:** RDF 1.1 Concepts, section 3.5.
    """
    start = genid.encode()
    if format_ == QueryResultsFormat.JSON:
        return _JSON_BLANK.sub(
            lambda match: b'{"type":"uri","value":"' + start + match[1] + b'"}', body
        )
    if format_ == QueryResultsFormat.XML:
        safe = escape(genid).encode()
        return _XML_BLANK.sub(
            lambda match: b"<uri>" + safe + match[1] + b"</uri>", body
        )
    return _TERM_BLANK.sub(
        lambda match: b"<" + start + match[1] + b">" if match[1] else match[0], body
    )


def comma_separated(solutions: QuerySolutions, output: io.BytesIO, genid: str) -> None:
    """Writes rows as CSV with an IRI in place of every blank node."""
    text = io.TextIOWrapper(output, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(variable.value for variable in solutions.variables)
    for solution in solutions:
        writer.writerow(_cells([*solution], genid))
    text.detach()


def _cells(
    terms: Sequence[NamedNode | BlankNode | Literal | Triple | None], genid: str
) -> list[str]:
    return [_cell(term, genid) for term in terms]


def _cell(term: NamedNode | BlankNode | Literal | Triple | None, genid: str) -> str:
    if term is None:
        return ""
    if isinstance(term, BlankNode):
        return genid + term.value
    if isinstance(term, Triple):
        return skolemised(str(term).encode(), QueryResultsFormat.TSV, genid).decode()
    return term.value
