"""Answers sent from a file: piece by piece, and either whole or visibly broken.

The length stands in the header, so a reader whose connection breaks knows that
something is missing, also in formats of which every beginning is well-formed.
"""

import asyncio
import logging
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from registry.ports import StoredBody

log = logging.getLogger(__name__)

PIECE = 256 * 1024
"""Bytes in memory for each reader."""

PATIENCE = 60.0
"""Seconds that a reader may take for a piece."""


class StoredResponse(Response):
    """Sends a stored body and closes it.

    Args:
        stored: what to send.
        headers: without `Content-Length`.
        patience: seconds that the reader may take for a piece.
    """

    def __init__(
        self,
        stored: StoredBody,
        headers: Mapping[str, str],
        *,
        patience: float = PATIENCE,
    ) -> None:
        sized = {**headers, "Content-Length": str(stored.size)}
        super().__init__(None, headers=sized)
        self._stored = stored
        self._patience = patience

    async def __call__(
        self,
        scope: Scope,  # noqa: ARG002 - the form of every ASGI application
        receive: Receive,  # noqa: ARG002
        send: Send,
    ) -> None:
        """Sends all of it, or breaks off if the reader takes none of it any more."""
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )
            await self._send(send)
        except TimeoutError:
            # Without the end of the body, the server closes the connection.
            log.info("reader of a large answer stalled")
        finally:
            self._stored.close()

    async def _send(self, send: Send) -> None:
        while piece := await run_in_threadpool(self._stored.read, PIECE):
            async with asyncio.timeout(self._patience):
                await send(
                    {"type": "http.response.body", "body": piece, "more_body": True}
                )
        await send({"type": "http.response.body", "body": b""})
