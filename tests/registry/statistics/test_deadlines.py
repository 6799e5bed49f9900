from threading import Event, active_count

import pytest

from registry.statistics.deadlines import Deadlines

SOON = 10.0
"""Seconds after which a test gives up."""


def test_late_work_is_interrupted() -> None:
    """Work that takes too long is interrupted, more than once if need be."""
    deadlines = Deadlines(0.01)
    first, second = Event(), Event()

    def interrupt() -> None:
        (second if first.is_set() else first).set()

    with deadlines.watching(interrupt, 0.01):
        assert second.wait(SOON)
    deadlines.close()


def test_work_with_less_time() -> None:
    """Whoever has little time left is not kept waiting for the others."""
    deadlines = Deadlines(3600)
    interrupted, other = Event(), Event()

    with deadlines.watching(other.set, 3600), deadlines.watching(interrupted.set, 0):
        assert interrupted.wait(SOON)
    deadlines.close()

    assert not other.is_set()


def test_work_that_ended_is_left_alone() -> None:
    """Nothing is interrupted after its end, not even when it failed."""
    deadlines = Deadlines(3600)
    ended, later = Event(), Event()

    with pytest.raises(ValueError, match="broken"), deadlines.watching(ended.set, 3600):
        raise ValueError("broken")
    with deadlines.watching(later.set, 0):
        assert later.wait(SOON)
    deadlines.close()

    assert not ended.is_set()


def test_close() -> None:
    """The thread ends with the deadlines; without work there never was one."""
    before = active_count()
    idle, used = Deadlines(3600), Deadlines(3600)

    with used.watching(lambda: None, 3600):
        pass
    idle.close()
    used.close()

    assert active_count() == before
