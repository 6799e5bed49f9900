import pytest

from registry.forms.field import Field, Form, Group, Literal, Style
from registry.sheets.columns import Column, Lists, columns, name_of, normal
from registry.sheets.wording import Wording

NAMES = {"active": {"bg": "действа", "en": "active"}}
START = "http://registry.example/id/scheme/state#"
STATE = Column(
    "state", {}, several=True, start=START, names=NAMES, wording=Wording(NAMES)
)
PLAIN = Column("homepage", {}, several=True)
TEXT = Column("name.bg", {}, long=True)


def field(term: str, style: Style, **members: object) -> Field:
    """A field of this term."""
    given = {
        "several": False,
        "tier": None,
        "rules": {},
        "path": term,
        "help": {},
        "name": {"bg": term.upper(), "en": term},
    }
    return Field(code=term, term=term, style=style, **{**given, **members})  # type: ignore[arg-type]


def test_every_input_of_a_form_has_a_column() -> None:
    """Texts one per language, nested nodes as many as are filled in."""
    inner = field("post", Style.LITERAL, literals=(Literal("post", "text", {}),))
    form = Form(
        "x",
        (
            Group(
                "g",
                {},
                (
                    field("name", Style.TEXT),
                    field("state", Style.CODES, scheme="http://s"),
                    field("place", Style.NODES, classes=("http://c",)),
                    field("kind", Style.TYPES, options=("A", "B")),
                    field("page", Style.ADDRESS, several=True),
                    field("address", Style.NODES, nested=(inner,)),
                ),
            ),
        ),
        (),
    )
    lists = Lists(lambda _: NAMES, lambda _: {"place/bg": {}}, "http://b/")

    found = columns(form, lists, [[("address.1.post", "")]])

    assert [(c.name, c.several, c.start) for c in found] == [
        ("name.bg", False, ""),
        ("name.en", False, ""),
        ("state", False, "http://s#"),
        ("place", False, "http://b/id/"),
        ("kind", True, ""),
        ("page", True, ""),
        ("address.0.post", False, ""),
        ("address.1.post", False, ""),
    ]
    assert found[0].heading("bg") == "name.bg – NAME (на български)"
    assert found[-1].heading("en") == "address.1.post – address (2): post"


@pytest.mark.parametrize(
    ("column", "cell", "values", "unknown"),
    [
        (STATE, "active – действа", [f"{START}active"], []),
        (STATE, f"{START}active\nспи", [f"{START}active"], ["спи"]),
        (PLAIN, " a \r\n\r\nb", ["a", "b"], []),
        (TEXT, " два\r\nреда ", ["два\nреда"], []),
        (TEXT, " ", [], []),
    ],
)
def test_a_cell_has_values(
    column: Column, cell: str, values: list[str], unknown: list[str]
) -> None:
    """Several stand one per line; of codes it is said which are none."""
    assert column.values(cell) == (values, unknown)


@pytest.mark.parametrize(
    ("column", "cell", "before", "same"),
    [
        (STATE, "действа", [f"{START}active"], True),
        (STATE, "", [f"{START}active"], False),
        (STATE, "https://elsewhere.example/", ["https://elsewhere.example/"], True),
        (PLAIN, "b\na", ["a", "b"], True),
        (PLAIN, "a", ["a", "b"], False),
        (TEXT, "два\r\nреда", ["два\nреда"], True),
        (TEXT, "x" * 32_767, ["x" * 40_000], True),
    ],
)
def test_a_cell_that_says_the_same_is_unchanged(
    column: Column, cell: str, before: list[str], same: bool
) -> None:
    """In another language, another order, or as far as a cell can hold it."""
    assert column.unchanged(cell, before) == same


def test_a_heading_is_known_by_its_name() -> None:
    """Whatever stands after it, in any language."""
    assert name_of("name.bg – Име (на български)") == "name.bg"
    assert name_of(" key ") == "key"
    assert normal("a\x00\r\nb") == "a\nb"
