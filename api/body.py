"""Reading a body while counting its bytes, and watching whether the reader left."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Self, TypeVar
from urllib.parse import parse_qsl

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


async def fields(request: Request, limit: int) -> Mapping[str, str]:
    """Returns the fields of a form that was sent the plain way, each with one value.

    Raises:
        ContentTooLarge: as for `read`.
        UnsupportedMediaType: as for `read`.
    """
    sent = await read(request, limit)
    return dict(parse_qsl(sent.decode("utf-8", "replace"), keep_blank_values=True))


async def unless_left(request: Request, job: Coroutine[Any, Any, T]) -> T:
    """Returns what the job returns; cancels it when the reader goes away.

    The body has to be read before.

    Raises:
        ReaderLeft: the reader closed the connection first.
    """
    with _Watch(request) as watch:
        try:
            return await job
        except asyncio.CancelledError:
            if watch.left and watch.task.uncancel() == 0:
                raise ReaderLeft from None
            raise


class _Watch:
    """Cancels the present task when the reader leaves.

    Most answers come before it is worth watching the connection.
    """

    def __init__(self, request: Request) -> None:
        task = asyncio.current_task()
        assert task  # noqa: S101 - whoever waits is one
        self.task = task
        self.left = False
        self._request = request
        self._watching: asyncio.Task[None] | None = None
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(PROMPT, self._begin)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._watching:
            self._watching.remove_done_callback(self._leave)
            self._watching.cancel()

    def _begin(self) -> None:
        self._watching = asyncio.ensure_future(_left(self._request))
        self._watching.add_done_callback(self._leave)

    def _leave(self, watching: "asyncio.Task[None]") -> None:
        if not watching.cancelled():
            self.left = True
            self.task.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
