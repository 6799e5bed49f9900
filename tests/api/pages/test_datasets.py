from datetime import UTC, date, datetime

import pytest

from api.pages.datasets import (
    Download,
    Group,
    Named,
    Period,
    Served,
    group_of,
    heading,
    shown,
)
from registry.views.dcat import services
from registry.views.nodes import Nodes
from tests.dcat import described, the_definition
from tests.versions import BASE, IRIS

CC_BY = "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0"


@pytest.mark.parametrize(
    ("key", "group"),
    [
        ("registry", Group.WHOLE),
        ("register.training-centre", Group.REGISTER),
        ("table.migr-imm8", Group.TABLE),
        ("series.eurostat", Group.SERIES),
    ],
)
def test_group(key: str, group: Group) -> None:
    """What a dataset is stands in its key."""
    assert group_of(key) is group


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        (date(2012, 1, 1), date(2015, 12, 31), True),
        (date(2012, 1, 1), date(2015, 6, 30), False),
        (date(2012, 2, 1), date(2015, 12, 31), False),
        (date(2012, 1, 1), None, False),
        (None, date(2015, 12, 31), False),
    ],
)
def test_whole_years(start: date | None, end: date | None, years: bool) -> None:
    """Only what has both ends can be told in years alone."""
    assert Period(start, end).years is years


def test_register() -> None:
    """Everything that its description says is there to be shown."""
    definition = the_definition()
    nodes = Nodes(heading(IRIS, definition) + described()["register.place"])

    told = shown(nodes, "register.place", IRIS)

    publisher = Named(definition.publisher_iri(IRIS), definition.publisher.name.text)
    kept = {s.key: s for s in services.SERVICES}
    assert told.group is Group.REGISTER
    assert told.title == definition.register("place").title.text
    assert told.publisher == [publisher]
    assert told.creator == []
    assert [one.name for one in told.contact] == [publisher.name]
    assert told.telephones == [f"tel:{definition.publisher.telephone}"]
    assert [(one.iri, set(one.name)) for one in told.licences] == [
        (CC_BY, {"bg", "en"})
    ]
    assert told.rights == [definition.rights.text]
    assert told.spatial[0].name == {"bg": "България", "en": "Bulgaria"}
    assert [one.title for one in told.services] == [
        kept["sparql"].title,
        kept["records"].title,
    ]
    assert told.services[0].address == f"{BASE}sparql"
    assert isinstance(told.services[0], Served)
    assert told.period is not None
    assert told.period.end is None
    for named in (told.themes, told.languages, told.access, told.frequency):
        assert named
        assert all(set(one.name) == {"bg", "en"} for one in named)


def test_downloads_and_moments() -> None:
    """A file has its size and digest, and what is made on demand neither."""
    iri = IRIS.dataset("table.x")
    text = (
        f"<{iri}> <http://purl.org/dc/terms/modified> "
        '"2026-01-02T03:04:05Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n'
        f"<{iri}> <http://www.w3.org/ns/dcat#distribution> <{iri}#csv> .\n"
        f"<{iri}> <http://www.w3.org/ns/dcat#distribution> <{iri}#xlsx> .\n"
        f"<{iri}#csv> <http://www.w3.org/ns/dcat#downloadURL> <{BASE}dump/x.csv> .\n"
        f'<{iri}#csv> <http://www.w3.org/ns/dcat#byteSize> "12" .\n'
        f"<{iri}#csv> <http://spdx.org/rdf/terms#checksum> <{iri}#csv-checksum> .\n"
        f'<{iri}#csv-checksum> <http://spdx.org/rdf/terms#checksumValue> "ab" .\n'
        f'<{iri}#xlsx> <http://purl.org/dc/terms/title> "Excel"@en .\n'
    )

    told = shown(Nodes(text), "table.x", IRIS)

    assert told.modified == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert told.downloads == [
        Download({}, f"{BASE}dump/x.csv", 12, "ab"),
        Download({"en": "Excel"}, f"{iri}#xlsx", None, None),
    ]
    assert (told.publisher, told.licences, told.period) == ([], [], None)
