"""People who hand in and accept over HTTP while processes are being killed.

Each keeps a ledger of what the server has acknowledged. Whatever is not answered is
sent again, with the same key, as a good client does.
"""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from pydantic import SecretStr

from registry import wiring
from registry.credentials import Scope
from registry.directory.accounts import SqlAccounts
from registry.lifecycle import Role
from registry.people import KEEPER, Organisation
from registry.settings import JournalSettings, Settings, SiteSettings
from tests.serving import Operator

TOWN = "town"
PEOPLE = (
    ("ann", TOWN, Role.CONTRIBUTOR),
    ("rev", TOWN, Role.REVIEWER),
    ("guest", TOWN, Role.CONTRIBUTOR),
    ("stat", KEEPER, Role.CONTRIBUTOR),
    ("chief", KEEPER, Role.REVIEWER),
)
TABLE = "ilc-di15"
"""The table for which figures are handed in."""
CELL: Mapping[str, str] = {
    "freq": "A",
    "indic_il": "MED_E",
    "citizen": "EU27_2020_FOR",
    "sex": "T",
    "age": "Y_GE18",
    "geo": "BG",
    "time_period": "2021",
}
"""Where the figure stands that is handed in again and again."""
PATIENCE = 300.0
"""Seconds after which something that is not answered counts as never answered."""

AGAIN = frozenset({502, 503, 504})
"""What the server says when it cannot now, and a proxy of a server that is gone."""


@dataclass
class Ledger:
    """What was sent, and what was acknowledged.

    Attributes:
        keys: that were sent, each for one document.
        figures: that were accepted for the cell of the table, one after the other.
        submitted: the record of each submission that was acknowledged, by key.
        published: the records whose acceptance was acknowledged.
        moments: when each of those was, in the time of `time.monotonic`.
        again: how often something had to be sent again.
        found: what went wrong.
    """

    keys: list[str] = field(default_factory=list)
    figures: list[int] = field(default_factory=list)
    submitted: dict[str, str] = field(default_factory=dict)
    published: list[str] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    again: int = 0
    found: list[str] = field(default_factory=list)


def tokens(operator: Operator) -> Mapping[str, str]:
    """Makes people of a town and of the keeper, and returns a token of each."""
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
        for name, organisation, role in PEOPLE:
            account = accounts.enrol(f"{name}@example.org", "en")
            accounts.change(replace(account, name=name))
            registry.directory.join(account.actor, organisation, role)
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

    They publish records, and those of the keeper figures.

    Attributes:
        address: of the server.
        tokens: of both people.
        name: of this pair.
        ledger: what was acknowledged to them.
        stop: ends their work when it is set.
        pause: seconds between two things that they publish.
        publish: does so.
    """

    address: str
    tokens: Mapping[str, str]
    name: str
    stop: threading.Event
    pause: float
    publish: Callable[["Office", httpx.Client, int], None]
    ledger: Ledger = field(default_factory=Ledger)

    def work(self) -> None:
        """Publishes one thing after the other until told to stop."""
        with httpx.Client(base_url=self.address, timeout=10) as client:
            number = 0
            while not self.stop.is_set():
                number += 1
                self.publish(self, client, number)
                self.stop.wait(self.pause)

    def record(self, client: httpx.Client, number: int) -> None:
        """Publishes a record."""
        key = f"{self.name}-{number}"
        self.ledger.keys.append(key)
        made = self._until(
            client,
            "/submissions?kind=practice",
            "ann",
            json.dumps(document(key)),
            {"Idempotency-Key": key, "Content-Type": "application/json"},
        )
        if made is None:
            return
        (submission,) = made["submissions"]
        self.ledger.submitted[key] = submission["record"]
        path = f"/submissions/{submission['number']}"
        if self._accepted(client, path, "rev"):
            self.ledger.moments.append(time.monotonic())
            self.ledger.published.append(submission["record"])

    def figure(self, client: httpx.Client, number: int) -> None:
        """Publishes another figure in the same cell of a table."""
        made = self._until(
            client,
            f"/tables/{TABLE}/submissions",
            "stat",
            f"{','.join(CELL)},obs_value,obs_flag\n{','.join(CELL.values())},{number},u\n",
            {"Content-Type": "text/csv"},
        )
        if made is None:
            return
        (submission,) = made["submissions"]
        if self._accepted(client, f"/submissions/{submission['number']}", "chief"):
            self.ledger.figures.append(number)

    def _accepted(self, client: httpx.Client, path: str, who: str) -> bool:
        as_json = {"Content-Type": "application/json"}
        return self._until(client, f"{path}/accept", who, "{}", as_json) is not None

    def _until(
        self,
        client: httpx.Client,
        path: str,
        who: str,
        body: str,
        headers: Mapping[str, str],
    ) -> Any:
        """Sends until it is acknowledged; returns the answer."""
        ends = time.monotonic() + PATIENCE
        authorised = {**headers, "Authorization": f"Bearer {self.tokens[who]}"}
        while time.monotonic() < ends:
            try:
                answer = client.post(path, content=body, headers=authorised)
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
    operator: Operator,
    tokens: Mapping[str, str],
    pairs: int = 2,
    *,
    figures: bool = False,
    pause: float = 0.0,
) -> Iterator[list[Ledger]]:
    """Has several pairs of people work until the block ends; yields their ledgers.

    Args:
        operator: of the server.
        tokens: of all people.
        pairs: that publish records.
        figures: whether another one publishes figures.
        pause: seconds between two things that a pair publishes.
    """
    stop = threading.Event()
    # Names differ between runs over the same registry.
    run = f"{random.randrange(16**8):08x}"  # noqa: S311 - not a secret
    publish = [Office.record] * pairs + [Office.figure] * figures
    offices = [
        Office(operator.address, tokens, f"{run}-{number}", stop, pause, each)
        for number, each in enumerate(publish)
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
