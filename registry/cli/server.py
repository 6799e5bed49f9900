"""`registry serve` and the projector process that it looks after."""

import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import typer
import uvicorn

from registry import confinement, logs, sandbox, wiring
from registry.cli import console, dumps, mails
from registry.settings import read_settings

log = logging.getLogger(__name__)

POLL = 0.1
"""Seconds between two looks at the journal."""
RESTART = 1.0
"""Seconds to wait before a projector that did not live long is started again; twice
as long each time that the next one does not either."""
PATIENCE = 8.0
"""Seconds to wait at most: a disk that was full may have space again."""
PAUSE = 5.0
"""Seconds to wait after what is missing could not be found."""
LIVED = 10.0
"""Seconds after which it has lived long enough to be started again at once."""
LEAVING = 0.5
"""Seconds that a projector has to finish what it does when its parent is gone."""
ENDING = 2.0
"""Seconds that a projector gets to end by itself."""
GRACE = 6
"""Seconds that open answers get to finish when the server is told to stop; with all
else that has to end, that makes less than ten."""


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command()(serve)
    app.command(hidden=True)(project)


def serve() -> None:
    """Serve the registry over HTTP until interrupted."""
    settings = read_settings()
    logs.configure()
    wiring.mend(settings)
    registry = wiring.open_registry(settings)
    registry.close()
    console.error.print(
        f"Serving {registry.iris.base} on {settings.site.host}:{settings.site.port}"
    )
    _tell_of_the_sandbox()
    # The server raises the signal again once it has finished; that must not end
    # this process before its projector has ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _projector(), dumps.regularly(settings), mails.sending(settings):
        uvicorn.run(
            "api.main:create_app",
            factory=True,
            host=settings.site.host,
            port=settings.site.port,
            # Unlike the other parser, it refuses two lengths of one body.
            http="httptools",
            log_config=None,
            access_log=False,
            server_header=False,
            # Without proxies of ours, anybody could claim to be anybody.
            proxy_headers=bool(settings.site.proxies),
            forwarded_allow_ips=settings.site.proxies,
            timeout_graceful_shutdown=GRACE,
        )


def _tell_of_the_sandbox() -> None:
    """Says so where this system cannot keep workers from the network."""
    reached = sandbox.level()
    if reached != confinement.LIMITS:
        log.info("sandbox", extra={"level": reached})
        return
    log.error("sandbox is weak", extra={"level": reached})
    console.error.print(
        "This system offers neither seccomp nor namespaces, so workers that read what "
        "strangers send could reach the network. Memory and time are limited."
    )


@contextmanager
def _projector() -> Iterator[None]:
    """Keeps a projector process running; it ends when its stdin closes.

    A pipe rather than a signal: it closes even if this process is killed.
    """
    stop = threading.Event()
    current: list[subprocess.Popen[bytes]] = []

    def look_after() -> None:
        wait = RESTART
        while not stop.is_set():
            began = time.monotonic()
            process = subprocess.Popen(
                [sys.executable, "-m", "registry.cli.main", "project"],
                stdin=subprocess.PIPE,
            )
            current[:] = [process]
            if stop.is_set():
                _end(process)
            status = process.wait()
            lived = time.monotonic() - began > LIVED
            wait = RESTART if lived else min(2 * wait, PATIENCE)
            if not stop.wait(0 if lived else wait / 2):
                log.warning("projector restarted", extra={"status": status})

    thread = threading.Thread(target=look_after, name="projector", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        for process in current:
            _end(process)
        thread.join()


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Asks a projector to end, and ends it if it is in the middle of something.

    Nothing is lost by that: a projection carries on from the sequence number
    that it reached.
    """
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(ENDING)
    except subprocess.TimeoutExpired:
        process.kill()


def project() -> None:
    """Bring the projections up to the journal until stdin closes."""
    logs.configure()
    settings = read_settings()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with wiring.writer(settings) as writer, _finding_gaps(writer):
        while True:
            count = writer.catch_up()
            writer.graphs.publish()
            if count:
                log.info(
                    "projected",
                    extra={"records": count, "sequence": writer.graphs.sequence()},
                )
            wait = settings.engine.rotation if count else POLL
            if select.select([sys.stdin], [], [], wait)[0]:
                return


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


def _end_with_parent() -> None:
    """Ends this process soon after its parent, whatever it is in the middle of.

    The projector that the next server starts has to wait for the store until then.
    """
    select.select([sys.stdin], [], [])
    time.sleep(LEAVING)
    os._exit(0)
