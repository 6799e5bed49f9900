"""How pages are added: once each, for every language that there is."""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Protocol

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router

from api.pages.site import SitePages


class Page(Protocol):
    """Answers a request in a language; one that is no coroutine runs on a thread."""

    def __call__(
        self, request: Request, language: str
    ) -> Response | Awaitable[Response]:
        """Returns the page."""


class Website:
    """The pages, each of them under the tag of every language."""

    def __init__(self, pages: SitePages) -> None:
        self._pages = pages
        self._routes: dict[str, list[BaseRoute]] = {tag: [] for tag in pages.languages}

    def add(self, path: str, page: Page, methods: Sequence[str] = ("GET",)) -> None:
        """Adds a page.

        Args:
            path: below the language, with its slash, as in `/place/{key}`; pages
                are tried in the order in which they were added.
            page: what answers; it gets the request and the tag of the language.
            methods: that it answers.
        """
        for tag, routes in self._routes.items():
            answer = partial(page, language=tag)
            routes.append(Route(path, answer, methods=list(methods)))

    def mount(self, app: FastAPI) -> None:
        """Puts the pages into the application."""
        for tag, routes in self._routes.items():
            home = RedirectResponse(self._pages.addresses(tag).page(), status_code=308)
            app.router.routes += [
                Route(f"/{tag}", home),
                # A redirect to add or take a slash would go by the Host header.
                Mount(f"/{tag}", Router(routes, redirect_slashes=False)),
            ]
