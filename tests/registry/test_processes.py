import multiprocessing
import os
import signal
from multiprocessing.connection import Connection, Pipe, wait

from registry import processes

BOUND = 60.0
"""Seconds that anything here may take."""


def _child(end: Connection) -> None:
    parent = multiprocessing.parent_process()
    assert parent
    processes.end_with(parent.sentinel)
    end.send(os.getpid())
    signal.pause()


def _parent(end: Connection) -> None:
    child = multiprocessing.get_context("spawn").Process(target=_child, args=(end,))
    child.start()
    child.join()


def test_a_process_ends_with_that_which_started_it() -> None:
    """It does so even if that one is killed and cannot say goodbye."""
    ours, theirs = Pipe(duplex=False)
    parent = multiprocessing.get_context("spawn").Process(
        target=_parent, args=(theirs,)
    )
    parent.start()
    theirs.close()
    child = ours.recv()
    watched = os.pidfd_open(child)

    parent.kill()

    assert wait([watched], BOUND) == [watched]
    parent.join()
    os.close(watched)
