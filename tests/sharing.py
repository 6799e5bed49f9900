"""What is made once for a whole run of the tests, however many processes there are."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.serving import Operator, free_port


def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder that all processes of a run share."""
    own = tmp_path_factory.getbasetemp()
    whole = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    shared = whole / "shared"
    shared.mkdir(exist_ok=True)
    return shared


@contextmanager
def everything(shared: Path) -> Iterator[Operator]:
    """Gives a server of all the datasets: one, for all who share a folder.

    Who comes first loads the datasets and starts it; others wait until it is ready.
    Who has started it stops it, when the last of those who use it has left.
    """
    coming, using, running = (shared / name for name in ("coming", "using", "running"))
    with ExitStack() as server:
        with _locked(coming, fcntl.LOCK_EX):
            operator = _loaded(shared)
            starts = not running.exists()
            if starts:
                server.enter_context(operator.serving())
                running.touch()
            used = ExitStack()
            used.enter_context(_locked(using, fcntl.LOCK_SH))
        with used:
            yield operator
        if starts:
            with _locked(coming, fcntl.LOCK_EX), _locked(using, fcntl.LOCK_EX):
                running.unlink()
                server.close()


@contextmanager
def _locked(file: Path, kind: int) -> Iterator[None]:
    """Holds a lock, which ends with the process at the latest."""
    with file.open("a") as held:
        fcntl.flock(held, kind)
        yield


def _loaded(shared: Path) -> Operator:
    """Returns somebody with all the datasets; the address stays the same."""
    port = shared / "port"
    if port.exists():
        return Operator(shared / "data", int(port.read_text()))
    operator = Operator(shared / "data", free_port())
    for command in ("init", "load"):
        ran = operator.run(command)
        assert ran.returncode == 0, ran.stderr
    port.write_text(str(operator.port))
    return operator
