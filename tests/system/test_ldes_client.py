"""`ldes-client` of npm follows the feeds as it does by itself.

Each activity that it hands on comes as N-Quads, and is carried out on a copy.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from registry import graphs, projection, review, submissions, wiring
from registry.iris import RecordId
from registry.record import Provenance
from registry.settings import Settings, SiteSettings
from tests.ldes import LdesClient, activities, carried_out
from tests.replaying import Copy
from tests.serving import Operator, free_port
from tests.versions import content

ONE = RecordId("institution", "one")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Operator]:
    """A server with one record, which a test may change."""
    operator = Operator(tmp_path / "data", free_port())
    site = SiteSettings(base=operator.base)
    wiring.create(Settings(data=operator.data, site=site))
    with opened(operator) as registry, registry.journal.write() as writer:
        made = content(
            ONE, {"type": "Organization", "name": {"bg": "Едно"}}, registry.iris
        )
        entry = submissions.submit(
            writer, ONE, made, provenance=Provenance(), actor="a"
        )
        assert entry is not None
        review.accept(writer, entry, actor="b")
    with operator.serving():
        yield operator


def published(operator: Operator) -> Copy:
    """Returns the graphs of the records that are public now."""
    with opened(operator) as registry:
        return {
            registry.iris.thing(version.head.record): graphs.canonical(
                graphs.triples(projection.graph(version, registry.iris)[1])
            )
            for version in registry.journal.heads()
            if version.head.status.public
        }


@contextmanager
def opened(operator: Operator) -> Iterator[wiring.Registry]:
    """Opens the registry beside its server."""
    registry = wiring.open_registry(Settings(data=operator.data))
    try:
        yield registry
    finally:
        registry.close()


def test_whole_of_the_records(served: Operator, ldes_client: LdesClient) -> None:
    """Every record arrives, and the copy is what the journal says of it now."""
    read = ldes_client.follow(f"{served.base}feed/records")

    expected = published(served)
    assert len(activities(read)) >= len(expected) > 900
    assert carried_out(read, {}) == expected


def test_whole_of_the_catalogue(served: Operator, ldes_client: LdesClient) -> None:
    """Every dataset arrives, and the copy is what the catalogue had come to."""
    # The shape is on a server of the European Commission, and no test goes there.
    read = ldes_client.follow(f"{served.base}feed/catalog", "--no-shape")

    told = activities(read)
    with opened(served) as registry:  # which may have gone on meanwhile
        happened = registry.catalogue.activities(limit=len(told))
        names = [registry.iris.dataset(activity.dataset) for activity in happened]
    assert [activity[0] for activity in told] == [a.number for a in happened]
    latest = dict(zip(names, (a.triples for a in happened), strict=True))
    expected = {dataset: triples for dataset, triples in latest.items() if triples}
    assert carried_out(read, {}) == expected
    assert len(expected) > 50


def test_deletion_arrives_and_nothing_else(
    small: Operator, ldes_client: LdesClient, tmp_path: Path
) -> None:
    """A copy that is brought up to date is told of what was withdrawn, only."""
    feed, state = f"{small.base}feed/records", ("--save", str(tmp_path / "state"))
    copy = carried_out(ldes_client.follow(feed, *state), {})
    assert copy == published(small)
    thing = f"{small.base}id/{ONE}"
    assert set(copy) == {thing}

    with opened(small) as registry, registry.journal.write() as writer:
        review.retire(writer, ONE, actor="a", reason="x")
    read = ldes_client.follow(feed, *state)

    assert [activity[:3] for activity in activities(read)] == [(3, "Delete", thing)]
    assert carried_out(read, copy) == {}


def test_reading_goes_on_after_a_dump(
    served: Operator, ldes_client: LdesClient
) -> None:
    """Who has read as far as a position reads only the pages that come after."""
    whole = activities(ldes_client.follow(f"{served.base}feed/records"))
    position = whole[-1][0] - 150

    rest = activities(ldes_client.follow(f"{served.base}feed/records?after={position}"))

    first = position // 100 * 100
    assert rest == [activity for activity in whole if activity[0] > first]
