from pathlib import Path

import pytest

from registry.errors import MalformedDocument, Misconfigured, NotFound
from registry.kinds import KINDS
from registry.report import Constraint, Report, Result
from registry.shapes import Shapes, load

BASE = "https://registry.example/"
EX = "https://example.org/"
PLACE = f"{BASE}id/place/"

PREFIXES = """
@prefix ex: <https://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

PLACES = f"""{PREFIXES}
<shapes/place> a sh:NodeShape ;
    sh:property <shapes/place#name-missing> , <shapes/address#place> ,
        <shapes/place#year-format> .

<shapes/place#name-missing> a sh:PropertyShape ;
    sh:path ex:name ;
    sh:minCount 1 ;
    sh:severity sh:Violation ;
    sh:message "Напишете името."@bg , "Write the name."@en .

<shapes/place#year-format> a sh:PropertyShape ;
    sh:path ex:year ;
    sh:datatype xsd:gYear ;
    sh:severity sh:Warning ;
    sh:message "Проверете годината."@bg , "Check the year."@en .

<shapes/place#odd> a sh:NodeShape ;
    sh:not <shapes/place#both> ;
    sh:severity sh:Violation ;
    sh:message "Изберете едното."@bg , "Choose one of them."@en .
<shapes/place#both> a sh:NodeShape ;
    sh:property <shapes/place#town> , <shapes/place#village> .
<shapes/place#town> a sh:PropertyShape ; sh:path ex:town ; sh:minCount 1 .
<shapes/place#village> a sh:PropertyShape ; sh:path ex:village ; sh:minCount 1 .
"""

ADDRESSES = f"""{PREFIXES}
<shapes/address#place> a sh:PropertyShape ;
    sh:path ex:address ;
    sh:property <shapes/address#street-missing> .

<shapes/address#street-missing> a sh:PropertyShape ;
    sh:path ex:street ;
    sh:minCount 1 ;
    sh:severity sh:Violation ;
    sh:message "Напишете улицата."@bg , "Write the street."@en .
"""

NAME_MISSING = {"bg": "Напишете името.", "en": "Write the name."}
STREET_MISSING = {"bg": "Напишете улицата.", "en": "Write the street."}
CHECK_YEAR = {"bg": "Проверете годината.", "en": "Check the year."}
CHOOSE_ONE = {"bg": "Изберете едното.", "en": "Choose one of them."}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the rules for places, some in a file of their own."""
    (tmp_path / "place.ttl").write_text(PLACES, "utf-8")
    (tmp_path / "address.ttl").write_text(ADDRESSES, "utf-8")
    return tmp_path


@pytest.fixture
def shapes(folder: Path) -> Shapes:
    """The rules of the folder."""
    return load(folder, BASE)


def _triples(*statements: str) -> str:
    return "".join(f"{statement} .\n" for statement in statements)


def _named(key: str) -> str:
    return f'<{PLACE}{key}> <{EX}name> "{key}"'


def test_only_kinds_with_a_shape_are_offered(shapes: Shapes) -> None:
    """A file that shares rules among kinds is not taken for a kind."""
    assert shapes.kinds == ("place",)


def test_the_rules_of_a_kind_can_be_listed(shapes: Shapes) -> None:
    """Rules come with all that a help page needs, those of nested nodes last."""
    assert shapes.constraints("place") == [
        Constraint(
            "name-missing",
            "must",
            f"{EX}name",
            NAME_MISSING,
            f"{BASE}shapes/place#name-missing",
        ),
        Constraint(
            "year-format",
            "should",
            f"{EX}year",
            CHECK_YEAR,
            f"{BASE}shapes/place#year-format",
        ),
        Constraint("odd", "must", None, CHOOSE_ONE, f"{BASE}shapes/place#odd"),
        Constraint(
            "street-missing",
            "must",
            f"{EX}street",
            STREET_MISSING,
            f"{BASE}shapes/address#street-missing",
        ),
    ]


def test_a_thing_that_keeps_to_the_rules_has_an_empty_report(shapes: Shapes) -> None:
    """Nothing is reported where nothing is wrong."""
    report = shapes.check("place", _triples(_named("a")), [f"{PLACE}a"])

    assert report == Report(())
    assert report.conforms


def test_a_broken_rule_is_reported_whole(shapes: Shapes) -> None:
    """A result says which rule, on what, at which property, and what to do."""
    report = shapes.check("place", "", [f"{PLACE}a"])

    assert not report.conforms
    assert report.results == (
        Result(
            "name-missing",
            "must",
            f"{PLACE}a",
            f"{PLACE}a",
            f"{EX}name",
            None,
            NAME_MISSING,
        ),
    )


def test_a_rule_broken_by_a_nested_node_belongs_to_its_thing(shapes: Shapes) -> None:
    """The thing and the nested node are both named."""
    triples = _triples(
        _named("a"), f"<{PLACE}a> <{EX}address> <{PLACE}a#address>", _named("b")
    )
    report = shapes.check("place", triples, [f"{PLACE}a", f"{PLACE}b"])

    assert report.results == (
        Result(
            "street-missing",
            "must",
            f"{PLACE}a",
            f"{PLACE}a#address",
            f"{EX}street",
            None,
            STREET_MISSING,
        ),
    )
    assert report.of(f"{PLACE}a") == report
    assert report.of(f"{PLACE}b") == Report(())


def test_a_node_nested_in_two_things_is_reported_on_both(shapes: Shapes) -> None:
    """Neither thing gets away with what the other one has too."""
    shared = f"<{EX}address> <{EX}shared>"
    triples = _triples(
        _named("a"), _named("b"), f"<{PLACE}a> {shared}", f"<{PLACE}b> {shared}"
    )
    report = shapes.check("place", triples, [f"{PLACE}a", f"{PLACE}b"])

    assert [(r.focus_node, r.node) for r in report.results] == [
        (f"{PLACE}a", f"{EX}shared"),
        (f"{PLACE}b", f"{EX}shared"),
    ]


def test_a_rule_about_a_node_as_a_whole_has_no_path(shapes: Shapes) -> None:
    """The value of such a result is the node itself."""
    triples = _triples(
        _named("a"), f'<{PLACE}a> <{EX}town> "x"', f'<{PLACE}a> <{EX}village> "y"'
    )
    report = shapes.check("place", triples, [f"{PLACE}a"])

    assert report.results == (
        Result("odd", "must", f"{PLACE}a", f"{PLACE}a", None, f"{PLACE}a", CHOOSE_ONE),
    )


def test_what_should_be_does_not_refuse_publication(shapes: Shapes) -> None:
    """A warning is in the report, with the value as it was written."""
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    triples = _triples(_named("a"), f'<{PLACE}a> <{EX}year> "0014"^^<{integer}>')
    report = shapes.check("place", triples, [f"{PLACE}a"])

    assert report.conforms
    assert report.results == (
        Result(
            "year-format",
            "should",
            f"{PLACE}a",
            f"{PLACE}a",
            f"{EX}year",
            "0014",
            CHECK_YEAR,
        ),
    )


def test_only_the_things_given_are_checked(shapes: Shapes) -> None:
    """What surrounds a thing is there to be referred to, not to be judged."""
    triples = _triples(_named("a"), f"<{PLACE}b> <{EX}address> <{PLACE}b#address>")

    assert shapes.check("place", triples, [f"{PLACE}a"]) == Report(())


def test_a_report_is_in_the_same_order_every_time(shapes: Shapes) -> None:
    """Neither the order of the triples nor that of the things matters."""
    statements = [
        f"<{PLACE}{key}> <{EX}{name}> {value}"
        for key in ("b", "a", "c")
        for name, value in (
            ("year", '"z"'),
            ("year", '"y"'),
            ("address", f"<{PLACE}{key}#address>"),
        )
    ]
    things = [f"{PLACE}{key}" for key in ("c", "a", "b")]
    one = shapes.check("place", _triples(*statements), things)
    other = shapes.check("place", _triples(*statements[::-1]), things[::-1])

    assert one == other
    assert [(r.focus_node[-1], r.code, r.value) for r in one.results[:4]] == [
        ("a", "name-missing", None),
        ("a", "street-missing", None),
        ("a", "year-format", "y"),
        ("a", "year-format", "z"),
    ]


def test_no_things_need_no_check(shapes: Shapes) -> None:
    """An empty batch conforms."""
    assert shapes.check("place", "", []) == Report(())


def test_a_kind_without_rules_is_not_found(shapes: Shapes) -> None:
    """Asking for the rules of an unknown kind is refused with its name."""
    with pytest.raises(NotFound, match="planet"):
        shapes.constraints("planet")
    with pytest.raises(NotFound, match="planet"):
        shapes.check("planet", "", [])


def test_a_triple_cannot_be_a_value(shapes: Shapes) -> None:
    """A statement about a statement is refused, not passed over."""
    quoted = f"<<( <{EX}s> <{EX}p> <{EX}o> )>>"

    with pytest.raises(MalformedDocument):
        shapes.check("place", _triples(f"<{PLACE}a> <{EX}p> {quoted}"), [f"{PLACE}a"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<shapes/place> a", "is not Turtle"),
        (PLACES.replace('"Напишете името."@bg ,', ""), "message in a language"),
        (PLACES.replace("sh:Warning", "sh:Info"), "known severity"),
    ],
    ids=["syntax", "language", "severity"],
)
def test_rules_that_cannot_be_shown_are_not_loaded(
    folder: Path, text: str, reason: str
) -> None:
    """A broken file stops the start with a reason, not the first check."""
    (folder / "place.ttl").write_text(text, "utf-8")

    with pytest.raises(Misconfigured, match=reason):
        load(folder, BASE)


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    """A wrong folder never means that everything is allowed."""
    with pytest.raises(Misconfigured, match="no shapes"):
        load(tmp_path, BASE)


def test_the_shapes_of_the_registry_cover_every_kind() -> None:
    """Each kind of record has rules of both severities."""
    shapes = load(Path(__file__).parents[2] / "shapes", BASE)

    assert shapes.kinds == tuple(KINDS)
    for kind in KINDS:
        severities = {constraint.severity for constraint in shapes.constraints(kind)}
        assert severities == {"must", "should"}
