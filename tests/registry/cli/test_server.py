import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.serving import Operator, free_port


def test_published_records_reach_every_face_while_serving(tmp_path: Path) -> None:
    """Records are readable at once; lists and SPARQL follow within seconds."""
    operator = Operator(tmp_path / "data", free_port())
    operator.run("init")

    with operator.serving() as server, httpx.Client(base_url=operator.address) as http:
        assert http.get("records?kind=scheme").json()["totalItems"] == 0
        operator.run("load", "schemes/place-level.csv")
        assert http.get("doc/scheme/place-level.ttl").status_code == 200
        operator.wait(server)
        asked = "SELECT ?s { ?s a <http://www.w3.org/2004/02/skos/core#ConceptScheme> }"
        rows = http.get("sparql", params={"query": asked}).json()
        listed = http.get("records?kind=scheme").json()

    iri = f"{operator.base}id/scheme/place-level"
    assert [row["s"]["value"] for row in rows["results"]["bindings"]] == [iri]
    assert [member["id"] for member in listed["member"]] == [iri]


def test_projector_ends_with_its_server(tmp_path: Path) -> None:
    """However the server ends, nobody is left who writes the store."""
    operator = Operator(tmp_path / "data", free_port())
    operator.run("init")

    with operator.serving() as server:
        os.kill(server.pid, signal.SIGKILL)
        server.wait()

    with operator.serving():
        pass
    assert operator.run("rebuild").returncode == 0


def test_stopping_leaves_nobody_behind(tmp_path: Path) -> None:
    """When the server has ended as asked, its projector has ended too."""
    operator = Operator(tmp_path / "data", free_port())
    operator.run("init")
    operator.run("load", "schemes/place-level.csv")

    with operator.serving() as server:
        pass

    assert server.returncode == 0
    assert operator.run("rebuild").returncode == 0


@pytest.mark.parametrize("proxies", ["", "127.0.0.1"])
def test_only_our_proxies_say_who_the_client_is(tmp_path: Path, proxies: str) -> None:
    """A budget is that of the connection, unless a proxy of ours is at its end."""
    settings = {
        "REGISTRY_SITE__PROXIES": proxies,
        "REGISTRY_ENGINE__CLIENT_ERRORS": "1",
    }
    operator = Operator(tmp_path / "data", free_port(), settings=settings)
    operator.run("init")

    with operator.serving(), httpx.Client(base_url=operator.address) as http:
        asked = {"query": "nonsense"}
        statuses = [
            http.get(
                "sparql", params=asked, headers={"X-Forwarded-For": f"203.0.113.{n}"}
            ).status_code
            for n in (1, 2)
        ]

    assert statuses == ([400, 400] if proxies else [400, 429])


def children(pid: int, what: str) -> set[int]:
    """Returns the processes that one has started and whose command says that."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text()
        except OSError:
            continue
        if int(stat[1]) == pid and what in command:
            found.add(int(folder.name))
    return found


def until(condition: Callable[[], object]) -> None:
    """Returns as soon as something holds."""
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends


def test_two_web_processes_share_a_port(tmp_path: Path) -> None:
    """One that is killed is replaced, the other answers; both end when told to."""
    operator = Operator(tmp_path / "data", free_port())
    operator.run("init")
    operator.run("load", "schemes/place-level.csv")

    def ask() -> int:
        return httpx.get(
            f"{operator.address}sparql?query=ASK%7B%3Fs+a+%3Fo%7D"
        ).status_code

    with operator.serving("--workers", "2") as server:
        web = children(server.pid, "spawn_main")
        os.kill(min(web), signal.SIGKILL)
        until(lambda: len(children(server.pid, "spawn_main") - {min(web)}) == 2)
        operator.wait(server)
        answers = {ask() for _ in range(8)}

    assert (len(web), answers) == (2, {200})
    assert server.returncode == 0
    assert operator.run("rebuild").returncode == 0


def test_web_processes_end_with_the_server(tmp_path: Path) -> None:
    """However it ends, nobody is left who answers."""
    operator = Operator(tmp_path / "data", free_port())
    operator.run("init")

    with operator.serving("--workers", "2") as server:
        web = children(server.pid, "spawn_main")
        os.kill(server.pid, signal.SIGKILL)
        server.wait()
        until(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in web))

    with pytest.raises(httpx.TransportError):
        httpx.get(operator.address)


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("api.main", {"openpyxl", "numpy", "pyld", "pyshacl", "rdflib", "httpcore"}),
        (
            "registry.cli.projector",
            {"openpyxl", "numpy", "pyld", "pyshacl", "rdflib", "jinja2", "fastapi"},
        ),
    ],
)
def test_a_start_waits_for_no_library_that_it_does_not_need(
    module: str, unneeded: set[str]
) -> None:
    """What few requests need is imported when the first of them comes."""
    code = f"import sys, {module}; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & unneeded == set()
