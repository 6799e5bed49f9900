"""Where the server starts: settings in, the application out."""

import gc
import multiprocessing

from fastapi import FastAPI

from api.application import application
from registry import logs, processes
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
    app = application(registry, close=registry.close)
    # What there is now stays: looking at it again and again takes longer than a query.
    gc.collect()
    gc.freeze()
    return app


def create_one_of_many() -> FastAPI:
    """Returns the application of a web process that was started by another process.

    It ends with the one that started it, however that ends.
    """
    logs.configure()
    parent = multiprocessing.parent_process()
    if parent:
        processes.end_with(parent.sentinel)
    return create_app()
