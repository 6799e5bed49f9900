import pytest

from registry.ports import Answer, Query
from registry.store import reuse
from registry.store.reuse import Answers

CSV = "text/csv"


def _key(text: str) -> reuse.Key:
    found = reuse.key(Query(text), CSV)
    assert found
    return found


def test_equal_questions_have_one_key() -> None:
    """Space around a query means nothing; graphs and the media type do."""
    assert _key(" ASK {}\n") == _key("ASK {}")
    assert _key("ASK { }") != _key("ASK {}")
    assert reuse.key(Query("ASK {}", ("x:y",)), CSV) != _key("ASK {}")
    assert reuse.key(Query("ASK {}"), "text/plain") != _key("ASK {}")


@pytest.mark.parametrize("call", ["NOW()", "rand ()", "STRUUID()", "UUID()", "BNODE()"])
def test_what_differs_each_time_is_not_reused(call: str) -> None:
    """A query with a function of chance or time is run each time."""
    assert reuse.key(Query(f"SELECT({call} AS ?x) {{}}"), CSV) is None


def test_answers_are_those_of_one_snapshot() -> None:
    """A new snapshot makes every kept answer useless."""
    answers = Answers(10_000)
    answers.keep(_key("ASK {}"), "one", Answer(b"yes", 1))
    found = answers.find(_key("ASK {}"), "one")
    stale = answers.find(_key("ASK {}"), "two")
    answers.keep(_key("ASK { }"), "two", Answer(b"no", 2))

    assert (found, stale) == (Answer(b"yes", 1), None)
    assert answers.health() == {"kept": 1, "bytes": 16, "hits": 1, "misses": 1}


def test_bytes_and_number_are_bounded() -> None:
    """The one not asked for longest goes first; a limit of nothing keeps nothing."""
    answers, none = Answers(2 * (100 + 2 * 6)), Answers(0)
    for text in ("ASK {1", "ASK {2", "ASK {1", "ASK {3"):
        if not answers.find(_key(text), "one"):
            answers.keep(_key(text), "one", Answer(b"x" * 100, 1))
    none.keep(_key("ASK {}"), "one", Answer(b"yes", 1))

    assert answers.find(_key("ASK {1"), "one")
    assert not answers.find(_key("ASK {2"), "one")
    assert none.health()["kept"] == none.health()["bytes"] == 0
