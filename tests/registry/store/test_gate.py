import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import QueryRefused
from registry.ports import QueryForm
from registry.store.gate import GateLimits, admit
from tests.besieging import TORTURE
from tests.registry.store.service_hunt import hunt

LIMITS = GateLimits()
CALL = "SERVICE <http://example.org/> { ?x ?y ?z }"


def refused(text: str) -> dict[str, object]:
    """Returns the `extra` of the refusal of the text."""
    with pytest.raises(QueryRefused) as caught:
        admit(text, LIMITS)
    return dict(caught.value.extra)


@pytest.mark.parametrize(
    ("text", "form", "why"),
    [
        ("SELECT * {}", QueryForm.SELECT, "plain"),
        ("ask{}", QueryForm.ASK, "keywords have no case and need no space"),
        ("#c\nDESCRIBE<x:y>", QueryForm.DESCRIBE, "a comment comes first"),
        ("CONSTRUCT WHERE {?s ?p ?o}", QueryForm.CONSTRUCT, "short form"),
        ("BASE <http://h/> PREFIX ask: <#> SELECT * {}", QueryForm.SELECT, "prologue"),
        ("PREFIXselect:<x:>ASK{}", QueryForm.ASK, "a prefix glued to its keyword"),
        ("PREFIX : <x:> VERSION '1.2' ASK {}", QueryForm.ASK, "SPARQL 1.2 version"),
        ("SELECTDISTINCT?s{?s ?p ?o}", QueryForm.SELECT, "no word boundary"),
    ],
)
def test_form_is_found(text: str, form: QueryForm, why: str) -> None:
    """The form is found behind any prologue."""
    assert admit(text, LIMITS) == form, why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("PREFIX d: <http://h/d#> SELECT * {?s d:service ?o}", "a local name"),
        ("PREFIX d: <x:> SELECT * {?s d:dataService ?o}", "a namespace without host"),
        ("SELECT ?service {?service ?p ?o}", "a variable"),
        ("SELECT * {?s ?p 'SERVICE <x:y> {}'}", "a string"),
        ('SELECT * {?s ?p "SERVICE"}', "a string"),
        ("SELECT * {?s ?p '''a'\n''SERVICE'''}", "a long string"),
        ('SELECT * {?s ?p """a"\n""SERVICE"""}', "a long string"),
        (r"SELECT * {?s ?p '\'SERVICE'}", "a string with an escaped quote"),
        ("SELECT * {} # SERVICE", "a comment"),
        ("SELECT * {?s <http://h/service#x> ?o}", "an IRI"),
        ("SELECT * {FILTER(?a IN (<http://h/service#x>))}", "an IRI in parentheses"),
        ("SELECT * {<id/service/x> ?p ?o}", "a relative IRI outside of parentheses"),
    ],
)
def test_service_as_data_passes(text: str, why: str) -> None:
    """The letters of SERVICE are no call where they are data."""
    assert admit(text, LIMITS) == QueryForm.SELECT, why


@pytest.mark.parametrize(
    ("text", "rule", "why"),
    [
        (f"SELECT * {{ {CALL} }}", "service", "plain"),
        ("SELECT * { sErViCe SILENT ?v {} }", "service", "keywords have no case"),
        ("SELECT*{SERVICE<x:y>{}}", "service", "no space"),
        ("PREFIX e: <x:> ASK{SERVICEe:y{}}", "service", "no boundary to a name"),
        ("ASK{SERVICE#c\n<x:y>{}}", "service", "a comment for a space"),
        ("ASK{?s ?p 1.SERVICE<x:y>{}}", "service", "after a number"),
        ("ASK{FILTER(1<2).SERVICE#>\r<x:y>{}}", "ambiguous", "looks like an IRI"),
        ("ASK{FILTER(1<2#>'''\n).SERVICE<x:y>{}}#'''", "ambiguous", "hides a comment"),
        ("ASK{VALUES ?x {'''a'} SERVICE<x:y>{}}", "service", "unclosed long string"),
        (
            "PREFIX a: <http://h:> ASK{?s ?p a:SERVICE <x:y>{}}",
            "service",
            "http://h:SERVICE has no valid port, so a: is the whole name",
        ),
        ("BASE <http://h:> PREFIX a: <> ASK{?s ?p a:SERVICE<x:y>{}}", "service", "so"),
        ("PREFIX a: <//h:> ASK{?s ?p a:SERVICE<x:y>{}}", "service", "likewise"),
        ("PREFIX a: <x:> ASK{?s ?p a:b.c.SERVICE<x:y>{}}", "service", "dots in names"),
        ("ASK{?s ?p _:b.SERVICE<x:y>{}}", "service", "dots in labels"),
        ("ASK{?s ?p 'x'@en-SERVICE}", "service", "no language tag has it"),
        ("ASK{SERV\\u0049CE <x:y>{}}", "escape", "other engines decode it"),
        ("ASK{?s <http://h/\\u0023> ?o}", "escape", "other engines decode it"),
        ("ASK{?s ?p '\\x'}", "escape", "an escape that does not exist"),
        ("ASK{?s ?p '\\uD800'}", "escape", "a surrogate is no character"),
        ("ASK{?s ?p '\\U00110000'}", "escape", "beyond the last character"),
        ("ASK{FILTER(?a<(?b)&&?c>?d)}", "ambiguous", "could be an IRI"),
        ("ASK{<<a:b?p#>\n?o>>}", "ambiguous", "could be an IRI"),
        ("ASK{(]}", "brackets", "does not match"),
        ("ASK{}}", "brackets", "closes nothing"),
        ("INSERT DATA {}", "form", "an update"),
        ("DELETE WHERE {?s ?p ?o}", "form", "an update"),
        ("PREFIX a: <x:> LOAD <x:y>", "form", "an update"),
        ("", "form", "nothing"),
        ("# SELECT * {}", "form", "a comment only"),
        ("'SELECT'", "form", "a string"),
    ],
)
def test_disguises_are_refused(text: str, rule: str, why: str) -> None:
    """Calls to other servers, updates and what cannot be judged are refused."""
    assert refused(text)["rule"] == rule, why


@pytest.mark.parametrize(
    ("rule", "most", "too_many"),
    [
        (
            "size",
            "ASK{}" + " " * (LIMITS.size - 5),
            "ASK{}" + "я" * (LIMITS.size // 2),
        ),
        ("depth", "ASK" + "{" * 48, "ASK" + "{" * 49),
        ("depth", "ASK{" + "(" * 47, "ASK{" + "(" * 48),
        ("depth", "ASK{" + "<< " * 48, "ASK{" + "<< " * 49),
        ("statements", "ASK{" + "?s ?p ?o." * 120, "ASK{" + "?s ?p ?o." * 121),
        ("statements", "ASK{?s ?p ?o" + ",?o" * 120, "ASK{?s ?p ?o" + ",?o" * 121),
        ("statements", "ASK{?s ?p(1" + " 1" * 120, "ASK{?s ?p(1" + " 1" * 121),
        ("statements", "ASK{?s ?p(()" + "()" * 120, "ASK{?s ?p(()" + "()" * 121),
        ("groups", "ASK" + "{}" * 80, "ASK" + "{}" * 81),
        ("operators", "ASK{FILTER(1" + "+1" * 400, "ASK{FILTER(1" + "+1" * 401),
        ("operators", "ASK{FILTER(" + "!" * 400, "ASK{FILTER(" + "!" * 401),
        ("operators", "ASK{FILTER(1" + "||1" * 400, "ASK{FILTER(1" + "||1" * 401),
        (
            "operators",
            "ASK{FILTER(1<2" + "+1" * 398 + ">1",
            "ASK{FILTER(1<2" + "+1" * 401 + ">1",
        ),
        ("steps", "ASK{?s <x:p>" + "/<x:p>" * 100, "ASK{?s <x:p>" + "/<x:p>" * 101),
        ("steps", "ASK{?s " + "^" * 100, "ASK{?s " + "^" * 101),
    ],
)
def test_limits_are_exact(rule: str, most: str, too_many: str) -> None:
    """A query at a limit passes, and one beyond it is refused by its name."""
    admit(most, LIMITS)

    assert refused(too_many)["rule"] == rule
    assert refused(too_many)["limit"] == getattr(LIMITS, rule)


_WRITTEN = (
    "PREFIX a: <http://h/a#> ¦PREFIX¦BASE <http://h/> ¦SELECT ¦ASK¦aſk¦?x ¦$y¦? ¦*¦"
    "DESCRIBE<http://h/x>¦WHERE ¦{¦ }¦.¦;¦,¦<http://h/x#y> ¦<http://h/{x}>¦<x:y> ¦"
    "<a://>¦<¦>¦a:b ¦a:¦:¦a:b.c ¦a:b\\,¦_:b ¦1 ¦1.5¦1e5¦-¦+1¦/¦|¦^¦a.b¦-a¦(¦)¦[¦]¦"
    "'}'¦\"{\"¦#{\n¦#¦\n¦VALUES ¦@en¦ime¦име¦SERVICE ¦LIMIT 5¦FROM <http://h/g> ¦"
    "\\¦&&¦!¦=¦%20¦\0¦\r"
)
_PIECES = st.sampled_from(_WRITTEN.split("¦"))
_QUERIES = st.tuples(
    st.lists(_PIECES, max_size=3).map("".join),
    st.sampled_from(["SELECT * {", "SELECT ?x WHERE {", "ask{", "CONSTRUCT{"]),
    st.lists(_PIECES, max_size=8).map("".join),
    st.sampled_from(["}", "} LIMIT 5", "}}", ""]),
).map("".join)


@given(_QUERIES | st.lists(_PIECES, max_size=12).map("".join))
def test_plain_queries_are_judged_like_all_others(text: str) -> None:
    """A comment in front, for which every token is read, makes no difference."""

    def judged(text: str) -> object:
        try:
            return admit(text, tight)
        except QueryRefused as refusal:
            return refusal.extra["rule"]

    tight = GateLimits(depth=3, statements=3, groups=2, operators=2, steps=2)

    assert judged(text) == judged(f"#\n{text}")


def test_plain_queries_are_counted() -> None:
    """Statements of one group of plain terms have the same limit as others."""
    statement = "?a <http://h/p> ?b ; "
    most = f"SELECT * {{{statement * LIMITS.statements}}}"

    assert admit(most, LIMITS) == QueryForm.SELECT
    assert refused(most.replace("}", ".}"))["rule"] == "statements"


def test_data_blocks_and_lists_are_free() -> None:
    """Long lists of values are an honest use and cost no statements."""
    rows = "(1 <x:y>)" * 1000
    options = ",".join("1" for _ in range(1000))

    text = f"SELECT * {{VALUES(?a ?b){{{rows}}} FILTER(?a IN ({options}))}}"

    assert admit(text, LIMITS) == QueryForm.SELECT


def test_refusal_says_where_and_why_in_both_languages() -> None:
    """A refusal names line, column and rule, and speaks both languages."""
    with pytest.raises(QueryRefused) as caught:
        admit(f"SELECT *\n{{ {CALL} }}", LIMITS)

    assert caught.value.detail == {
        "en": "Line 2, column 3: Queries may not call other servers: SERVICE is "
        "not available.",
        "bg": "Ред 2, колона 3: Заявките не могат да се обръщат към други сървъри: "
        "SERVICE не се поддържа.",
    }
    assert caught.value.extra == {"rule": "service", "line": 2, "column": 3}


def test_hunt_finds_no_call_behind_the_gate() -> None:
    """Of thousands of nasty texts that make Oxigraph call a server none passes."""
    bag = hunt(seed=1, number=1_000_000 if TORTURE else 4_000)

    assert (bag.missed, bag.deadly) == ([], [])
    assert bag.executed > 100
    assert bag.admitted > 300
