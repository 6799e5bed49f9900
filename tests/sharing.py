"""What is made once for a whole run of the tests, however many processes there are."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from shutil import copytree
from urllib.parse import urlsplit

import pytest

from registry.settings import Settings
from registry.wiring import open_registry
from tests.serving import UNLIMITED, Operator, free_port


def copy(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]
) -> Path:
    """Returns a copy of a data directory that is made once.

    Args:
        factory: of the temporary folders of this process.
        name: what it is called.
        make: makes it, and leaves nothing open; it is there, but empty.
    """
    shared = _shared(factory)
    made, done = shared / name, shared / f"{name}.done"
    with _locked(shared / f"{name}.lock", fcntl.LOCK_EX):
        if not done.exists():
            made.mkdir()
            make(made)
            done.touch()
    return copytree(made, factory.mktemp(name) / "data", symlinks=True)


def loaded(factory: pytest.TempPathFactory) -> Path:
    """Returns a data directory of all the datasets, from which nothing is made yet."""
    return copy(factory, "loaded", _load)


def _load(data: Path) -> None:
    operator = Operator(data, free_port())
    for command in ("init", "load"):
        ran = operator.run(command)
        assert ran.returncode == 0, ran.stderr


@contextmanager
def everything(factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """Gives a server of all the datasets: one, for all processes of the run.

    Who comes first starts it, others wait until it is ready; who has started it
    stops it, when the last of those who use it has left.
    """
    shared = _shared(factory)
    coming, using, running = (shared / name for name in ("coming", "using", "running"))
    with ExitStack() as server:
        with _locked(coming, fcntl.LOCK_EX):
            starts = not running.exists()
            if starts:
                data = loaded(factory)
                operator = Operator(data, _port(data), settings=UNLIMITED)
                server.enter_context(operator.serving())
                running.write_text(str(data))
            else:
                data = Path(running.read_text())
                operator = Operator(data, _port(data), settings=UNLIMITED)
            used = ExitStack()
            used.enter_context(_locked(using, fcntl.LOCK_SH))
        with used:
            yield operator
        if starts:
            with _locked(coming, fcntl.LOCK_EX), _locked(using, fcntl.LOCK_EX):
                running.unlink()
                server.close()


def base(data: Path) -> str:
    """Returns the base of the IRIs in a data directory."""
    with closing(open_registry(Settings(data=data))) as registry:
        return registry.iris.base


def _port(data: Path) -> int:
    """Returns the port at which the base says that the server is."""
    return urlsplit(base(data)).port or 0


def _shared(factory: pytest.TempPathFactory) -> Path:
    """Returns a folder that all processes of a run share."""
    own = factory.getbasetemp()
    whole = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    shared = whole / "shared"
    shared.mkdir(exist_ok=True)
    return shared


@contextmanager
def _locked(file: Path, kind: int) -> Iterator[None]:
    """Holds a lock, which ends with the process at the latest."""
    with file.open("a") as held:
        fcntl.flock(held, kind)
        yield
