"""Leads to one address past the framework, which takes longer than a small query.

The route stays where it is, for all that is not a plain `GET` of somebody unknown.
"""

from collections.abc import Awaitable, Callable, Hashable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api import cookies
from api.caching import REVALIDATED
from api.front import Taken, is_asked_again, note_taken
from api.observing import note_route
from api.problems import HttpError, Problems
from api.shelf import Kept, Shelf
from registry.errors import RegistryError


class Direct:
    """Answers one address itself.

    Args:
        app: what answers all others.
        endpoint: answers this one.
        path: of it.
        position: changes whenever its answers may; nothing is kept at `None`.
        shelf: where its answers are kept.
        problems: writes what the endpoint refuses.
    """

    def __init__(
        self,
        app: ASGIApp,
        endpoint: Callable[[Request], Awaitable[Response]],
        path: str,
        *,
        position: Callable[[], Hashable],
        shelf: Shelf,
        problems: Problems,
    ) -> None:
        self.app = app
        self._endpoint = endpoint
        self._path = path
        self._position = position
        self._shelf = shelf
        self._problems = problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, or lets the application answer."""
        if not self._leads(scope):
            await self.app(scope, receive, send)
            return
        note_route(scope, self._path)
        request = Request(scope, receive)
        again = is_asked_again(scope)
        position = self._position() if again else None
        try:
            response = await self._endpoint(request)
        except RegistryError as error:
            response = self._problems.of_error(request, error)
        except HttpError as refusal:
            response = self._problems.of_refusal(request, refusal)
        await response(scope, receive, send)
        if again and self._position() == position:
            self._keep(scope, response, position)

    def _keep(self, scope: Scope, response: Response, position: Hashable) -> None:
        """Keeps a whole answer for whoever sends the very same request."""
        lasting = response.headers.get("cache-control") == REVALIDATED
        body = bytes(response.body) if hasattr(response, "body") else b""
        if position is None or not lasting or not body or response.status_code != 200:
            return
        key = (scope["query_string"], *scope["headers"])
        kept = Kept(position, tuple(response.raw_headers), body, self._path)
        self._shelf.put(key, kept)
        note_taken(scope, Taken(key, kept, self._position))

    def _leads(self, scope: Scope) -> bool:
        plain = scope["type"] == "http" and scope["method"] == "GET"
        return plain and scope["path"] == self._path and not cookies.personal(scope)
