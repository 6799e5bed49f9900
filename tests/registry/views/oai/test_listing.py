from datetime import timedelta

import pytest

from registry.views.oai import tokens
from registry.views.oai.faults import FaultError
from registry.views.oai.listing import SETS, asked, format_of
from registry.views.oai.requests import Request
from registry.views.oai.tokens import Remainder
from tests.conftest import DAWN
from tests.registry.views.oai.conftest import Registry

PREFIX = {"metadataPrefix": "oai_dc"}


@pytest.fixture
def filled(registry: Registry) -> Registry:
    """Two datasets, and entries one second apart from the first second on."""
    registry.describe("table.a", DAWN)
    registry.describe("table.b", DAWN + timedelta(seconds=10))
    registry.publish("institution/one")
    registry.publish("institution/two")
    return registry


@pytest.mark.parametrize(
    ("arguments", "kind", "datasets", "records"),
    [
        ({}, None, 0, 0),
        ({"set": "dataset"}, None, 0, None),
        ({"set": "record"}, None, None, 0),
        ({"set": "record:place"}, "place", None, 0),
        ({"metadataPrefix": "dcat_ap"}, None, 0, None),
        ({"metadataPrefix": "dcat_ap", "set": "record"}, None, None, None),
        ({"from": "2026-01-01"}, None, 0, 0),
        ({"from": "2026-01-01T00:00:04Z"}, None, 1, 3),
        ({"from": "2026-01-02"}, None, 2, 4),
        ({"until": "2026-01-01"}, None, 0, 0),
    ],
)
def test_list(
    filled: Registry,
    arguments: dict[str, str],
    kind: str | None,
    datasets: int | None,
    records: int | None,
) -> None:
    """A set and a period become positions, of which nothing before is read."""
    given = {**PREFIX, **arguments}

    assert asked(Request("ListRecords", given), filled.items()) == Remainder(
        verb="ListRecords",
        prefix=given["metadataPrefix"],
        kind=kind,
        until=arguments.get("until"),
        datasets=datasets,
        records=records,
        cursor=0,
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"set": "nothing"}, "noRecordsMatch"),
        ({"from": "yesterday"}, "badArgument"),
        ({"until": ""}, "badArgument"),
        ({"until": "2026-02-30"}, "badArgument"),
        ({"from": "2026-01-01", "until": "2026-01-01T00:00:00Z"}, "badArgument"),
        ({"from": "2026-01-02", "until": "2026-01-01"}, "badArgument"),
        ({"resumptionToken": "broken"}, "badResumptionToken"),
    ],
)
def test_refusals(filled: Registry, arguments: dict[str, str], code: str) -> None:
    """Each thing that cannot be listed has its own error."""
    with pytest.raises(FaultError) as refused:
        asked(Request("ListRecords", {**PREFIX, **arguments}), filled.items())

    assert refused.value.code == code


def test_token_goes_on(filled: Registry) -> None:
    """A token stands for the list that it came from, and no other."""
    left = Remainder("ListRecords", "oai_dc", None, None, None, 2, 5)
    given = {"resumptionToken": tokens.token(left)}

    assert asked(Request("ListRecords", given), filled.items()) == left
    with pytest.raises(FaultError):
        asked(Request("ListIdentifiers", given), filled.items())


def test_token_of_a_format_that_is_gone(filled: Registry) -> None:
    """A token says nothing of a format that there is not."""
    left = Remainder("ListRecords", "marc", None, None, None, 2, 5)
    given = {"resumptionToken": tokens.token(left)}

    with pytest.raises(FaultError):
        asked(Request("ListRecords", given), filled.items())


def test_names() -> None:
    """Sets are named in both languages, and formats by their prefix."""
    assert SETS["record:place"] == "Places / Места"
    assert format_of("oai_dc").prefix == "oai_dc"
