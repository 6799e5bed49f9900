"""Processes that end with the one that started them, however that ends."""

import os
import threading
from multiprocessing.connection import wait


def end_with(sentinel: int) -> None:
    """Ends this process at once when another has ended.

    Args:
        sentinel: what becomes ready when it has, see `multiprocessing.Process`.
    """
    threading.Thread(target=_wait, args=(sentinel,), daemon=True).start()


def _wait(sentinel: int) -> None:
    wait([sentinel])
    os._exit(0)
