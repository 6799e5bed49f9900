"""People who hand in and accept over HTTP while processes are being killed.

Each keeps a ledger of what the server has acknowledged. Whatever is not answered is
sent again, with the same key, as a good client does.
"""

import random
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from pydantic import SecretStr

from registry import wiring
from registry.credentials import Scope
from registry.directory.accounts import SqlAccounts
from registry.lifecycle import Role
from registry.people import Organisation
from registry.settings import JournalSettings, Settings, SiteSettings
from tests.serving import Operator

TOWN = "town"
PATIENCE = 300.0
"""Seconds after which something that is not answered counts as never answered."""

AGAIN = frozenset({502, 503, 504})
"""What the server says when it cannot now, and a proxy of a server that is gone."""


@dataclass
class Ledger:
    """What was sent, and what was acknowledged.

    Attributes:
        keys: that were sent, each for one document.
        submitted: the record of each submission that was acknowledged, by key.
        published: the records whose acceptance was acknowledged.
        moments: when each of those was, in the time of `time.monotonic`.
        again: how often something had to be sent again.
        found: what went wrong.
    """

    keys: list[str] = field(default_factory=list)
    submitted: dict[str, str] = field(default_factory=dict)
    published: list[str] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    again: int = 0
    found: list[str] = field(default_factory=list)


def tokens(operator: Operator) -> Mapping[str, str]:
    """Makes an organisation with two people, and returns a token of each."""
    url = SecretStr(operator.settings.get("REGISTRY_JOURNAL__URL", ""))
    settings = Settings(
        data=operator.data,
        site=SiteSettings(base=operator.base),
        journal=JournalSettings(url=url),
    )
    made: dict[str, str] = {}
    with closing(wiring.open_registry(settings)) as registry:
        registry.directory.found(Organisation(TOWN, {"bg": "Град", "en": "Town"}))
        accounts = SqlAccounts(registry.journal.engine, wiring.now)
        for name, role in (("ann", Role.CONTRIBUTOR), ("rev", Role.REVIEWER)):
            account = accounts.enrol(f"{name}@example.org", "en")
            accounts.change(replace(account, name=name))
            registry.directory.join(account.actor, TOWN, role)
            person = registry.directory.person(account.actor)
            assert person is not None
            made[name] = registry.access.issue(person, "test", list(Scope), 365)
    return made


def document(title: str) -> Mapping[str, Any]:
    """Returns a good practice that nobody else has told of."""
    return {
        "type": "IntegrationMeasure",
        "title": {"bg": f"Клуб {title}", "en": f"Club {title}"},
        "description": {"bg": f"Срещи {title}.", "en": f"Meetings {title}."},
    }


@dataclass(frozen=True)
class Office:
    """Somebody who hands in, and somebody who accepts it, one after the other.

    Attributes:
        address: of the server.
        tokens: of both people.
        name: of this pair.
        ledger: what was acknowledged to them.
        stop: ends their work when it is set.
    """

    address: str
    tokens: Mapping[str, str]
    name: str
    stop: threading.Event
    ledger: Ledger = field(default_factory=Ledger)

    def work(self) -> None:
        """Publishes one record after the other until told to stop."""
        with httpx.Client(base_url=self.address, timeout=10) as client:
            number = 0
            while not self.stop.is_set():
                number += 1
                self._publish(client, f"{self.name}-{number}")

    def _publish(self, client: httpx.Client, key: str) -> None:
        self.ledger.keys.append(key)
        made = self._until(
            client,
            "/submissions?kind=practice",
            "ann",
            document(key),
            {"Idempotency-Key": key},
        )
        if made is None:
            return
        (submission,) = made["submissions"]
        self.ledger.submitted[key] = submission["record"]
        path = f"/submissions/{submission['number']}"
        if self._until(client, f"{path}/accept", "rev", {}, {}) is not None:
            self.ledger.moments.append(time.monotonic())
            self.ledger.published.append(submission["record"])

    def _until(
        self,
        client: httpx.Client,
        path: str,
        who: str,
        body: object,
        headers: Mapping[str, str],
    ) -> Any:
        """Sends until it is acknowledged; returns the answer."""
        ends = time.monotonic() + PATIENCE
        authorised = {**headers, "Authorization": f"Bearer {self.tokens[who]}"}
        while time.monotonic() < ends:
            try:
                answer = client.post(path, json=body, headers=authorised)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.is_success:
                return answer.json()
            if answer is not None and answer.status_code == 403:
                # It was accepted before, and the server died before it could say so.
                return self._decided(client, path, authorised)
            if answer is not None and answer.status_code not in AGAIN:
                self.ledger.found.append(f"{path}: {answer.status_code} {answer.text}")
                return None
            self.ledger.again += 1
            # Nothing tells that a server is back but asking it.
            time.sleep(0.05)
        self.ledger.found.append(f"{path}: not answered within {PATIENCE:g} s")
        return None

    def _decided(
        self, client: httpx.Client, path: str, headers: Mapping[str, str]
    ) -> Any:
        while True:
            try:
                answer = client.get(path.removesuffix("/accept"), headers=headers)
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            told = answer.json()
            if answer.is_success and told["outcome"] == "accepted":
                return told
            if answer.status_code not in AGAIN:
                self.ledger.found.append(f"{path}: {answer.status_code} {answer.text}")
                return None
            time.sleep(0.05)


@contextmanager
def working(
    operator: Operator, tokens: Mapping[str, str], pairs: int = 2
) -> Iterator[list[Ledger]]:
    """Has several pairs of people work until the block ends; yields their ledgers."""
    stop = threading.Event()
    # Names differ between runs over the same registry.
    run = f"{random.randrange(16**8):08x}"  # noqa: S311 - not a secret
    offices = [
        Office(operator.address, tokens, f"{run}-{number}", stop)
        for number in range(pairs)
    ]
    threads = [threading.Thread(target=office.work) for office in offices]
    for thread in threads:
        thread.start()
    try:
        yield [office.ledger for office in offices]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
