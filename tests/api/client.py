"""A reader without habits: it sends the headers that a test says, and no others."""

import asyncio
from types import TracebackType
from typing import Any, Self

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from tests.versions import BASE


class Client:
    """Calls an application in this process, which is started and ended with it.

    Outside of a `with` statement it is neither; `close` ends the client then.
    """

    def __init__(self, app: FastAPI) -> None:
        self._runner = asyncio.Runner()
        self._lifespan = app.router.lifespan_context(app)
        self._client = AsyncClient(transport=ASGITransport(app), base_url=BASE)
        self._client.headers.clear()

    def __enter__(self) -> Self:
        self._runner.run(self._lifespan.__aenter__())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._runner.run(self._lifespan.__aexit__(None, None, None))
        self.close()

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    def get(self, path: str, **headers: str) -> Response:
        """Asks for a path; an underscore in the name of a header is a hyphen."""
        return self.send("GET", path, None, **headers)

    def send(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> Response:
        """Sends a request, following no redirect."""
        named = {
            name.replace("_", "-").encode(): value.encode("latin-1")
            for name, value in headers.items()
        }
        request: Any = self._client.request(method, path, content=body, headers=named)
        response: Response = self._runner.run(request)
        self._client.cookies.clear()
        return response


def lasting(answer: Response) -> dict[str, str]:
    """Returns the headers of an answer without the one that names the request."""
    return {n: v for n, v in answer.headers.items() if n.lower() != "x-request-id"}
