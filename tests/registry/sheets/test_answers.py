from registry.sheets.answers import joined, parted


def test_an_answer_comes_apart_as_it_was_joined() -> None:
    """Whatever the file holds, line ends among it."""
    answer = joined({"findings": ["ред"]}, b"a\r\n\nb")

    assert parted(answer) == ({"findings": ["ред"]}, b"a\r\n\nb")
