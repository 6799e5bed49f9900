"""The projector process of a server, and the one that keeps it running.

`registry serve` starts a keeper by `registry project`. The keeper imports what a
projector needs and forks one; when that ends, however it does, it forks another, which
so is there at once.
"""

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from registry import logs, wiring
from registry.settings import read_settings

log = logging.getLogger(__name__)

POLL = 0.1
"""Seconds between two looks at the journal."""
PAUSE = 5.0
"""Seconds to wait after what is missing could not be found."""
LEAVING = 0.5
"""Seconds that a projector has to finish what it does when its keeper is gone."""
ENDING = 2.0
"""Seconds that a keeper gets to end by itself."""
SOON = 0.1
"""Seconds to wait before a projector that never caught up is replaced; twice as long
each time that the next one does not either."""
PATIENCE = 8.0
"""Seconds to wait at most: a disk that was full may have space again."""
RESTART = 1.0
"""Seconds to wait before a keeper that did not live long is replaced."""
LIVED = 10.0
"""Seconds after which it has lived long enough to be replaced at once."""


def add_to(app: typer.Typer) -> None:
    """Adds the command of this module."""
    app.command(hidden=True)(project)


@contextmanager
def running() -> Iterator[None]:
    """Keeps a projector running until the block ends.

    Its keeper ends when its stdin closes. A pipe rather than a signal: it closes even
    if this process is killed.
    """
    stop = threading.Event()
    current: list[subprocess.Popen[bytes]] = []

    def look_after() -> None:
        while not stop.is_set():
            began = time.monotonic()
            keeper = subprocess.Popen(
                [sys.executable, "-m", "registry.cli.main", "project"],
                stdin=subprocess.PIPE,
            )
            current[:] = [keeper]
            if stop.is_set():
                _end(keeper)
            status = keeper.wait()
            lived = time.monotonic() - began > LIVED
            if not stop.wait(0 if lived else RESTART):
                log.warning("keeper of the projector restarted", extra={"as": status})

    thread = threading.Thread(target=look_after, name="projector", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        for keeper in current:
            _end(keeper)
        thread.join()


def _end(keeper: "subprocess.Popen[bytes]") -> None:
    """Asks a keeper to end, and ends it if it does not."""
    if keeper.stdin:
        keeper.stdin.close()
    try:
        keeper.wait(ENDING)
    except subprocess.TimeoutExpired:
        keeper.kill()


def project() -> None:
    """Bring the projections up to the journal until stdin closes."""
    logs.configure()
    settings = read_settings()
    keeper = _kept()
    threading.Thread(target=_end_with, args=(keeper,), daemon=True).start()
    with wiring.writer(settings) as writer, _finding_gaps(writer):
        well = False
        while True:
            count = writer.catch_up()
            writer.graphs.publish()
            if count:
                log.info(
                    "projected",
                    extra={"records": count, "sequence": writer.graphs.sequence()},
                )
            if not well:
                keeper.send(b".")
                well = True
            wait = settings.engine.rotation if count else POLL
            if select.select([keeper], [], [], wait)[0]:
                return


def _kept() -> socket.socket:
    """Returns in every projector, but never in their keeper.

    Nothing may have started a thread before: a fork would have half of it.

    Returns:
        What closes when the keeper ends, and takes a byte once all is well.
    """
    wait = SOON
    while True:
        ours, theirs = socket.socketpair()
        projector = os.fork()
        if not projector:
            ours.close()
            return theirs
        theirs.close()
        with ours:
            well = _outlived(projector, ours)
        _, status = os.waitpid(projector, 0)
        wait = SOON if well else min(2 * wait, PATIENCE)
        if select.select([sys.stdin], [], [], 0 if well else wait)[0]:
            sys.exit(0)
        log.warning("projector restarted", extra={"status": status})


def _outlived(projector: int, ours: socket.socket) -> bool:
    """Waits for the end of a projector and says whether it was well before.

    If stdin closes first, it ends the projector and this process.
    """
    well = False
    while ours in select.select([sys.stdin, ours], [], [])[0]:
        if not ours.recv(1):
            return well
        well = True
    ours.shutdown(socket.SHUT_WR)
    # It is killed if it is in the middle of something, by which nothing is lost: a
    # projection carries on from the sequence number that it reached.
    while select.select([ours], [], [], 2 * LEAVING)[0]:
        if not ours.recv(1):
            sys.exit(0)
    os.kill(projector, signal.SIGKILL)
    sys.exit(0)


@contextmanager
def _finding_gaps(writer: wiring.Writer) -> Iterator[None]:
    """Has what is missing found beside the projections, which do not wait for it."""
    stop = threading.Event()

    def look() -> None:
        wait = POLL
        while not stop.wait(wait):
            wait = POLL
            try:
                writer.find_gaps()
            except Exception:
                log.exception("gaps not found")
                wait = PAUSE

    thread = threading.Thread(target=look, name="gaps", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _end_with(keeper: socket.socket) -> None:
    """Ends this process soon after its keeper, whatever it is in the middle of.

    The projector that the next server starts has to wait for the store until then.
    """
    select.select([keeper], [], [])
    time.sleep(LEAVING)
    os._exit(0)
