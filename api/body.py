"""Reading a body while counting its bytes, and watching whether the reader left."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

from api.problems import ContentTooLarge, UnsupportedMediaType

T = TypeVar("T")

PROMPT = 0.02
"""Seconds within which most answers are there."""


class ReaderLeft(Exception):  # noqa: N818 - an event, not an error
    """The reader closed the connection, so no answer is wanted any more."""


async def read(request: Request, limit: int) -> bytes:
    """Returns the whole body.

    Raises:
        ContentTooLarge: it has more bytes than the limit; reading stops there.
        UnsupportedMediaType: it is compressed.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType(
            {
                "en": "Compressed bodies are not read.",
                "bg": "Компресирано съдържание не се приема.",
            },
            headers={"Accept-Encoding": "identity"},
        )
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise ContentTooLarge(
                {
                    "en": f"A body can have {limit} bytes here.",
                    "bg": f"Тук съдържанието може да има най-много {limit} байта.",
                },
                headers={"Connection": "close"},
            )
        parts.append(part)
    return b"".join(parts)


async def unless_left(request: Request, job: Coroutine[Any, Any, T]) -> T:
    """Returns what the job returns; cancels it when the reader goes away.

    The body has to be read before.

    Raises:
        ReaderLeft: the reader closed the connection first.
    """
    work = asyncio.ensure_future(job)
    left: asyncio.Future[None] | None = None
    try:
        # Most answers come before it is worth watching the connection.
        await asyncio.wait({work}, timeout=PROMPT)
        if not work.done():
            left = asyncio.ensure_future(_left(request))
            await asyncio.wait({work, left}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        raise ReaderLeft
    finally:
        running = [task for task in (work, left) if task and not task.done()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
