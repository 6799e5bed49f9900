"""Two nodes over one PostgreSQL, behind nginx: one is killed, and nothing is lost."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from registry import wiring
from registry.directory.accounts import SqlAccounts
from registry.directory.passwords import Argon2
from registry.mail import Message
from registry.mailing.outbox import SqlOutbox
from registry.settings import JournalSettings, Settings
from tests.people import PASSWORD
from tests.postgres import QUICK, Server, server
from tests.proxying import needs_nginx, proxied
from tests.serving import READY, UNLIMITED, Operator, free_port
from tests.torture import office
from tests.torture.office import Ledger

pytestmark = needs_nginx

FEW = (
    *("schemes/place-level.csv", "schemes/obs-flag.csv", "schemes/unit.csv"),
    *("schemes/citizenship.csv", "schemes/countries.csv", "schemes/frequency.csv"),
    *("schemes/age.csv", "schemes/agedef.csv", "schemes/sex.csv"),
    *("places/nuts.csv", "places/reporting-areas.csv", "places/municipalities.csv"),
    "tables/tps00176.json",
)
PUBLISHED = 4
"""Records that are published before, during and after one node is gone."""


@dataclass
class Nodes:
    """Two nodes and what stands in front of them.

    Attributes:
        one: a node.
        two: another.
        front: somebody who knows the proxy alone.
        tokens: of two people.
        running: the process of the first node.
    """

    one: Operator
    two: Operator
    front: Operator
    tokens: "dict[str, str]"
    running: ExitStack
    process: "subprocess.Popen[str]"

    def kill(self) -> None:
        """Kills the first node, and all that belongs to it, without a word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.running.close()

    def start(self) -> None:
        """Starts it again, while others go on writing."""
        again = self.one.serving(caught_up=False)
        self.process = self.running.enter_context(again)


@pytest.fixture(scope="module")
def nodes(
    postgres: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nodes]:
    """Two nodes with a little data, each with a data directory of its own."""
    folder, port, url = (
        tmp_path_factory.mktemp("nodes"),
        free_port(),
        postgres.database(),
    )
    base = f"http://127.0.0.1:{port}/"
    settings = {
        **UNLIMITED,
        "REGISTRY_JOURNAL__URL": url,
        "REGISTRY_SITE__PROXIES": "127.0.0.1",
        "REGISTRY_DUMPS__EVERY": "0",
    }
    one, two = (
        Operator(folder / name, free_port(), base, settings) for name in ("one", "two")
    )
    for command in (("init",), ("load", *FEW)):
        ran = one.run(*command)
        assert ran.returncode == 0, ran.stderr
    tokens = dict(office.tokens(one))
    with ExitStack() as stack:
        stack.enter_context(two.serving())
        running = stack.enter_context(ExitStack())
        process = running.enter_context(one.serving())
        stack.enter_context(proxied(folder, port, one.port, two.port))
        front = Operator(folder / "front", port, base)
        yield Nodes(one, two, front, tokens, running, process)


def until(true: Callable[[], object]) -> None:
    """Waits for something that other processes bring about."""
    ends = time.monotonic() + READY
    while not true():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.02)  # nothing tells but looking


def publish(nodes: Nodes, at: Operator, title: str) -> str:
    """Publishes a practice through one node, and returns its record."""
    ann, rev = (
        {"Authorization": f"Bearer {nodes.tokens[who]}"} for who in ("ann", "rev")
    )
    with httpx.Client(base_url=at.address, timeout=60) as client:
        sent = client.post(
            "submissions?kind=practice", json=office.document(title), headers=ann
        )
        assert sent.status_code == 201, sent.text
        (submission,) = sent.json()["submissions"]
        accepted = client.post(
            f"submissions/{submission['number']}/accept", json={}, headers=rev
        )
        assert accepted.is_success, accepted.text
    record: str = submission["record"]
    return record


def document(node: Operator, record: str) -> httpx.Response:
    """Asks a node for the document of a record, whose IRI is given."""
    name = record.removeprefix(f"{node.base}id/")
    return httpx.get(f"{node.address}doc/{name}.jsonld", timeout=60)


def titles(node: Operator) -> set[str]:
    """Returns the practices that a node's queries know."""
    query = (
        "PREFIX dct: <http://purl.org/dc/terms/> SELECT ?title WHERE "
        '{ ?s dct:title ?title FILTER (lang(?title) = "en" && '
        'STRSTARTS(?title, "Club ")) }'
    )
    answer = httpx.get(
        f"{node.address}sparql",
        params={"query": query},
        headers={"Accept": "text/csv"},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return set(answer.text.split("\r\n")[1:-1])


def test_what_one_publishes_the_other_shows(nodes: Nodes) -> None:
    """Record pages at once, for they read the journal; queries in a moment."""
    lags = []
    for number in range(3):
        at, other = (nodes.one, nodes.two)[:: 1 if number % 2 else -1]
        record = publish(nodes, at, f"seen {number}")
        began = time.monotonic()
        read = document(other, record)
        until(lambda: f"Club seen {number}" in titles(other))  # noqa: B023
        lags.append(time.monotonic() - began)

        assert read.status_code == 200
        assert read.json()["title"]["en"] == f"Club seen {number}"
    print(  # noqa: T201 - the figure
        f"\nin the queries of the other node after {sorted(lags)[1]:.2f} s"
    )


def test_figures_that_one_was_given_are_served_by_the_other(nodes: Nodes) -> None:
    """Files are in the database; each node makes its own columns from them."""
    answers = [
        httpx.get(f"{node.address}tables/tps00176/data.csv", timeout=60)
        for node in (nodes.one, nodes.two)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert not (nodes.two.data / "blobs").exists()


def test_who_logs_in_at_one_is_logged_in_at_the_other(nodes: Nodes) -> None:
    """Sessions are in the database, and so is the end of one."""
    settings = Settings(
        data=nodes.one.data,
        journal=JournalSettings(
            url=SecretStr(nodes.one.settings["REGISTRY_JOURNAL__URL"])
        ),
    )
    with closing(wiring.open_registry(settings)) as registry:
        book = SqlAccounts(registry.journal.engine, wiring.now)
        account = book.enrol("ann@example.org", "en")
        kept = Argon2(64 * 1024, 3, 4).hash(PASSWORD)
        book.change(replace(account, password=kept))
    origin = {"Origin": nodes.front.base.rstrip("/"), "Accept": "text/html"}
    with httpx.Client(headers=origin, timeout=60) as browser:
        form = browser.get(f"{nodes.one.address}en/account/login").text
        (csrf,) = set(re.findall(r'name="csrf" value="([^"]+)"', form))
        sent = browser.post(
            f"{nodes.two.address}en/account/login",
            data={"csrf": csrf, "email": "ann@example.org", "password": PASSWORD},
        )
        pages = [
            browser.get(f"{node.address}en/account").status_code
            for node in (nodes.one, nodes.two)
        ]
        stranger = httpx.get(f"{nodes.one.address}en/account", headers=origin)

    assert sent.status_code == 303, sent.text
    assert pages == [200, 200]
    assert stranger.status_code == 303


def test_a_mail_is_sent_by_one_of_them(nodes: Nodes) -> None:
    """Both look into one outbox, and each mail leaves it once."""
    settings = Settings(
        data=nodes.one.data,
        journal=JournalSettings(
            url=SecretStr(nodes.one.settings["REGISTRY_JOURNAL__URL"])
        ),
    )
    with closing(wiring.open_registry(settings)) as registry:
        outbox = SqlOutbox(registry.journal.engine, wiring.now)
        for number in range(20):
            outbox.send(Message("m@one.example", f"Mail {number}", "text", "en"))
        until(lambda: outbox.waiting() == 0)

    sent = [
        re.search(r"Subject: (Mail \d+)", path.read_text())
        for node in (nodes.one, nodes.two)
        for path in (node.data / "mail").glob("*")
    ]
    assert sorted(found[1] for found in sent if found) == sorted(
        f"Mail {number}" for number in range(20)
    )


def test_both_may_make_dumps_at_once(nodes: Nodes) -> None:
    """They make the same files of the same journal, and publish them once."""
    making = [node.start("dump") for node in (nodes.one, nodes.two)]
    ended = [process.communicate(timeout=READY) for process in making]

    shown = [
        httpx.get(f"{node.address}dump/", headers={"Accept": "application/json"})
        for node in (nodes.one, nodes.two)
    ]

    assert [process.returncode for process in making] == [0, 0], ended
    assert [answer.status_code for answer in shown] == [200, 200]
    assert shown[0].json() == shown[1].json()


def test_one_is_killed_and_nothing_is_lost(nodes: Nodes) -> None:
    """People behind the proxy go on; in the end both nodes answer alike."""
    with office.working(nodes.front, nodes.tokens) as ledgers:

        def published(count: int) -> None:
            goal = total(ledgers) + count
            until(lambda: total(ledgers) >= goal)

        published(PUBLISHED)
        nodes.kill()
        published(PUBLISHED)
        nodes.start()
        published(PUBLISHED)
    # Once more all of it, as somebody would who has lost the answers.
    records = {record for ledger in ledgers for record in ledger.published}
    submitted = [record for ledger in ledgers for record in ledger.submitted.values()]
    wanted = {f"Club {key}" for ledger in ledgers for key in ledger.submitted}
    for node in (nodes.one, nodes.two):
        until(lambda: wanted <= titles(node))  # noqa: B023
        until(lambda: httpx.get(f"{node.address}health").json()["lag"] == 0)  # noqa: B023

    assert [ledger.found for ledger in ledgers] == [[], []]
    assert len(records) >= 3 * PUBLISHED
    assert len(set(submitted)) == len(submitted)
    for record in records:
        one, two = (document(node, record) for node in (nodes.one, nodes.two))
        assert one.status_code == two.status_code == 200
        assert one.json() == two.json()
        assert one.headers["etag"] == two.headers["etag"]
    assert titles(nodes.one) == titles(nodes.two)
    verified = nodes.two.run("verify")
    assert verified.returncode == 0, verified.stderr
    again = sum(ledger.again for ledger in ledgers)
    print(f"\n{len(records)} published, {again} sent again")  # noqa: T201


def total(ledgers: list[Ledger]) -> int:
    """Returns how many acceptances were acknowledged."""
    return sum(len(ledger.published) for ledger in ledgers)


def test_a_database_that_is_away_is_waited_for(tmp_path: Path) -> None:
    """Everybody is told to come again; nothing has to be started when it is back."""
    with server(QUICK) as database:
        settings = {**UNLIMITED, "REGISTRY_JOURNAL__URL": database.database()}
        node = Operator(tmp_path / "data", free_port(), settings=settings)
        for command in (("init",), ("load", "schemes/place-level.csv")):
            assert node.run(*command).returncode == 0
        ann = office.tokens(node)["ann"]
        with node.serving(), httpx.Client(base_url=node.address, timeout=60) as client:
            before = client.get("doc/scheme/place-level.jsonld")
            database.stop()
            away = [
                client.get("doc/scheme/place-level.jsonld"),
                client.get("bg/"),
                submitted(client, ann, "away"),
            ]
            alive = client.get("health/live")
            database.start()
            after = client.get("doc/scheme/place-level.jsonld")
            again = submitted(client, ann, "away")
            # The projector, too, carries on.
            until(lambda: client.get("health").json()["journal"] == 3)
            until(lambda: client.get("health").json()["lag"] == 0)
        verified = node.run("verify")

    assert [answer.status_code for answer in away] == [503, 503, 503]
    for answer in (away[0], away[2]):
        assert answer.json()["type"] == f"{node.base}problems/storage"
        assert answer.json()["reason"] == "unreachable"
        assert answer.headers["retry-after"] == "30"
    assert alive.status_code == 200
    assert (after.status_code, after.content) == (200, before.content)
    assert again.status_code == 201
    assert verified.returncode == 0, verified.stderr


def submitted(client: httpx.Client, token: str, title: str) -> httpx.Response:
    """Hands in a practice under its title as key."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": title}
    return client.post(
        "submissions?kind=practice", json=office.document(title), headers=headers
    )
