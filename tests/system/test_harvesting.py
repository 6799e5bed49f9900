"""Catalogues of others, from the network to the journal."""

import gzip
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from registry import wiring
from registry.harvest import Harvest, Outcome
from registry.lifecycle import Event
from registry.record import Entry
from registry.settings import HarvestSettings, Settings, SiteSettings
from tests.catalogues import (
    PREFIXES,
    Host,
    Reply,
    described,
    hosting,
    oxigraph,
    page,
)
from tests.serving import Operator

LIMITS = HarvestSettings(bytes=40 * 1024**2, seconds=1, total=60, redirects=3, pages=5)


@dataclass(frozen=True)
class Ours:
    """A registry that may read one host, and that host.

    Attributes:
        host: whose replies the tests set.
        settings: of the registry.
        harvester: open for all the tests.
    """

    host: Host
    settings: Settings
    harvester: wiring.Harvester

    def harvest(self, path: str) -> Harvest:
        """Harvests the catalogue at a path of the host."""
        return self.harvester.harvest(
            self.host.at(path), sparql=False, show=False, progress=lambda _: None
        )

    def entries(self, after: int = 0) -> Sequence[Entry]:
        """Returns what the journal holds."""
        with closing(wiring.open_registry(self.settings)) as registry:
            return registry.journal.entries(after)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ours]:
    """The registry, its workers started once."""
    with hosting() as host:
        settings = Settings(
            data=tmp_path_factory.mktemp("harvesting"),
            site=SiteSettings(base="http://registry.example/"),
            harvest=LIMITS.model_copy(update={"hosts": host.name}),
        )
        wiring.create(settings)
        with wiring.harvester(settings) as harvester:
            yield Ours(host, settings, harvester)


NUMBERS = count()


@pytest.fixture
def ours(opened: Ours) -> Ours:
    """The registry, and a host that has nothing yet."""
    opened.host.replies.clear()
    opened.host.asked.clear()
    return opened


@pytest.fixture
def iri() -> str:
    """The path of a dataset that no other test has."""
    return f"/id/{next(NUMBERS)}"


def shown(done: Harvest) -> Sequence[tuple[Outcome, list[str]]]:
    """Returns what became of each dataset and page, and why."""
    return [(line.outcome, [one.rule for one in line.reasons]) for line in done.lines]


def moved(location: str) -> Reply:
    """Returns a redirect."""
    return Reply(status=302, headers={"Location": location})


def endless(host: Host) -> Callable[[], Iterator[bytes]]:
    """Returns a body that comes byte by byte, and never ends."""

    def drip() -> Iterator[bytes]:
        while not host.released.wait(0.05):
            yield b"#"

    return drip


BOMB = gzip.compress(b"#" * 50 * 1024**2)
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">]><rdf:RDF/>'

BAD: Sequence[tuple[str, Callable[[Host], Reply]]] = [
    ("status", lambda _: Reply(b"<html>", "text/html", 500)),
    ("not-rdf", lambda _: Reply(b"<html>Sorry</html>", "text/html; charset=utf-8")),
    ("not-rdf", lambda _: Reply(b"a,b\n", "text/csv")),
    ("malformed", lambda _: Reply(page(described("/id/x")) + b"<a> <b> ")),
    ("malformed", lambda _: Reply(b"<html>Sorry</html>")),
    ("malformed", lambda _: Reply(LAUGHS, "application/rdf+xml")),
    (
        "malformed",
        lambda host: Reply(
            f'{{"@context":"{host.at("/context")}"}}'.encode(), "application/ld+json"
        ),
    ),
    ("too-large", lambda _: Reply(b"#" * 50 * 1024**2)),
    ("too-large", lambda _: Reply(BOMB, headers={"Content-Encoding": "gzip"})),
    ("deadline", lambda host: Reply(endless(host))),
    ("redirects", lambda _: moved("/bad")),
    ("host-not-listed", lambda _: moved("https://evil.example/catalog")),
    ("host-not-listed", lambda _: moved("http://169.254.169.254/latest")),
    ("host-not-listed", lambda _: moved("http://127.0.0.1:22/")),
    ("bad-url", lambda _: moved("file:///etc/passwd")),
]


@pytest.mark.parametrize(("rule", "reply"), BAD)
def test_a_bad_page_is_reported_and_good_ones_are_handed_in(
    ours: Ours, iri: str, rule: str, reply: Callable[[Host], Reply]
) -> None:
    """The drafts of what was good stay, and nothing is published, ever."""
    ours.host.replies["/c"] = Reply(page(described(iri), following="/bad"))
    ours.host.replies["/bad"] = reply(ours.host)
    before = len(ours.entries())

    done = ours.harvest("/c")

    assert shown(done) == [(Outcome.NEW, []), (Outcome.REFUSED, [rule])]
    added = ours.entries(before)
    assert [entry.event for entry in added] == [Event.SUBMITTED]
    assert added[0].provenance.sources[0].iri == ours.host.at(iri)
    assert "/context" not in ours.host.asked


UNTIDY = """
<> a dcat:Catalog ; dcat:dataset [ a dcat:Dataset ; dct:title "Безименен"@bg ] .
<{iri}> a dcat:Dataset ;
  dct:title "Набор"@bg-BG , "Ein Satz"@de , "No language" ;
  dct:publisher [ a foaf:Agent ; foaf:name "Агенция"@bg ] ;
  dcat:landingPage <../page> , <mailto:a@example.org> ;
  dcat:distribution [ a dcat:Distribution ; dcat:accessURL <data.csv> ] .
<{iri}/untitled> a dcat:Dataset ; dct:title "Nur Deutsch"@de .
"""


def test_an_untidy_catalogue_gives_drafts_of_what_can_be_kept(
    ours: Ours, iri: str
) -> None:
    """Blank nodes get names, relative IRIs their base, and losses are listed."""
    ours.host.replies["/a/b"] = Reply((PREFIXES + UNTIDY.format(iri=iri)).encode())

    done = ours.harvest("/a/b")

    assert sorted(shown(done), key=str) == [
        (Outcome.NEW, []),
        (Outcome.REFUSED, ["no-iri"]),
        (Outcome.REFUSED, ["title-missing"]),
    ]
    (new,) = [line for line in done.lines if line.outcome is Outcome.NEW]
    assert [(loss.rule, loss.value) for loss in new.losses] == [
        ("bad-iri", "mailto:a@example.org"),
        ("language-not-kept", "Ein Satz"),
        ("language-unknown", "No language"),
    ]
    with closing(wiring.open_registry(ours.settings)) as registry:
        assert new.record is not None
        (entry,) = registry.journal.history(new.record)
    assert entry.version == 0


def test_a_catalogue_that_did_not_change_adds_nothing(ours: Ours, iri: str) -> None:
    """Though its blank nodes have other labels each time it is read."""
    ours.host.replies["/c"] = Reply((PREFIXES + UNTIDY.format(iri=iri)).encode())
    first = ours.harvest("/c")
    before = ours.entries()

    again = ours.harvest("/c")

    assert first.count(Outcome.NEW) == again.count(Outcome.UNCHANGED) == 1
    assert ours.entries() == before


def test_our_own_catalogue_can_be_harvested(served: Operator, tmp_path: Path) -> None:
    """A registry is a source like any other: in every format, whole or in pages."""
    settings = Settings(
        data=tmp_path / "data",
        site=SiteSettings(base="http://registry.example/"),
        harvest=HarvestSettings(hosts=f"127.0.0.1:{served.port}"),
    )
    wiring.create(settings)
    with wiring.harvester(settings) as harvester:

        def run(path: str) -> Harvest:
            return harvester.harvest(
                served.base + path, sparql=False, show=False, progress=lambda _: None
            )

        first = run("catalog.ttl")
        again = [run(f"catalog.{format_}") for format_ in ("rdf", "nt", "jsonld")]
        paged = run("catalog?page=1")

    assert first.count(Outcome.NEW) == len(first.lines) > 1
    for done in (*again, paged):
        assert done.count(Outcome.UNCHANGED) == len(done.lines) == len(first.lines)


def test_a_sparql_endpoint_can_be_harvested(tmp_path: Path) -> None:
    """Again only what changed there is handed in, and nothing is published."""
    names = [f"https://data.example/{number:03}" for number in range(120)]
    catalogue = PREFIXES + "".join(described(name) for name in names)
    settings = Settings(
        data=tmp_path / "data", site=SiteSettings(base="http://registry.example/")
    )
    wiring.create(settings)
    outcomes = []
    for number, text in enumerate((catalogue, catalogue.replace('"Набор"', '"Н"', 1))):
        folder = tmp_path / str(number)
        folder.mkdir()
        with oxigraph(folder, text) as address:
            listed = HarvestSettings(hosts=address.split("/")[2])
            allowed = settings.model_copy(update={"harvest": listed})
            with wiring.harvester(allowed) as harvester:
                done = harvester.harvest(
                    address, sparql=True, show=False, progress=lambda _: None
                )
        outcomes.append([done.count(outcome) for outcome in Outcome])

    assert outcomes == [[120, 0, 0, 0], [0, 1, 119, 0]]
    with closing(wiring.open_registry(settings)) as registry:
        events = {entry.event for entry in registry.journal.entries()}
    assert events == {Event.SUBMITTED}
