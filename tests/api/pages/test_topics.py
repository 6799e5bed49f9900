import pytest

from api.pages.topics import OTHER, TOPICS, topic
from tests import tables


@pytest.mark.parametrize("key", tables.KEYS)
def test_every_table_has_a_topic(key: str) -> None:
    """No table of ours is left for the last topic."""
    assert topic(key) in set(TOPICS) - {OTHER}


def test_unknown_names() -> None:
    """A table whose name says nothing stands under the last topic."""
    assert topic("something-else") == OTHER
