import pytest

from registry.mail import is_address


@pytest.mark.parametrize("text", ["m@one.example", "a.b+c@localhost", "o'neil@a-b.bg"])
def test_an_address_is_one(text: str) -> None:
    """What mail servers take is taken."""
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "nobody@",
        "@one.example",
        "a..b@one.example",
        "a@one..example",
        "a@one.example, b@one.example",
        "a@one.example\nBcc: b@one.example",
        "Мария <m@one.example>",
        "мария@one.example",
        "a" * 65 + "@one.example",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    """Neither a list, nor a second line, nor a name beside it."""
    assert not is_address(text)
