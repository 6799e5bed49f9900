"""An application of this process behind a real socket, for clients that need one."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def listening(app: ASGIApp, port: int = 0, *, keep_alive: int = 5) -> Iterator[str]:
    """Serves the application on the loopback until the block ends.

    Args:
        app: the application.
        port: where it listens; a free one if not given.
        keep_alive: seconds after which a silent client is let go.

    Yields:
        The address, with a slash at its end.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        # Who connects from now on is answered as soon as the server is up.
        listener.listen()
        config = uvicorn.Config(
            app,
            http="api.wire:Connection",
            log_config=None,
            server_header=False,
            timeout_keep_alive=keep_alive,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join(30)
