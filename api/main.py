"""Where the server starts: settings in, the application out."""

from fastapi import FastAPI

from api.application import application
from registry.settings import Settings
from registry.wiring import open_registry


def create_app(settings: Settings | None = None) -> FastAPI:
    """Returns the application over the registry of the data directory.

    Args:
        settings: read from the environment if not given.

    Raises:
        Misconfigured: there is no such registry.
    """
    registry = open_registry(settings or Settings())
    return application(registry, close=registry.close)
