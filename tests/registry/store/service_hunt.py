"""A hunt for query texts that get a SERVICE past the gate, or kill its worker.

    python -m tests.registry.store.service_hunt SEED TEXTS

runs it for long; the everyday test runs a few thousand texts.
"""

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, Store

from registry.errors import QueryRefused
from registry.sandbox import Stopped, Worker
from registry.store.gate import GateLimits, admit

SERVER = "<http://127.0.0.1:8001/>"
MEMORY = 512 * 1024**2
BATCH = 250

_PROLOGUES = (
    "",
    "PREFIX a: <http://h:>",
    "PREFIX a: <x:>",
    "PREFIX a: <http://h/>PREFIX : <#>",
    "BASE <http://h:>PREFIX a: <>",
    "PREFIX a: <//h:>",
    f"PREFIX e: {SERVER} PREFIX a:<a:>",
    f"PREFIX SERVICEx: {SERVER} PREFIXservice:<x:>",
    "#SERVICE\nPREFIX a: <x:service#>",
    "PREFIX true: <http://h:>PREFIX a: <http://h>",
)
_FORMS = ("SELECT *", "SELECT*", "ASK", "SELECT(1<2 AS ?y)", "CONSTRUCT{}WHERE")
_KEYWORDS = (
    "SERVICE",
    "sErViCe",
    " SERVICE ",
    "a:SERVICE",
    "a:b.SERVICE",
    "a:b.c.SERVICE",
    "a:x:SERVICE",
    "1SERVICE",
    "1.SERVICE",
    "?vSERVICE",
    "?v.SERVICE",
    "?1SERVICE",
    "'x'@en.SERVICE",
    "'x'@en-SERVICE",
    "'''SERVICE",
    '"""SERVICE',
    "_:b.SERVICE",
    "<x:y>SERVICE",
    "<2).SERVICE",
    "trueSERVICE",
    "true.SERVICE",
    "<#SERVICE",
    "a:%41SERVICE",
    "a:b\\'SERVICE",
    "SERV\\u0049CE",
    "SERVICEx:e",
    "SERVICE#c\n",
    "SERVICE#>\r",
    "#\rSERVICE",
    "#\nSERVICE",
    "#\u2028SERVICE",
    "\u017fERVICE",
)
_TARGETS = (SERVER, SERVER, SERVER, "e:x", "a:x", "?o", "x:e", "#>\r" + SERVER)
_BLOCKS = ("{?x ?y ?z}", "{}", "{ ?x ?y 'SERVICE' }", "{#}\n}")
_PIECES = (
    "?s ?p ?o",
    "?s ?p ",
    "?s a:b ",
    "?s <x:p>/<x:q> ",
    "?s :p?",
    ".",
    ";",
    ",",
    " ",
    "\n",
    "\r",
    "\t",
    "#",
    "# ' \" < SERVICE\n",
    "FILTER(1<2)",
    "FILTER(1<2).",
    "FILTER(?o<2#>'''\n)",
    'FILTER(?o<2#>"\n)',
    "FILTER(1<(2)&&3>2)",
    "FILTER(1<?o&&3>2)",
    "FILTER(a:b<a:c#>\n)",
    "FILTER(EXISTS{?s ?p(1<2)>)})",
    "FILTER EXISTS {",
    "BIND(1<2 AS ?z)",
    "BIND('#' AS ?w)",
    'VALUES ?v {"""a"}',
    "VALUES ?v {'''a'}",
    "VALUES(?v ?w){(1<x:y>)}",
    "OPTIONAL{",
    "{",
    "}",
    "}",
    "(",
    ")",
    "[",
    "]",
    "{|",
    "|}",
    "<<",
    ">>",
    "<<(",
    ")>>",
    "<<a:b?p?o>>",
    "<",
    ">",
    "<=",
    "'",
    '"',
    "'''",
    '"""',
    "''",
    "\\",
    "\\'",
    "\\#",
    "'\\\\'",
    '"\\""',
    "'\\u0027'",
    "'\\x'",
    "'''\\'''",
    "<x:y>",
    "<x:y#z>",
    "<#>",
    "<http://h/a#b>",
    "<http://h:x>",
    "a:b",
    "a:",
    ":b",
    "a:b\\'c",
    "a:b\\#c",
    "a:%27",
    "_:b",
    "_:b.c",
    "?v",
    "$v",
    "'x'@en",
    '"x"^^a:b',
    "1",
    "1.",
    "1e5",
    "1.e5",
    "-",
    "true",
    "UNDEF",
    "a ",
    "^",
    "|",
    "/",
    "*",
    "&&",
    "GRAPH ?g{",
    "UNION",
    "MINUS{",
    "\u00b7",
    "\u2028",
    "\U0001f600",
)
_WHOLE = (
    "?s ?p ?o",
    "?s ?p ?o.",
    "?s ?p ?o,?q.",
    "FILTER(1<2).",
    "FILTER(1<2#>'''\n)",
    "FILTER(?o>1||1<2#>\n)",
    "BIND(1<2 AS ?z)",
    "BIND('''#'''AS ?w)",
    'VALUES ?v {"""a"}',
    "OPTIONAL{?s <x:p#>?o}",
    "#<'\n",
    "{}",
    "",
)
_LEADS = ("", "", "", "?s ?p ", "?s a:", "?s ?p a:b.c", "?s ?p 1.", "?s ?p ?o;.")


def texts(seed: int, number: int) -> Iterator[str]:
    """Yields query texts, about half of which are nearly right."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable hunt, no secret
    for _ in range(number):
        text = _tame(chance) if chance.random() < 0.5 else _wild(chance)
        yield _mutated(text, chance) if chance.random() < 0.3 else text


def _tame(chance: random.Random) -> str:
    pieces = [chance.choice(_WHOLE), chance.choice(_WHOLE), chance.choice(_LEADS)]
    if chance.random() < 0.3:
        pieces.insert(1, chance.choice(_PIECES))
    if chance.random() < 0.7:
        keyword = chance.choice(("SERVICE", "SERVICE", "a:SERVICE", "a:b.c.SERVICE"))
        call = f"{keyword}{SERVER}{{}}"
    else:
        call = _call(chance)
    tail = chance.choice(("", "", chance.choice(_PIECES), "#'''", '#"""'))
    return f"{_head(chance)}{{{''.join(pieces)}{call}}}{tail}"


def _wild(chance: random.Random) -> str:
    pieces = [chance.choice(_PIECES) for _ in range(chance.randrange(8))]
    pieces.insert(chance.randrange(len(pieces) + 1), _call(chance))
    open_ = sum(piece.count("{") - piece.count("}") for piece in pieces)
    return f"{_head(chance)}{{{''.join(pieces)}{'}' * (open_ + 1)}"


def _head(chance: random.Random) -> str:
    return f"{chance.choice(_PROLOGUES)} {chance.choice(_FORMS)}"


def _call(chance: random.Random) -> str:
    parts = (_KEYWORDS, _TARGETS, _BLOCKS)
    return "".join(chance.choice(part) for part in parts)


def _mutated(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    kind = chance.randrange(3)
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[:place] + chance.choice(_PIECES) + text[place:]
    other = chance.randrange(len(text))
    return text[:place] + text[min(place, other) : max(place, other)] + text[place:]


@dataclass
class Bag:
    """What a hunt brought home.

    Attributes:
        executed: how many texts made the engine call another server.
        admitted: how many the gate let through.
        missed: those that are both; there must be none.
        deadly: admitted texts that killed the worker; there must be none.
    """

    executed: int = 0
    admitted: int = 0
    missed: list[str] = field(default_factory=list)
    deadly: list[str] = field(default_factory=list)


def hunt(seed: int, number: int) -> Bag:
    """Runs texts against the gate and against the engine itself."""
    bag = Bag()
    with Worker("tests.registry.store.service_hunt:run", MEMORY) as worker:
        batch: list[str] = []
        for text in texts(seed, number):
            batch.append(text)
            if len(batch) == BATCH:
                _weigh(batch, worker, bag)
                batch = []
        _weigh(batch, worker, bag)
    return bag


def _weigh(batch: list[str], worker: Worker, bag: Bag) -> None:
    try:
        called = json.loads(worker.call(json.dumps(batch).encode(), 60))
    except Stopped:
        if len(batch) > 1:
            half = len(batch) // 2
            _weigh(batch[:half], worker, bag)
            _weigh(batch[half:], worker, bag)
        elif admitted(batch[0]):
            bag.deadly += batch
        return
    for text, call in zip(batch, called, strict=True):
        passed = admitted(text)
        bag.executed += call
        bag.admitted += passed
        if call and passed:
            bag.missed.append(text)


def admitted(text: str) -> bool:
    """Tells whether the gate lets the text through."""
    try:
        admit(text, GateLimits())
    except QueryRefused:
        return False
    return True


def run(payload: bytes) -> bytes:
    """Runs each text and tells which ones called another server.

    In the worker no call can succeed, so each is an error of its own kind.
    """
    store = Store()
    store.add(Quad(NamedNode("x:s"), NamedNode("x:p"), Literal("o")))
    store.add(Quad(NamedNode("x:s"), NamedNode("http://h:"), NamedNode("http://h:")))
    return json.dumps([_calls(store, text) for text in json.loads(payload)]).encode()


def _calls(store: Store, text: str) -> bool:
    try:
        results = store.query(text, base_iri="http://127.0.0.1/")
        if not isinstance(results, QueryBoolean):
            for _ in results:
                pass
    except OSError:
        return True
    except (SyntaxError, RuntimeError, ValueError):
        return False
    return False


if __name__ == "__main__":
    found = hunt(int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(f"{found}\n")
