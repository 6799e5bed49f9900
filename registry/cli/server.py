"""`registry serve`."""

import contextlib
import logging
import signal
import sys
import threading
from socket import socket
from typing import Annotated

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from registry import confinement, logs, sandbox, wiring
from registry.cli import console, dumps, mails, projector
from registry.settings import SiteSettings, read_settings

log = logging.getLogger(__name__)

HUNG = 30
"""Seconds after which a web process of several that does not stir is replaced."""
GRACE = 6
"""Seconds that open answers get to finish when the server is told to stop; with all
else that has to end, that makes less than ten."""


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command()(serve)


def serve(
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Web processes that share the port.")
    ] = 1,
) -> None:
    """Serve the registry over HTTP until interrupted.

    Each web process has query workers of its own. One that dies is replaced.
    """
    settings = read_settings()
    logs.configure()
    wiring.mend(settings)
    registry = wiring.open_registry(settings)
    registry.close()
    console.error.print(
        f"Serving {registry.iris.base} on {settings.site.host}:{settings.site.port}"
    )
    config = _configured(settings.site, workers)
    # Whoever connects from here on waits for the rest of the start, and is not refused.
    listener = config.bind_socket()
    listener.listen()
    # The server raises the signal again once it has finished; that must not end
    # this process before its projector has ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with projector.running(), dumps.regularly(settings), mails.sending(settings):
        threading.Thread(target=_tell_of_the_sandbox, daemon=True).start()
        started = True
        with contextlib.suppress(KeyboardInterrupt):
            started = _run(config, listener)
    if not started:
        sys.exit(1)


def _run(config: uvicorn.Config, listener: socket) -> bool:
    """Serves until this process is told to stop; says whether it ever did."""
    if config.workers > 1:
        Multiprocess(config, [listener]).run()
        return True
    server = uvicorn.Server(config)
    server.run([listener])
    return server.started


def _configured(site: SiteSettings, workers: int) -> uvicorn.Config:
    return uvicorn.Config(
        # By name: each process makes its own.
        "api.main:create_app" if workers == 1 else "api.main:create_one_of_many",
        factory=True,
        workers=workers,
        timeout_worker_healthcheck=HUNG,
        host=site.host,
        port=site.port,
        # Upon httptools, which, unlike the other parser, refuses two lengths of a body.
        http="api.wire:Connection",
        log_config=None,
        access_log=False,
        server_header=False,
        # Without proxies of ours, anybody could claim to be anybody.
        proxy_headers=bool(site.proxies),
        forwarded_allow_ips=site.proxies,
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
