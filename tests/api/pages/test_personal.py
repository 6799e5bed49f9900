import pytest

from api.pages.personal import errors_of, own_path, require
from registry.errors import BadParameter

LANGUAGES = ("bg", "en")


@pytest.mark.parametrize(
    "wanted", ["/bg/desk", "/en/desk/people?organisation=x", "/bg/place/%D0%B0"]
)
def test_pages_of_ours_are_gone_on_to(wanted: str) -> None:
    """With what was asked of them."""
    assert own_path(wanted, LANGUAGES) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "https://evil.example/bg/",
        "//evil.example/bg/",
        "/\\evil.example/bg",
        "/bg\\..\\x",
        "javascript:alert(1)",
        "bg/desk",
        "/sparql",
        "/bg/desk\r\nSet-Cookie: a=b",
        "/bg/мания",
    ],
)
def test_nothing_else_is_gone_on_to(wanted: str) -> None:
    """Neither another site, nor an address for programs, nor a header."""
    assert own_path(wanted, LANGUAGES) is None


def test_a_refusal_leads_to_its_field() -> None:
    """In the language of the page, or the first of ours."""
    error = BadParameter("wrong", "грешно", extra={"field": "name"})

    assert errors_of(error, "en") == [("wrong", "name")]
    assert errors_of(error, "uk") == [("грешно", "name")]
    assert errors_of(BadParameter("a", "б"), "bg") == [("б", None)]


def test_a_missing_field_is_refused() -> None:
    """By its name."""
    assert require("x", "name") == "x"
    with pytest.raises(BadParameter, match="name"):
        require(None, "name")
