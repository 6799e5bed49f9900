"""Queries that strangers may send to bring a server down, made anew from a seed.

    python -m tests.hostile.queries SEED NUMBER

prints them, one JSON object a line.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from tests.registry.store import service_hunt


@dataclass(frozen=True, slots=True)
class Hostile:
    """A query, and what it tries."""

    kind: str
    text: str


Make = Callable[[random.Random, str], str]


def _cross(number: int) -> str:
    return " . ".join(f"?s{n} ?p{n} ?o{n}" for n in range(number))


def runaway(chance: random.Random, _: str) -> str:
    """Returns a query over a product that nobody lives to see the end of."""
    ways: Sequence[str] = (
        "SELECT (COUNT(*) AS ?n) {{ {0} }}",
        "SELECT * {{ {0} }} ORDER BY ?o0 ?o1 LIMIT 10",
        "SELECT DISTINCT ?o0 ?o1 ?o2 {{ {0} }} LIMIT 1 OFFSET 90000000",
        "SELECT ?p0 (COUNT(*) AS ?n) {{ {0} }} GROUP BY ?p0 ?o0 ?o1",
        "SELECT * {{ {0} MINUS {{ ?x ?y ?z . ?o0 ?q ?w }} }}",
        "SELECT * {{ {0} OPTIONAL {{ ?x ?y ?z . FILTER(?z < ?o0) }} }}",
        "ASK {{ {0} FILTER(STR(?o0) = CONCAT(STR(?o1), STR(?o2), 'never')) }}",
        "CONSTRUCT {{ ?s0 ?p1 ?o2 }} WHERE {{ {0} }}",
        "SELECT (GROUP_CONCAT(STR(?o0)) AS ?all) {{ {0} }}",
        "SELECT * {{ {0} FILTER NOT EXISTS {{ ?o0 ?q ?o1 . ?x ?y ?z }} }}",
        "SELECT (SUM(STRLEN(STR(?o0))) AS ?n) {{ {0} }} HAVING(?n > 1)",
        "DESCRIBE * {{ {0} }}",
    )
    return chance.choice(ways).format(_cross(chance.randrange(3, 6)))


def values(chance: random.Random, _: str) -> str:
    """Returns a product that needs no data."""
    terms = " ".join(map(str, range(chance.choice((100, 300, 500)))))
    blocks = " ".join(f"VALUES ?v{n} {{ {terms} }}" for n in range(4))
    end = chance.choice(("", "FILTER(?v0 + ?v1 + ?v2 < 0)", "BIND(RAND() AS ?r)"))
    return f"SELECT * {{ {blocks} {end} }}"


def path(chance: random.Random, _: str) -> str:
    """Returns a path between everything and everything."""
    step = chance.choice(
        ("!<x:x>", "(!<x:x>|^!<x:x>)", "(<x:a>|^<x:a>|!<x:b>)", "(!<x:x>/!<x:y>)")
    )
    many = chance.choice(("*", "+"))
    ends = chance.choice(("?a {0} ?b", "?a {0} ?b . ?b {0} ?c", "?a {0} ?a"))
    return f"SELECT (COUNT(*) AS ?n) {{ {ends.format(step + many)} }}"


def literal(chance: random.Random, _: str) -> str:
    """Returns a query that makes a text of a gigabyte out of nothing."""
    binds = ["BIND('xxxxxxxx' AS ?v0)"]
    for number in range(chance.randrange(20, 30)):
        twice = f"?v{number}, ?v{number}"
        binds.append(f"BIND(CONCAT({twice}) AS ?v{number + 1})")
    last = f"?v{len(binds) - 1}"
    ways = (
        f"SELECT {last} {{ {' '.join(binds)} }}",
        f"SELECT (STRLEN({last}) AS ?n) {{ {' '.join(binds)} }}",
        f"SELECT (REPLACE({last}, 'x', 'yyyyyyyy') AS ?n) {{ {' '.join(binds)} }}",
        f"ASK {{ {' '.join(binds)} FILTER(REGEX({last}, '^(x+x+)+y$')) }}",
    )
    return chance.choice(ways)


_NESTS: Sequence[tuple[str, str, str]] = (
    ("{", "?s ?p ?o", "}"),
    ("{ OPTIONAL ", "{ ?s ?p ?o }", " }"),
    ("{ ?s ?p ?o MINUS ", "{ ?s ?p ?o }", " }"),
    ("{ SELECT * ", "{ ?s ?p ?o }", " }"),
    ("{ ?s ?p ?o FILTER EXISTS ", "{ ?s ?p ?o }", " }"),
    ("{ GRAPH ?g ", "{ ?s ?p ?o }", " }"),
    ("{ { ?s ?p ?o } UNION ", "{ ?s ?p ?o }", " }"),
)


def nested(chance: random.Random, _: str) -> str:
    """Returns a query as deep as a well."""
    depth = chance.choice((10, 40, 60, 300, 1000, 2500))
    kind = chance.randrange(4)
    if kind == 0:
        return f"ASK {{ FILTER({'(' * depth}1{')' * depth}) }}"
    if kind == 1:
        return f"ASK {{ FILTER({'!' * depth}true) }}"
    if kind == 2:
        return f"ASK {{ ?s ?p {'[ ?p ' * depth}?o{' ]' * depth} }}"
    opening, middle, closing = chance.choice(_NESTS)
    return f"SELECT * {{ {opening * depth}{middle}{closing * depth} }}"


def planned(chance: random.Random, _: str) -> str:
    """Returns a query that nobody can make a plan for."""
    number = chance.choice((20, 60, 110, 200, 1000))
    ways = (
        " . ".join(f"?v{n} ?p{n} ?v{n + 1}" for n in range(number)),
        " ".join(f"OPTIONAL {{ ?s ?p{n} ?o{n} }}" for n in range(number)),
        f"?s {'/'.join(['!<x:x>'] * number)} ?o",
        f"?s {'|'.join(f'<x:{n}>' for n in range(number))} ?o",
        " UNION ".join(f"{{ ?s ?p ?o{n} }}" for n in range(number)),
        f"FILTER({'+'.join(['1'] * number)} > 0)",
        f"FILTER(1 IN ({', '.join(map(str, range(number * 5)))}))",
        f"?s ?p {', '.join(f'?o{n}' for n in range(number))}",
        f"?s ?p ({' '.join(f'?o{n}' for n in range(number))})",
    )
    return f"SELECT * {{ {chance.choice(ways)} }}"


def large(chance: random.Random, _: str) -> str:
    """Returns a query with an answer larger than may be sent."""
    terms = " ".join(map(str, range(chance.choice((110, 130, 400)))))
    blocks = " ".join(f"VALUES ?v{n} {{ {terms} }}" for n in range(3))
    return f"SELECT * {{ {blocks} }}"


def calling(chance: random.Random, server: str) -> str:
    """Returns a query that wants the server to call another one."""
    ways = (
        f"SELECT * {{ SERVICE <{server}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE SILENT <{server}> {{ ?s ?p ?o }} }}",
        f"ASK {{ FILTER EXISTS {{ SERVICE <{server}> {{ ?s ?p ?o }} }} }}",
        f"SELECT * {{ BIND(<{server}> AS ?x) SERVICE ?x {{ ?s ?p ?o }} }}",
        f"SELECT * FROM <{server}> {{ ?s ?p ?o }}",
        f"SELECT * FROM NAMED <{server}> {{ GRAPH <{server}> {{ ?s ?p ?o }} }}",
        f"LOAD <{server}>",
        f"LOAD <{server}> INTO GRAPH <x:g>",
        f"DESCRIBE <{server}>",
        f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{server}> {{ ?s ?p ?o }} }}",
    )
    disguised = next(service_hunt.texts(chance.randrange(10**9), 1))
    hidden = disguised.replace(service_hunt.SERVER, f"<{server}>")
    return chance.choice((*ways, *[hidden] * 10))


def garbage(chance: random.Random, _: str) -> str:
    """Returns what is hardly a text."""
    letters = "SELECT{}()[]<>?.;,\"'\\#@^|/*+\u0000\ufeff\u202e\U0001f600\n\t &%"
    size = chance.choice((1, 30, 1000, 30_000))
    return "".join(chance.choice(letters) for _ in range(size))


KINDS: Sequence[Make] = (
    runaway,
    values,
    path,
    literal,
    nested,
    planned,
    large,
    calling,
    garbage,
)


def queries(seed: int, server: str) -> Iterator[Hostile]:
    """Yields queries without end, every kind in turn.

    Args:
        seed: the same seed makes the same queries.
        server: address that some want to be called.
    """
    chance = random.Random(seed)  # noqa: S311 - not a secret
    for make in cycle(KINDS):
        yield Hostile(make.__name__, make(chance, server))


if __name__ == "__main__":
    seed, number = int(sys.argv[1]), int(sys.argv[2])
    for made in islice(queries(seed, service_hunt.SERVER[1:-1]), number):
        sys.stdout.write(json.dumps({"kind": made.kind, "text": made.text}) + "\n")
