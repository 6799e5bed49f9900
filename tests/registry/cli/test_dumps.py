import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from time import monotonic

import pytest

from registry.cli.dumps import regularly
from registry.settings import DumpSettings, Settings
from tests import dumping
from tests.dumping import COURSE, ONE, Small, organisation
from tests.serving import Operator, free_port
from tests.versions import BASE

PATIENCE = 60.0
"""Seconds that a dump of a small registry may take on a busy machine."""


@pytest.fixture
def small(tmp_path: Path, clock: Callable[[], datetime]) -> Iterator[Small]:
    """A small registry without dumps."""
    with dumping.small(tmp_path / "data", clock) as made:
        yield made


@pytest.fixture
def operator(small: Small) -> Operator:
    """Somebody who keeps it."""
    return Operator(small.data, free_port(), BASE)


def test_a_dump_is_made_on_demand(operator: Operator, small: Small) -> None:
    """It says what was made, for people or for programs; once more changes nothing."""
    first = operator.run("dump", "--format", "json")
    again = operator.run("dump")

    [dump] = small.journal.dumps.published()
    assert json.loads(first.stdout) == {
        "number": 1,
        "sequence": dump.sequence,
        "changed": True,
        "files": json.loads(first.stdout)["files"],
    }
    told = [
        (file["name"], file["size"], file["sha256"])
        for file in json.loads(first.stdout)["files"]
    ]
    assert told == [(f.name, f.size, f.digest) for f in dump.files]
    assert "Published dump 1" in first.stderr
    assert "Nothing changed since dump 1" in again.stderr
    assert all(file.name in again.stdout for file in dump.files)


@pytest.mark.parametrize("seed", range(int(os.environ.get("REGISTRY_TEST_KILLS", "1"))))
def test_a_killed_dump_leaves_the_one_before(
    operator: Operator, small: Small, seed: int
) -> None:
    """Whenever it is killed, the public files are whole, and the next one is made."""
    small.make()
    before = small.files()
    small.publish(ONE, organisation(ONE, "Друго", "Another"))

    dumped = operator.start("dump")
    ends = monotonic() + PATIENCE
    while dumped.poll() is None and monotonic() < ends:
        written = list((small.data / "dump").glob(".new-*/files/*"))
        if len(written) > seed % 16:
            break
    os.killpg(dumped.pid, signal.SIGKILL)
    dumped.communicate()

    current = small.folder.current()
    assert current is not None
    if current[0].number == 1:
        assert small.files() == before
    assert [(current[1] / f.name).stat().st_size for f in current[0].files] == [
        f.size for f in current[0].files
    ]
    small.make()
    assert "Another" in small.files()["register.institution.jsonl"].decode()
    left = {path.name[0] for path in (small.data / "dump").iterdir()}
    assert left == {"l", "0"}


def test_a_dump_beside_a_server_ends_with_it(operator: Operator, small: Small) -> None:
    """It ends when its end of the pipe is closed, and leaves nothing half made."""
    subprocess.run(
        [sys.executable, "-m", "registry.cli.main", "dump-aside"],
        env=operator.environment,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
        check=False,
    )

    assert small.make().dump.number == 1


def test_a_server_makes_a_dump_when_one_is_due(
    operator: Operator, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was published since the last one is in it, without a hand."""
    small.make()
    small.retire(COURSE)
    for name, value in operator.environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings(dumps=DumpSettings(every=1e-9))

    with regularly(settings, look=0.05):
        ends = monotonic() + PATIENCE
        while small.files()["register.course.nt"] and monotonic() < ends:
            threading.Event().wait(0.05)

    assert small.files()["register.course.nt"] == b""


def test_who_looks_after_dumps_ends_with_the_server(small: Small) -> None:
    """There is nobody at all if none are to be made."""
    before = threading.active_count()
    settings = Settings(data=small.data)

    with regularly(settings):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    with regularly(settings.model_copy(update={"dumps": DumpSettings(every=0)})):
        assert threading.active_count() == before
