import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic

import pytest

from registry import wiring
from registry.cli.dumps import regularly
from registry.settings import DumpSettings, Settings
from tests.serving import Operator, free_port


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """Somebody with a registry that has one code list."""
    operator = Operator(tmp_path / "data", free_port())
    assert operator.run("init").returncode == 0
    assert operator.run("load", "schemes/place-level.csv").returncode == 0
    return operator


def public(operator: Operator) -> dict[str, bytes]:
    """Returns the files of the public dump, after checking that they are whole."""
    registry = wiring.open_registry(Settings(data=operator.data))
    current = registry.dump_folder.current()
    registry.close()
    if current is None:
        return {}
    for file in current[0].files:
        assert (current[1] / file.name).stat().st_size == file.size
    return {path.name: path.read_bytes() for path in current[1].iterdir()}


def test_a_dump_is_made_on_demand(operator: Operator) -> None:
    """It says what was made, for people or for programs; once more changes nothing."""
    first = operator.run("dump", "--format", "json")
    again = operator.run("dump")

    told = json.loads(first.stdout)
    assert (told["number"], told["sequence"], told["changed"]) == (1, 2, True)
    assert [file["name"] for file in told["files"]] == [
        "register.scheme.csv",
        "register.scheme.jsonl",
        "register.scheme.nt",
        "registry.nq.gz",
        "registry.sqlite",
    ]
    assert "Published dump 1, which reflects entry 2" in first.stderr
    assert "Nothing changed since dump 1" in again.stderr
    for file in told["files"]:
        assert file["sha256"] in again.stdout


@pytest.mark.parametrize("moment", range(int(os.environ.get("REGISTRY_TEST_KILLS", 2))))
def test_a_killed_dump_leaves_the_one_before(operator: Operator, moment: int) -> None:
    """Whenever it is killed, the public files are whole, and the next one is made."""
    assert operator.run("dump").returncode == 0
    before = public(operator)
    operator.run("load", "places/nuts.csv")

    dumping = operator.start("dump")
    ends = monotonic() + 30
    while dumping.poll() is None and monotonic() < ends:
        making = list((operator.data / "dump").glob(".new-*/files/*"))
        if len(making) > moment * 8:
            break
    os.killpg(dumping.pid, signal.SIGKILL)
    dumping.communicate()

    assert public(operator) == before or "register.place.csv" in public(operator)
    assert operator.run("dump").returncode == 0
    assert "register.place.csv" in public(operator)
    left = {path.name[0] for path in (operator.data / "dump").iterdir()}
    assert left == {"l", "0"}


def test_a_dump_beside_a_server_ends_with_it(operator: Operator) -> None:
    """It ends when its parent's end of the pipe is closed, however that happens."""
    ran = subprocess.run(
        [sys.executable, "-m", "registry.cli.main", "dump-aside"],
        env=operator.environment,
        stdin=subprocess.DEVNULL,
        timeout=30,
        check=False,
    )

    assert ran.returncode in {0, 1}
    assert operator.run("dump").returncode == 0


def test_a_server_makes_a_dump_when_one_is_due(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was published since the last one is in it, without a hand."""
    assert operator.run("dump").returncode == 0
    operator.run("load", "places/nuts.csv")
    monkeypatch.setenv("REGISTRY_DATA", str(operator.data))
    settings = Settings(data=operator.data, dumps=DumpSettings(every=1e-6))

    with regularly(settings, look=0.05):
        ends = monotonic() + 60
        while "register.place.csv" not in public(operator) and monotonic() < ends:
            pass

    assert "register.place.csv" in public(operator)


def test_who_looks_after_dumps_ends_with_the_server(operator: Operator) -> None:
    """There is nobody at all if none are to be made."""
    before = threading.active_count()
    settings = Settings(data=operator.data)

    with regularly(settings):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    with regularly(settings.model_copy(update={"dumps": DumpSettings(every=0)})):
        assert threading.active_count() == before
