from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.api.client import Client
from tests.versions import BASE

OAI = "{http://www.openarchives.org/OAI/2.0/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FORM = "application/x-www-form-urlencoded"
CENTRE = "oai:registry.example:institution/centre"


def read(body: bytes) -> Element:
    return fromstring(body)  # noqa: S314 - our own document


def test_get(client: Client) -> None:
    """A verb in the address is answered as XML, with the request and the time."""
    answer = client.get("/oai?verb=Identify")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.headers["cache-control"] == "public, no-cache"
    date, request, identify = read(answer.content)
    at = datetime.fromisoformat(date.text or "")
    assert abs((datetime.now(UTC) - at).total_seconds()) < 60
    assert (request.attrib, request.text) == ({"verb": "Identify"}, f"{BASE}oai")
    assert identify.findtext(f"{OAI}repositoryName") == (
        "Integration registry / Регистър за интеграция"
    )
    assert identify.find(f"{OAI}adminEmail") is None


def test_record(client: Client) -> None:
    """A record is in both languages, its texts escaped."""
    answer = client.get(
        f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={quote(CENTRE)}"
    )

    dc = "{http://purl.org/dc/elements/1.1/}"
    titles = read(answer.content).iter(f"{dc}title")
    assert [(each.get(XML_LANG), each.text) for each in titles] == [
        ("bg", "Център „А & Б“"),
        ("en", "Centre <b>A & B</b>"),
    ]


def test_harvest(client: Client) -> None:
    """A list has every record, and a retired one is deleted."""
    body = client.get("/oai?verb=ListIdentifiers&metadataPrefix=oai_dc&set=record")

    seen = {
        each.findtext(f"{OAI}identifier"): each.get("status")
        for each in read(body.content).iter(f"{OAI}header")
    }
    assert seen == {
        CENTRE: None,
        "oai:registry.example:institution/old": None,
        "oai:registry.example:institution/closed": "deleted",
        "oai:registry.example:place/bg": None,
        "oai:registry.example:scheme/operating-state": None,
        "oai:registry.example:scheme/service-kind": None,
    }


def test_post(client: Client) -> None:
    """A form is answered as an address is, but never kept."""
    answer = client.send(
        "POST", "/oai", b"verb=ListSets", content_type=f"{FORM}; charset=utf-8"
    )

    assert answer.headers["cache-control"] == "no-store"
    assert read(answer.content)[1].attrib == {"verb": "ListSets"}
    assert read(answer.content)[2].tag == f"{OAI}ListSets"


def test_what_is_known_is_not_sent_again(client: Client) -> None:
    """The time of the answer alone does not make it another one."""
    tag = client.get("/oai?verb=ListSets").headers["etag"]

    assert tag.startswith('W/"')
    again = client.get("/oai?verb=ListSets", if_none_match=f'"other", {tag}')
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/oai?verb=Identify", if_none_match=tag).status_code == 200


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("verb=Steal", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&x=1", "badArgument"),
        ("verb=%ff", "badArgument"),
        ("&".join(f"x{n}=1" for n in range(20)), "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=tomorrow", "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"),
        ("verb=ListRecords&resumptionToken=broken", "badResumptionToken"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2999-01-01", "noRecordsMatch"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=%01%3C", "idDoesNotExist"),
    ],
)
def test_errors(client: Client, query: str, code: str) -> None:
    """What the protocol refuses is an answer of its own kind, in both languages."""
    answer = client.get(f"/oai?{query}")

    assert answer.status_code == 200
    request, error = read(answer.content)[1:]
    assert (error.tag, error.get("code")) == (f"{OAI}error", code)
    assert " / " in (error.text or "")
    assert bool(request.attrib) is (code not in ("badVerb", "badArgument"))


def test_refused_bodies(client: Client) -> None:
    """A body that is no form, or too long, is refused as everywhere."""
    for body, kind, status in (
        (b"{}", "application/json", 415),
        (b"verb=" + b"x" * 20_000, FORM, 413),
    ):
        answer = client.send("POST", "/oai", body, content_type=kind)

        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
