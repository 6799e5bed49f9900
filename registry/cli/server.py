"""`registry serve`."""

import contextlib
import logging
import signal
import sys
import threading

import typer
import uvicorn

from registry import confinement, logs, sandbox, wiring
from registry.cli import console, dumps, mails, projector
from registry.settings import SiteSettings, read_settings

log = logging.getLogger(__name__)

GRACE = 6
"""Seconds that open answers get to finish when the server is told to stop; with all
else that has to end, that makes less than ten."""


def add_to(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command()(serve)


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
    server = uvicorn.Server(_configured(settings.site))
    # Whoever connects from here on waits for the rest of the start, and is not refused.
    listener = server.config.bind_socket()
    listener.listen()
    # The server raises the signal again once it has finished; that must not end
    # this process before its projector has ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with projector.running(), dumps.regularly(settings), mails.sending(settings):
        threading.Thread(target=_tell_of_the_sandbox, daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):
            server.run([listener])
    if not server.started:
        sys.exit(1)


def _configured(site: SiteSettings) -> uvicorn.Config:
    return uvicorn.Config(
        "api.main:create_app",
        factory=True,
        host=site.host,
        port=site.port,
        # Unlike the other parser, it refuses two lengths of one body.
        http="httptools",
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
