"""The SPARQL servers that a projection can go to, and how each differs.

All of them speak SPARQL 1.1 over HTTP. The table holds where their services are,
what one request changes at once, and how to get back what was put. Oxigraph and
Virtuoso were run against; the others stand here as their manuals describe them
(`docs/engines.md`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from registry.namespaces import XSD

Mend = Callable[[bytes], bytes]
"""Makes other bytes of JSON rows, or of N-Triples."""


def _as_sent(body: bytes) -> bytes:
    return body


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of server differs from the others.

    Attributes:
        query: where queries go, after the address in the settings.
        update: where updates go; an empty text is the address itself.
        graphs: where the Graph Store Protocol is spoken.
        login: how the writer names itself, if it has a name.
        graph_parameter: how that protocol's parameter for a graph is called.
        union_parameter: asks for the union of all graphs as the default graph, of
            servers that do not give it anyway.
        by_graph: whether graphs are put one by one by that protocol, and not in an
            update: for servers that commit each operation of an update by itself,
            or cannot read long ones. The position is then written last, so that a
            crash repeats and never skips.
        describing: stands before one that describes.
        extensions: schemes of IRIs that are functions of the server, some of which
            reach the network; no query may name one.
        rows_header: a header that says that rows were cut off.
        state_header: a header that says that an answer is not whole.
        counts_graphs: whether graphs are cut off at the limit of rows, with no word.
        overtime: what it says when a query takes longer than it allows.
        rows: mends JSON rows that it sent.
        triples: mends N-Triples that it sent.
        put: makes N-Triples that are put there what comes back unharmed.
    """

    query: str
    update: str
    graphs: str
    login: Literal["basic", "digest", "bearer"] = "basic"
    graph_parameter: str = "graph"
    union_parameter: str = ""
    by_graph: bool = False
    describing: str = ""
    extensions: tuple[str, ...] = ()
    rows_header: str = ""
    state_header: str = ""
    counts_graphs: bool = False
    overtime: re.Pattern[bytes] | None = None
    rows: Mend = _as_sent
    triples: Mend = _as_sent
    put: Mend = _as_sent


# It would keep a geometry as numbers of seven digits, and move places by that.
_GEOMETRY = b"urn:x-registry:wktLiteral"
_WKT = b"http://www.opengis.net/ont/geosparql#wktLiteral"
_ASKED = re.compile(rb'\A\s*\{\s*"head":\s*\{[^{}]*"__ASK_RETVAL"')
# Within a value every quotation mark is escaped, so that none of these is in one.
_JSON_GEOMETRY = re.compile(rb'"datatype": "' + re.escape(_GEOMETRY) + rb'"')
_JSON_BOOLEAN = re.compile(
    rb'("datatype": "' + re.escape(XSD.encode()) + rb'boolean", "value": )"([01])"'
)
_JSON_NODE = re.compile(rb'("type": "bnode", "value": )"nodeID://([^"]*)"')
_JSON_TAG = re.compile(rb'("xml:lang": )"([A-Za-z0-9-]+)"')
_LITERAL = re.compile(rb'"((?:[^"\\]|\\.)*)"(@[A-Za-z0-9-]+|\^\^<[^>\s]*>)?')


def _virtuoso_rows(body: bytes) -> bytes:
    """Mends a yes or no that comes as a row, booleans, geometries and tags."""
    if _ASKED.match(body):
        yes = b'"value": "1"' in body
        return b'{"head":{},"boolean":%s}' % (b"true" if yes else b"false")
    body = _JSON_GEOMETRY.sub(b'"datatype": "' + _WKT + b'"', body)
    body = _JSON_BOOLEAN.sub(
        lambda match: match[1] + (b'"true"' if match[2] == b"1" else b'"false"'), body
    )
    body = _JSON_NODE.sub(rb'\1"\2"', body)
    return _JSON_TAG.sub(lambda match: match[1] + b'"' + _tag(match[2]) + b'"', body)


def _virtuoso_triples(body: bytes) -> bytes:
    return _LITERAL.sub(_literal, body)


def _virtuoso_put(triples: bytes) -> bytes:
    """Gives geometries a type of which the server knows nothing."""
    if _WKT not in triples:
        return triples
    typed = b"^^<" + _WKT + b">"
    return _LITERAL.sub(
        lambda match: (
            match[0].removesuffix(typed) + b"^^<" + _GEOMETRY + b">"
            if match[2] == typed
            else match[0]
        ),
        triples,
    )


def _literal(match: re.Match[bytes]) -> bytes:
    suffix = match[2] or b""
    if suffix.startswith(b"@"):
        return b'"' + match[1] + b'"@' + _tag(suffix[1:])
    if suffix == b"^^<" + _GEOMETRY + b">":
        return b'"' + match[1] + b'"^^<' + _WKT + b">"
    return match[0]


def _tag(tag: bytes) -> bytes:
    """Returns a language tag in its usual case: Virtuoso keeps lower case only.

    **Source:** RFC 5646, section 2.1.1.
    """
    first, *others = tag.lower().split(b"-")
    cased = [_subtag(part) for part in others]
    return b"-".join([first, *cased])


def _subtag(part: bytes) -> bytes:
    script, region = 4, 2
    if len(part) == script:
        return part.title()
    return part.upper() if len(part) == region else part


DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        "oxigraph": Dialect(
            "/query", "/update", "/store", union_parameter="union-default-graph"
        ),
        "virtuoso": Dialect(
            "/sparql",
            "/sparql-auth",
            "/sparql-graph-crud-auth",
            login="digest",
            graph_parameter="graph-uri",
            by_graph=True,
            # Its own graphs stay in the union: the pragmas that leave graphs out of it
            # make `GRAPH <iri>` count wrongly.
            describing='DEFINE sql:describe-mode "CBD"',
            extensions=("bif:", "sql:"),
            rows_header="X-SPARQL-MaxRows",
            state_header="X-SQL-State",
            counts_graphs=True,
            overtime=re.compile(rb"S1TAT|S1T00|estimated execution time"),
            rows=_virtuoso_rows,
            triples=_virtuoso_triples,
            put=_virtuoso_put,
        ),
        "fuseki": Dialect("/sparql", "/update", "/data"),
        "qlever": Dialect("", "", "", login="bearer", by_graph=True),
        "graphdb": Dialect("", "/statements", "/rdf-graphs/service"),
        "neptune": Dialect("/sparql", "/sparql", "/sparql/gsp/"),
    }
)
"""By the name that the settings have for them."""


@dataclass(frozen=True, slots=True)
class Server:
    """A SPARQL server: where it is, and who we are there.

    Attributes:
        address: what the paths of the dialect follow.
        dialect: a key of `DIALECTS`.
        user: by which the writer names itself, if it has to.
        password: of that user; with no user, a token.
    """

    address: str
    dialect: str
    user: str = ""
    password: str = ""

    @property
    def differing(self) -> Dialect:
        """How this kind of server differs."""
        return DIALECTS[self.dialect]

    @property
    def reader(self) -> "Server":
        """The same server, for those who only ask and so need no name."""
        return Server(self.address, self.dialect)

    def at(self, path: str) -> str:
        """Returns the address of one of its services."""
        return self.address.rstrip("/") + path
