import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.serving import READY, Operator, free_port
from tests.torture.processes import of_role


def _projectors(server: int) -> Sequence[int]:
    """Returns the keeper and the projector that it forked, once both are there."""
    ends = time.monotonic() + READY
    while len(found := of_role(server, "projector")) != 2:
        assert time.monotonic() < ends, found
        # Nothing tells that a process was started but looking for it.
        time.sleep(0.02)
    return sorted(found)


@pytest.mark.parametrize("victim", [0, 1])
def test_projections_go_on_whoever_is_killed(tmp_path: Path, victim: int) -> None:
    """A killed projector is replaced by its keeper, and both of them by the server."""
    operator = Operator(tmp_path / "data", free_port())
    operator.run("init")

    with operator.serving() as server:
        before = _projectors(server.pid)
        os.kill(before[victim], signal.SIGKILL)
        operator.run("load", "schemes/place-level.csv")
        operator.wait(server)
        after = _projectors(server.pid)

    assert set(before) & set(after) == ({before[0]} if victim else set())
