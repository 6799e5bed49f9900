"""Hostile documents and files against a real server, by way of its front door."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

import httpx
import pytest

from registry import wiring
from registry.access import TOKEN_DAYS
from registry.credentials import Scope
from registry.directory.accounts import SqlAccounts
from registry.lifecycle import Role
from registry.people import Organisation
from registry.settings import Settings, SiteSettings
from tests.besieging import TORTURE, Besieged
from tests.hostile.documents import DOCUMENT, TABLE, TURTLE, Hostile, documents
from tests.serving import UNLIMITED, Operator, free_port
from tests.torture.test_hostile_queries import listening, watching

NUMBER = TORTURE or 30
SEED = 11
SECONDS = 5.0 if TORTURE else 15.0
MEMORY = 1024**3
NODES_SECONDS = 30.0
NODES_MEMORY = 3 * 1024**3
"""What a document of 100,000 nodes may take to be checked or refused."""
TABLE_KEY = "ilc-di15"
SCHEMES = (
    "age",
    "citizenship",
    "frequency",
    "indic-il",
    "obs-flag",
    "reporting-area",
    "sex",
    "unit",
)
LOADED = (
    "schemes/place-level.csv",
    "places/reporting-areas.csv",
    "places/nuts.csv",
    *(f"schemes/{name}.csv" for name in SCHEMES),
    f"tables/{TABLE_KEY}.json",
)


@dataclass(frozen=True)
class Desk:
    """A server with somebody who may hand in, and that person's token and session."""

    besieged: Besieged
    token: str
    session: str

    def client(self) -> httpx.Client:
        """Returns a client that is patient."""
        return httpx.Client(base_url=self.besieged.address, timeout=120)

    def csrf(self, client: httpx.Client) -> str:
        """Returns what a form of the session has."""
        page = client.get(
            "en/desk/sheets/institution", headers={"Cookie": self.session}
        )
        found = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert found, page.text
        return found[1]

    def send(self, client: httpx.Client, csrf: str, one: Hostile) -> httpx.Response:
        """Sends something where it is meant to go; nothing is handed in."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if one.where not in (DOCUMENT, TABLE):
            return client.post(
                "en/desk/sheets/institution",
                data={"csrf": csrf},
                files={"file": ("a.xlsx", one.body, one.media_type)},
                headers={
                    "Cookie": self.session,
                    "Origin": self.besieged.address.rstrip("/"),
                },
            )
        path = (
            "submissions?kind=practice&organisation=town&dry-run"
            if one.where == DOCUMENT
            else f"tables/{TABLE_KEY}/submissions?dry-run"
        )
        headers["Content-Type"] = one.media_type
        if one.encoding:
            headers["Content-Encoding"] = one.encoding
        return client.post(path, content=one.body, headers=headers)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A server with a few records, and a contributor of a town."""
    data = tmp_path_factory.mktemp("handed") / "data"
    operator = Operator(
        data,
        free_port(),
        settings=UNLIMITED,
    )
    assert operator.run("init").returncode == 0
    assert operator.run("load", *LOADED).returncode == 0
    settings = Settings(data=data, site=SiteSettings(base=operator.base))
    with closing(wiring.open_registry(settings)) as registry:
        account = SqlAccounts(registry.journal.engine, wiring.now).enrol(
            "ann@example.org", "en"
        )
        registry.directory.found(Organisation("town", {"bg": "Град"}))
        registry.directory.join(account.actor, "town", Role.CONTRIBUTOR)
        registry.directory.join(account.actor, "keeper", Role.CONTRIBUTOR)
        person = registry.directory.person(account.actor)
        assert person is not None
        token = registry.access.issue(person, "test", [Scope.SUBMIT], TOKEN_DAYS[0])
        session = f"session={registry.access.enter(account.actor)}"
    with operator.serving() as process:
        yield Desk(Besieged(operator, process.pid), token, session)


def test_hostile_documents_harm_nobody(desk: Desk) -> None:
    """No process but a worker dies, nobody is called, and each is answered."""
    projector = desk.besieged.permanent()
    statuses: Counter[int] = Counter()
    took: list[tuple[float, str]] = []
    wrong: list[str] = []
    with (
        listening() as listener,
        watching(desk.besieged) as watch,
        desk.client() as client,
    ):
        csrf = desk.csrf(client)
        for one in islice(documents(SEED, listener.address), NUMBER):
            began = time.monotonic()
            answer = desk.send(client, csrf, one)
            took.append((time.monotonic() - began, f"{one.kind}, {one.where}"))
            statuses[answer.status_code] += 1
            if not clean(one, answer):
                wrong.append(f"{one.kind} {answer.status_code} {answer.text[:300]}")
    health = httpx.get(f"{desk.besieged.address}health").json()
    slowest, kind = max(took)

    print(
        f"\n{len(took)} hostile documents: statuses {dict(sorted(statuses.items()))}, "
        f"slowest {slowest:.2f} s ({kind}); {listener.calls} outbound connections; "
        f"largest worker {watch.worker >> 20} MiB, web process {watch.web >> 20} MiB"
    )
    assert wrong == []
    assert listener.calls == 0
    assert health["live"]
    assert projector == desk.besieged.permanent()
    assert slowest <= SECONDS
    assert max(watch.worker, watch.web) <= MEMORY


@pytest.mark.parametrize(
    ("nodes", "statuses"), [(100_000, {413}), (25_000, {200, 422})]
)
def test_documents_of_very_many_nodes_are_checked_or_refused_soon(
    desk: Desk, nodes: int, statuses: set[int]
) -> None:
    """What is too long is not even read; of the rest it is told what would be lost."""
    body = "".join(f"<#n{node}> a <https://x.example/C> .\n" for node in range(nodes))
    one = Hostile("nodes", DOCUMENT, TURTLE, body.encode())
    with watching(desk.besieged) as watch, desk.client() as client:
        began = time.monotonic()
        answer = desk.send(client, "", one)
        seconds = time.monotonic() - began

    print(
        f"\n{nodes} nodes in {len(body) >> 10} KiB: {answer.status_code} after "
        f"{seconds:.2f} s; largest worker {watch.worker >> 20} MiB, web process "
        f"{watch.web >> 20} MiB"
    )
    assert answer.status_code in statuses
    assert clean(one, answer)
    assert seconds <= NODES_SECONDS
    assert max(watch.worker, watch.web) <= NODES_MEMORY


def clean(one: Hostile, answer: httpx.Response) -> bool:
    """Says whether an answer is a refusal in due form, or says what came of it."""
    content_type = answer.headers["content-type"]
    if answer.status_code == 200 and one.where == DOCUMENT:
        return all("losses" in told for told in answer.json()["proposals"])
    if one.where in (DOCUMENT, TABLE):
        expected = "application/problem+json"
        if answer.status_code == 200:
            return bool(content_type.startswith("application/json"))
        refused = 400 <= answer.status_code < 500
        return refused and content_type.startswith(expected)
    if answer.status_code == 413:
        return bool(content_type.startswith("application/problem+json"))
    return content_type.startswith("text/html") and answer.status_code in (200, 422)
