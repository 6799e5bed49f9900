"""People with tokens at the desk of a small registry, for tests of its API."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from httpx import Response

from api.application import application
from registry.credentials import Scope
from registry.directory.accounts import SqlAccounts
from registry.iris import RecordId
from registry.lifecycle import Role
from registry.people import KEEPER, Organisation
from registry.sandbox import Worker
from tests.api.client import Client
from tests.api.conftest import Sample, build, desk_over
from tests.desk import named

CENTRE = RecordId("institution", "centre")
HASKOVO = Organisation("haskovo", {"bg": "Община Хасково"}, CENTRE)
BURGAS = Organisation("burgas", {"bg": "Община Бургас"})
ROLES: Mapping[str, Mapping[str, Role]] = {
    "ann": {"haskovo": Role.CONTRIBUTOR},
    "rev": {"haskovo": Role.REVIEWER},
    "bob": {KEEPER: Role.REVIEWER},
    "zoe": {KEEPER: Role.REVIEWER, "haskovo": Role.CONTRIBUTOR},
    "eve": {"burgas": Role.ADMINISTRATOR},
}
"""Roles by person and organisation."""

JSON = "application/json"


@dataclass(frozen=True)
class Bureau:
    """A registry whose desk programs use, and the tokens of its people."""

    sample: Sample
    client: Client
    worker: Worker
    tokens: Mapping[str, str]
    actors: Mapping[str, str]

    def ask(
        self,
        who: str,
        method: str,
        path: str,
        body: object = None,
        **headers: str,
    ) -> Response:
        """Sends a request with somebody's token; what is no bytes is sent as JSON."""
        if not isinstance(body, bytes | None):
            body = json.dumps(body, ensure_ascii=False).encode()
            headers = {"content_type": JSON, **headers}
        if who:
            headers["authorization"] = f"Bearer {self.tokens[who]}"
        return self.client.send(method, path, body, **headers)

    def get(self, who: str, path: str, **headers: str) -> Response:
        """Asks for a path."""
        return self.ask(who, "GET", path, **headers)

    def post(
        self, who: str, path: str, body: object = None, **headers: str
    ) -> Response:
        """Sends something to a path."""
        return self.ask(who, "POST", path, body, **headers)

    def hand_in(self, who: str = "ann", title: str = "Клуб", **query: str) -> Any:
        """Hands in a new practice and returns the submission."""
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        answer = self.post(who, f"/submissions?kind=practice&{asked}", named(title))
        assert answer.status_code == 201, answer.text
        return answer.json()["submissions"][0]

    def publish(self, **query: str) -> Any:
        """Hands in a new practice, has it published, and returns the submission."""
        made = self.hand_in(**query)
        accepted = self.post("rev", f"/submissions/{made['number']}/accept")
        assert accepted.status_code == 200, accepted.text
        return accepted.json()


@contextmanager
def working(folder: Path) -> Iterator[Bureau]:
    """Opens a bureau whose documents are read in a real worker."""
    sample = build(folder)
    engine = sample.journal.engine
    accounts = SqlAccounts(engine, sample.access.clock)
    tokens, actors = {}, {}
    for organisation in (HASKOVO, BURGAS):
        sample.directory.found(organisation)
    sample.directory.assign(CENTRE, "haskovo")
    for name, roles in ROLES.items():
        account = accounts.enrol(f"{name}@example.org", "bg")
        accounts.change(replace(account, name=name.title()))
        for organisation_, role in roles.items():
            sample.directory.join(account.actor, organisation_, role)
        person = sample.directory.person(account.actor)
        assert person is not None
        tokens[name] = sample.access.issue(person, "test", list(Scope), 365)
        actors[name] = account.actor
    with Worker("registry.admission:serve", memory=3 * 1024**3) as worker:
        intake, reviewing = desk_over(
            sample.journal, sample.lists, sample.directory, worker, sample.access.clock
        )
        whole = replace(sample, intake=intake, reviewing=reviewing)
        with Client(application(whole, close=lambda: None)) as client:
            yield Bureau(whole, client, worker, tokens, actors)
    sample.lists.close()
    sample.catalogue.close()
    sample.journal.close()
