from api.shelf import Kept, Shelf


def kept(body: bytes, position: int = 1) -> Kept:
    """Returns an answer that is nothing but its body."""
    return Kept(position, (), body)


def test_an_answer_is_taken_at_its_position() -> None:
    """What was made at one position is not given to who is at another."""
    shelf = Shelf(100_000)
    shelf.put(("a",), kept(b"old"))

    assert shelf.take(("a",), 1) == kept(b"old")
    assert shelf.take(("a",), 2) is None
    assert shelf.take(("b",), 1) is None


def test_a_newer_answer_stands_in_place_of_the_older() -> None:
    """One question has one answer, and its bytes are counted once."""
    shelf = Shelf(100_000)
    shelf.put(("a",), kept(b"old"))
    before = shelf.health()["bytes"]
    shelf.put(("a",), kept(b"new", 2))

    assert shelf.take(("a",), 2) == kept(b"new", 2)
    assert shelf.health()["bytes"] == before


def test_memory_is_bounded() -> None:
    """All answers take no more than the bytes allowed; the least asked for goes."""
    shelf = Shelf(20_000)
    for name in "abcdefghij":
        shelf.put((name,), kept(b"x" * 1000))
    shelf.take(("a",), 1)
    for name in "klmn":
        shelf.put((name,), kept(b"x" * 1000))

    assert shelf.take(("a",), 1) is not None
    assert shelf.take(("b",), 1) is None
    assert shelf.health()["bytes"] <= 20_000
    assert shelf.health()["answers"] == 12


def test_a_huge_answer_drives_out_none() -> None:
    """An answer beyond its share of all bytes is not kept, nor an older one of it."""
    shelf = Shelf(20_000)
    shelf.put(("a",), kept(b"small"))
    shelf.put(("b",), kept(b"small"))
    shelf.put(("a",), kept(b"x" * 2500, 2))

    assert shelf.take(("a",), 2) is None
    assert shelf.take(("b",), 1) is not None


def test_nothing_is_kept_where_there_is_no_room() -> None:
    """Without bytes for it the shelf stays empty."""
    shelf = Shelf(0)
    shelf.put(("a",), kept(b""))

    assert shelf.take(("a",), 1) is None


def test_hits_and_misses_are_counted() -> None:
    """What was asked for is counted by whether it was there."""
    shelf = Shelf(100_000)
    shelf.take(("a",), 1)
    shelf.put(("a",), kept(b"body"))
    shelf.take(("a",), 1)
    shelf.take(("a",), 1)

    assert shelf.health() == {"answers": 1, "bytes": 605, "hits": 2, "misses": 1}


def test_headers_are_found_by_name() -> None:
    """The first header of a name counts; one that is not there is empty."""
    answer = Kept(1, ((b"etag", b'"a"'), (b"vary", b"x"), (b"vary", b"y")), b"")

    assert (answer.tag, answer.header(b"vary"), answer.header(b"age")) == (
        '"a"',
        "x",
        "",
    )
