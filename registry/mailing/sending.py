"""Sending what is due: one attempt each, and another one later where it failed."""

import logging

from registry.mailing.format import written
from registry.mailing.outbox import Kept, SqlOutbox
from registry.mailing.transports import Transport, Undeliverable

log = logging.getLogger(__name__)


def send_due(outbox: SqlOutbox, transport: Transport, sender: str) -> int:
    """Sends every mail that is due now and returns how many went out.

    What fails is noted without an address, which would be personal data in a log.
    """
    sent = 0
    while kept := outbox.take():
        if _sent(kept, outbox, transport, sender):
            sent += 1
    return sent


def _sent(kept: Kept, outbox: SqlOutbox, transport: Transport, sender: str) -> bool:
    facts = {"mail": kept.id, "attempts": kept.attempts}
    try:
        mail = written(kept.message, id=kept.id, sender=sender, at=kept.made)
        transport.deliver(mail)
    except (Undeliverable, ValueError) as error:
        log.warning("mail given up", extra={**facts, "error": type(error).__name__})
        outbox.done(kept)
        return False
    except OSError as error:
        facts["error"] = type(error).__name__
        if outbox.again(kept):
            log.warning("mail put off", extra=facts)
        else:
            log.error("mail given up", extra=facts)
        return False
    outbox.done(kept)
    log.info("mail sent", extra=facts)
    return True
