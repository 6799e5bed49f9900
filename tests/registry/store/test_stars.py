import pytest

from registry.store.stars import Aggregate, Pattern, recognise

SUM = "SELECT (SUM(?n) AS ?s) { %s }"


def test_star_is_cut_out() -> None:
    """Its patterns are told one by one, and the rest stays as it was written."""
    found = recognise(
        "PREFIX a: <http://a/>\nSELECT ?y (SUM(?n) AS ?s) WHERE { ?o a a:O ; a:y ?y , "
        "a:z ; a:n ?n . ?y a:l ?name FILTER(?y > 3 && ?name != 'x') } "
        "GROUP BY ?y ORDER BY DESC(?s) LIMIT 3"
    )

    assert found is not None
    assert found.patterns == [
        Pattern("a", "", "a:O"),
        Pattern("a:y", "y", ""),
        Pattern("a:y", "", "a:z"),
        Pattern("a:n", "n", ""),
    ]
    assert found.head == ["SELECT ?y (", Aggregate("SUM", "n", False), "AS ?s) WHERE"]
    assert found.tail == ["GROUP BY ?y ORDER BY DESC(?s) LIMIT 3"]
    assert found.rest == "?y a:l ?name ."
    assert [(f.text, f.comparison) for f in found.filters] == [
        ("?y > 3", (">", "3")),
        ("?name != 'x'", None),
    ]
    assert found.used == {"y", "s", "name"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("SELECT ?n { ?o <p> ?n }", id="rows count as often as they come"),
        pytest.param("SELECT DISTINCT * { ?o <p> ?n }", id="all variables"),
        pytest.param("SELECT REDUCED ?n { ?o <p> ?n } GROUP BY ?n", id="reduced"),
        pytest.param("ASK { ?o <p> ?n } HAVING(COUNT(*) > 1)", id="no rows"),
        pytest.param("SELECT (SAMPLE(?n) AS ?s) { ?o <p> ?n }", id="any of them"),
        pytest.param(
            "SELECT (GROUP_CONCAT(?n) AS ?s) (SUM(?n) AS ?t) { ?o <p> ?n }",
            id="in an order",
        ),
        pytest.param("SELECT (SUM(?n*2) AS ?s) { ?o <p> ?n }", id="an expression"),
        pytest.param("SELECT (SUM(?n) AS ?s) FROM <g> { ?o <p> ?n }", id="a graph"),
        pytest.param(SUM % "?o <p> ?n } VALUES ?n { 1", id="values at the end"),
        pytest.param(SUM % "?o ?p ?n", id="any predicate"),
        pytest.param(SUM % "?o <p>/<q> ?n", id="a path"),
        pytest.param(SUM % "?o <p> ?n ; <q> ?n", id="a variable twice"),
        pytest.param(SUM % "?o <p> ?n . ?x <q> ?o", id="the subject elsewhere"),
        pytest.param(SUM % "?o <p> ?n OPTIONAL { ?o <q> ?x }", id="in an optional"),
        pytest.param(SUM % "?o <p> ?n FILTER(?o != <x>)", id="the subject in a filter"),
        pytest.param(SUM % "?o <p> ?n FILTER(RAND() > 0.5)", id="chance"),
        pytest.param(SUM % "?o <p> ?n FILTER EXISTS { ?a ?b ?c }", id="exists"),
        pytest.param(SUM % "?o <p> ?n FILTER(?x<?n&&?y>1)", id="less than or an IRI"),
        pytest.param(SUM % "?o <p> [] ; <q> ?n", id="a blank node"),
        pytest.param(SUM % "?o <p> ?n <q> ?m", id="no semicolon"),
        pytest.param(SUM % "?o <p> ?n BIND(RAND() AS ?r)", id="chance in the rest"),
        pytest.param("SELECT (SUM(?n) AS ?s) { ?o <p> ?n", id="not closed"),
        pytest.param("SELECT (SUM(?x) AS ?s) { ?o <p> ?n }", id="of something else"),
        pytest.param("SUM", id="no query"),
    ],
)
def test_what_is_not_understood_is_not_recognised(text: str) -> None:
    """The engine is left whatever could mean something else."""
    assert recognise(text) is None
