from collections.abc import Mapping
from datetime import timedelta
from xml.etree.ElementTree import Element

import pytest

from registry.iris import Iris
from registry.views.oai.faults import FaultError
from registry.views.oai.items import Items
from registry.views.oai.repository import Repository
from registry.views.oai.requests import Request
from tests.conftest import DAWN
from tests.registry.views.oai.conftest import Registry

START = "oai:registry.example:"


def repository(
    registry: Registry, *, limit: int = 100, contact: str | None = None
) -> Repository:
    return Repository(
        items=registry.items(limit),
        address="http://registry.example/oai",
        name={"bg": "Регистър", "en": "Registry"},
        description={"bg": "Записи.", "en": "Records."},
        contact=contact,
    )


def answer(made: Repository, verb: str, **arguments: str) -> Element:
    return made.answer(Request(verb, arguments))


def texts(element: Element) -> list[tuple[str, str]]:
    """Returns name and text of each child that has no children."""
    return [(each.tag, each.text or "") for each in element if not len(each)]


def headers(element: Element) -> list[Mapping[str, str]]:
    """Returns what each header says."""
    return [{**each.attrib, **dict(texts(each))} for each in element.iter("header")]


def test_identify(registry: Registry) -> None:
    """The repository tells its name in both languages, and what it promises."""
    registry.publish("institution/one")

    said = answer(repository(registry, contact="office@a.example"), "Identify")

    assert texts(said) == [
        ("repositoryName", "Registry / Регистър"),
        ("baseURL", "http://registry.example/oai"),
        ("protocolVersion", "2.0"),
        ("adminEmail", "office@a.example"),
        ("earliestDatestamp", "2026-01-01T00:00:01Z"),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ]
    identifiers, description = (each[0] for each in said.findall("description"))
    assert texts(identifiers) == [
        ("scheme", "oai"),
        ("repositoryIdentifier", "registry.example"),
        ("delimiter", ":"),
        ("sampleIdentifier", "oai:registry.example:catalog/registry"),
    ]
    assert [(each.get("xml:lang"), each.text) for each in description] == [
        ("bg", "Регистър"),
        ("en", "Registry"),
        ("bg", "Записи."),
        ("en", "Records."),
    ]


def test_identify_without_what_is_not_known(registry: Registry) -> None:
    """No address is made up, nor a scheme of identifiers for a host without a name."""
    items = Items(registry.catalogue, registry.journal, Iris("http://127.0.0.1:80/"), 1)
    said = answer(
        Repository(items, "", {"bg": "", "en": ""}, {"bg": "", "en": ""}, None),
        "Identify",
    )

    assert said.find("adminEmail") is None
    assert said.findtext("earliestDatestamp") == "1970-01-01T00:00:00Z"
    assert [each[0].tag for each in said.findall("description")] == ["oai_dc:dc"]


def test_formats(registry: Registry) -> None:
    """Formats are listed for the repository, a record and a dataset."""
    registry.publish("institution/one")
    registry.describe("table.one", DAWN)
    made = repository(registry)

    def prefixes(**arguments: str) -> list[str | None]:
        said = answer(made, "ListMetadataFormats", **arguments)
        return [each.findtext("metadataPrefix") for each in said]

    assert prefixes() == ["oai_dc", "dcat_ap"]
    assert prefixes(identifier=f"{START}catalog/table.one") == ["oai_dc", "dcat_ap"]
    assert prefixes(identifier=f"{START}institution/one") == ["oai_dc"]


def test_sets(registry: Registry) -> None:
    """The catalogue is a set, and so are all records and those of one kind."""
    said = answer(repository(registry), "ListSets")

    assert [each.findtext("setSpec") for each in said][:3] == [
        "dataset",
        "record",
        "record:institution",
    ]


def test_list(registry: Registry) -> None:
    """A list that fits one page has no token; what was retired has no metadata."""
    registry.describe("table.one", DAWN)
    registry.publish("institution/one")
    registry.publish("institution/two")
    registry.retire("institution/one")
    expected = [
        {
            "identifier": f"{START}catalog/table.one",
            "datestamp": "2026-01-01T00:00:00Z",
            "setSpec": "dataset",
        },
        {
            "identifier": f"{START}institution/two",
            "datestamp": "2026-01-01T00:00:04Z",
            "setSpec": "record:institution",
        },
        {
            "status": "deleted",
            "identifier": f"{START}institution/one",
            "datestamp": "2026-01-01T00:00:05Z",
            "setSpec": "record:institution",
        },
    ]
    made = repository(registry)

    listed = answer(made, "ListIdentifiers", metadataPrefix="oai_dc")
    records = answer(made, "ListRecords", metadataPrefix="oai_dc")

    assert [each.tag for each in listed] == ["header"] * 3
    assert headers(listed) == headers(records) == expected
    assert [each.find("metadata") is None for each in records] == [False, False, True]
    one = answer(
        made,
        "GetRecord",
        identifier=f"{START}institution/one",
        metadataPrefix="oai_dc",
    )
    assert headers(one) == expected[2:]


def test_pages(registry: Registry) -> None:
    """Tokens lead to the end, which has an empty one; cursors count what came."""
    registry.describe("table.one", DAWN)
    for key in "abcd":
        registry.publish(f"institution/{key}")
    made, arguments, seen = (
        repository(registry, limit=2),
        {"metadataPrefix": "oai_dc"},
        [],
    )

    while arguments:
        page = answer(made, "ListIdentifiers", **arguments)
        token = page.find("resumptionToken")
        assert token is not None
        seen.append(
            (token.get("cursor"), len(page.findall("header")), bool(token.text))
        )
        arguments = {"resumptionToken": token.text} if token.text else {}

    assert seen == [("0", 2, True), ("2", 2, True), ("4", 1, False)]


@pytest.mark.parametrize(
    ("verb", "arguments", "code"),
    [
        ("ListSets", {"resumptionToken": "x"}, "badResumptionToken"),
        ("ListMetadataFormats", {"identifier": "x"}, "idDoesNotExist"),
        ("ListRecords", {"metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        (
            "ListRecords",
            {"metadataPrefix": "oai_dc", "set": "record:place"},
            "noRecordsMatch",
        ),
        (
            "ListRecords",
            {"metadataPrefix": "dcat_ap", "set": "record"},
            "noRecordsMatch",
        ),
        (
            "ListRecords",
            {"metadataPrefix": "oai_dc", "from": "2999-01-01"},
            "noRecordsMatch",
        ),
        (
            "ListRecords",
            {"metadataPrefix": "oai_dc", "until": "1999-01-01"},
            "noRecordsMatch",
        ),
        (
            "GetRecord",
            {"identifier": f"{START}institution/one", "metadataPrefix": "marc"},
            "cannotDisseminateFormat",
        ),
        (
            "GetRecord",
            {"identifier": f"{START}institution/one", "metadataPrefix": "dcat_ap"},
            "cannotDisseminateFormat",
        ),
        (
            "GetRecord",
            {"identifier": f"{START}institution/two", "metadataPrefix": "oai_dc"},
            "idDoesNotExist",
        ),
        (
            "GetRecord",
            {
                "identifier": "oai:other.example:institution/one",
                "metadataPrefix": "oai_dc",
            },
            "idDoesNotExist",
        ),
    ],
)
def test_errors(
    registry: Registry, verb: str, arguments: dict[str, str], code: str
) -> None:
    """Each refusal is the one that the protocol names."""
    registry.publish("institution/one")

    with pytest.raises(FaultError) as refused:
        repository(registry).answer(Request(verb, arguments))

    assert refused.value.code == code


def test_nothing_left(registry: Registry) -> None:
    """A list whose rest has moved out of its period is to be begun anew."""
    for key in "ab":
        registry.publish(f"institution/{key}")
    made, until = repository(registry, limit=1), "2026-01-01T00:00:04Z"
    page = answer(made, "ListRecords", metadataPrefix="oai_dc", until=until)
    token = page.findtext("resumptionToken") or ""
    registry.retire("institution/b")

    with pytest.raises(FaultError) as refused:
        answer(made, "ListRecords", resumptionToken=token)

    assert refused.value.code == "badResumptionToken"


def test_incremental_harvest_reads_only_what_changed(registry: Registry) -> None:
    """From a moment on there is what changed then or later, and its end."""
    registry.describe("table.one", DAWN)
    for key in "abc":
        registry.publish(f"institution/{key}")
    registry.retire("institution/a")
    registry.delete("table.one", DAWN + timedelta(seconds=20))

    said = answer(
        repository(registry),
        "ListIdentifiers",
        **{"metadataPrefix": "oai_dc", "from": "2026-01-01T00:00:07Z"},
    )

    assert [(each["identifier"], "status" in each) for each in headers(said)] == [
        (f"{START}catalog/table.one", True),
        (f"{START}institution/a", True),
    ]
