"""The mails of a server: a thread of it sends what is in the outbox."""

import logging
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from registry import wiring
from registry.settings import Settings

log = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds between two looks into the outbox."""
PAUSE = 30.0
"""Seconds to wait after something went wrong that nobody foresaw."""


@contextmanager
def sending(settings: Settings, look: float = LOOK) -> Iterator[None]:
    """Sends mails as they become due, until the block ends.

    Nothing is lost by that, or by a crash: the outbox is in the journal's database.

    Args:
        settings: where mails go, and where the registry is.
        look: seconds between two looks into the outbox.
    """
    stop = threading.Event()
    thread = threading.Thread(
        target=_look_after, args=(settings, stop, look), name="mails", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        # One that waits for a slow server ends with the process.
        thread.join(1.0)


def _look_after(settings: Settings, stop: threading.Event, look: float) -> None:
    with closing(wiring.open_registry(settings)) as registry:
        wait = look
        while not stop.wait(wait):
            wait = look
            try:
                registry.send_mails()
            except Exception:
                log.exception("mails not sent")
                wait = PAUSE
