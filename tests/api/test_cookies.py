from api.cookies import NAMES, personal


def test_each_of_our_cookies_makes_an_answer_personal() -> None:
    """Whoever sends one gets nothing that was made for everybody."""
    for name in NAMES:
        header = f"other=1; {name}=x".encode()
        assert personal({"headers": [(b"cookie", header)]})


def test_other_cookies_do_not() -> None:
    """Those of other programs on this host tell nothing."""
    assert not personal({"headers": [(b"cookie", b"other=1; sessions=2")]})
    assert not personal({"headers": []})
