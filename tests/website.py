"""The website page by page: one example, or more, of every kind of page."""

from collections.abc import Mapping, Sequence

from fastapi import FastAPI
from starlette.routing import Mount, Route

LANGUAGES = ("bg", "en")

PAGES: Mapping[str, Sequence[str]] = {
    "/": ("",),
    "/about": ("about",),
    "/project": ("project",),
    "/contacts": ("contacts",),
    "/accessibility": ("accessibility",),
    "/privacy": ("privacy",),
}
"""Paths below the language, by the route that answers them."""

FRAGMENTS = frozenset({"/suggest"})
"""Routes that answer with a part of a page, or with data for its scripts."""


def routes(app: FastAPI, language: str) -> set[str]:
    """Returns the paths of the routes below a language."""
    return {
        route.path
        for mount in app.router.routes
        if isinstance(mount, Mount) and mount.path == f"/{language}"
        for route in mount.routes
        if isinstance(route, Route) and "GET" in (route.methods or ())
    }
