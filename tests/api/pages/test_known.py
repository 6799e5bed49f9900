import pytest
from jinja2 import Environment

from api.pages.known import KnownCalls


@pytest.fixture
def environment() -> Environment:
    made = Environment(autoescape=True, extensions=[KnownCalls])
    made.globals.update(
        say=lambda text: {"Contacts": "Контакти & <b>"}.get(text, text),
        page=lambda path, **_: f"/bg/{path}",
        _=lambda text: f"asked for {text}",
    )
    return made


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ('{{ _("Contacts") }}', "Контакти &amp; &lt;b&gt;"),
        ('{{ page("find") }}', "/bg/find"),
        ('{% set way = page("find") %}{{ way }}', "/bg/find"),
        ('{{ [page("a"), page("b")] | join }}', "/bg/a/bg/b"),
        ('{{ _("Contacts") if false else _("x") }}', "x"),
    ],
)
def test_answered_when_read(environment: Environment, template: str, page: str) -> None:
    """A call with one text is the text that it gives, escaped as any other."""
    assert environment.from_string(template).render() == page


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("{{ _(text) }}", "asked for x"),
        ('{{ page("a" ~ text) }}', "/bg/ax"),
        ('{{ page("a", q=text) }}', "/bg/a"),
        ('{{ thing.page("a") }}', "its own a"),
        ('_("Contacts")', '_("Contacts")'),
    ],
)
def test_left_alone(environment: Environment, template: str, page: str) -> None:
    """Whatever depends on the page, or is something else, is done for each page."""

    class Thing:
        def page(self, text: str) -> str:
            return f"its own {text}"

    made = environment.from_string(template).render(text="x", thing=Thing())

    assert made == page
