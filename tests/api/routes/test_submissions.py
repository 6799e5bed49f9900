import json
from collections.abc import Iterator
from typing import Any

import pytest

from registry import documents
from registry.iris import RecordId
from tests.api.people import JSON, Bureau, working
from tests.desk import named
from tests.versions import BASE, content

LD = "application/ld+json"
TURTLE = """@prefix dct: <http://purl.org/dc/terms/> .
@prefix intg: <https://w3id.org/migrant-integration/def#> .
<> a intg:IntegrationMeasure ;
    dct:title "Клуб"@bg ; dct:description "Разговори."@bg .
"""


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """A registry with a desk and people."""
    with working(tmp_path_factory.mktemp("bureau")) as made:
        yield made


def status(bureau: Bureau, body: object, query: str = "", **headers: str) -> int:
    """Returns the status with which a new practice of Ann's is answered."""
    answer = bureau.post("ann", f"/submissions?kind=practice{query}", body, **headers)
    if answer.status_code >= 400:
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.headers["cache-control"] == "no-store"
    return answer.status_code


def test_handing_in_answers_with_an_address_and_what_was_noticed(
    bureau: Bureau,
) -> None:
    """Advice and likely duplicates do not stand in the way, nor accepted losses."""
    document = {**named("Клуб cрещa"), "titel": "slip"}
    address = "/submissions?kind=practice&reason=new&source=https://a.example/&name_seen_in=bg"

    refused = bureau.post("ann", address, document)
    answer = bureau.post("ann", f"{address}&accept-losses", document)

    assert refused.status_code == 422
    assert refused.json()["type"].endswith("/problems/lossy")

    assert answer.status_code == 201
    (made,) = answer.json()["submissions"]
    (proposal,) = answer.json()["proposals"]
    assert answer.headers["location"] == made["address"]
    assert answer.headers["cache-control"] == "no-store"
    assert (made["organisation"], made["channel"], made["outcome"]) == (
        "haskovo",
        "api",
        "open",
    )
    assert (made["actor"], made["reason"]) == (bureau.actors["ann"], "new")
    assert made["provenance"]["sources"] == [
        {"iri": "https://a.example/", "issued": None}
    ]
    assert made["provenance"]["nameSeenIn"] == ["bg"]
    assert proposal["acceptable"]
    assert proposal["lossy"]
    assert [loss["pointer"] for loss in proposal["losses"]] == ["/titel"]
    assert set(proposal["losses"][0]["message"]) == {"bg", "en"}
    kept = bureau.get("rev", made["address"]).json()
    assert kept["losses"] == made["losses"] == proposal["losses"]
    assert [advice["code"] for advice in proposal["advice"]] == ["mixed-script"]
    assert bureau.get("ann", made["address"]).status_code == 200


def test_a_dry_run_hands_in_nothing(bureau: Bureau) -> None:
    """It answers 200 with all that is wrong, whatever that is."""
    tip = bureau.sample.journal.tip()

    broken = bureau.post(
        "ann", "/submissions?kind=practice&dry-run", {"type": "IntegrationMeasure"}
    )
    unread = bureau.post("ann", "/submissions?kind=practice&dry-run", {"@graph": []})

    assert (broken.status_code, unread.status_code) == (200, 200)
    (proposal,) = broken.json()["proposals"]
    assert not proposal["acceptable"]
    assert {r["severity"] for r in proposal["report"]["results"]} >= {"must"}
    assert set(unread.json()["proposals"][0]["problem"]) == {"bg", "en"}
    assert bureau.sample.journal.tip() == tip


@pytest.mark.parametrize(
    ("media_type", "body"),
    [("text/turtle", TURTLE.encode()), (LD, json.dumps(named("Клуб")).encode())],
)
def test_a_new_record_is_handed_in_in_any_syntax(
    bureau: Bureau, media_type: str, body: bytes
) -> None:
    """Under the key that was wanted."""
    key = media_type.partition("/")[2].replace("+", "-")
    answer = bureau.post(
        "ann", f"/submissions?kind=practice&key={key}", body, content_type=media_type
    )

    assert answer.status_code == 201
    assert answer.json()["submissions"][0]["record"] == f"{BASE}id/practice/{key}"


def test_n_triples_name_their_record(bureau: Bureau) -> None:
    """A graph of another record is refused."""
    record = RecordId("practice", "nt")
    triples = content(record, named("Клуб")).triples.encode()
    own = f"/submissions?kind=practice&key={record.key}"

    answer = bureau.post("ann", own, triples, content_type="application/n-triples")
    other = bureau.post("ann", f"{own}x", triples, content_type="application/n-triples")

    assert answer.status_code == 201
    assert other.status_code == 400
    assert other.json()["losses"]


def test_a_batch_is_handed_in_whole_or_not_at_all(bureau: Bureau) -> None:
    """One bad document keeps the good ones back."""
    good = [{"id": f"{BASE}id/practice/b{n}", **named("Клуб")} for n in range(3)]
    tip = bureau.sample.journal.tip()

    bad = {"id": f"{BASE}id/practice/b9", "type": "IntegrationMeasure"}
    refused = bureau.post("ann", "/submissions", [*good, bad])
    assert refused.status_code == 422
    assert bureau.sample.journal.tip() == tip
    answer = bureau.post("ann", "/submissions", good)

    assert answer.status_code == 201
    assert [s["record"] for s in answer.json()["submissions"]] == [
        document["id"] for document in good
    ]
    keyless = [named("а"), named("б")]
    new = bureau.post("ann", "/submissions?kind=practice", keyless)
    assert len({s["record"] for s in new.json()["submissions"]}) == 2


def test_what_will_be_published_is_shown_byte_for_byte(bureau: Bureau) -> None:
    """And it can be read when the acceptance is answered."""
    made = bureau.hand_in(title="Преглед")
    key = made["record"].rpartition("/")[2]
    formats = ("application/ld+json", "text/turtle", "application/n-triples", JSON)
    rdf = "application/rdf+xml"
    previews = {
        media_type: bureau.get("rev", made["document"], accept=media_type).content
        for media_type in (*formats, rdf)
    }

    accepted = bureau.post("rev", f"/submissions/{made['number']}/accept")

    assert accepted.json()["outcome"] == "accepted"
    served = {
        media_type: bureau.get("", f"/doc/practice/{key}", accept=media_type).content
        for media_type in previews
    }
    assert served == previews
    assert "Преглед".encode() in served[LD]


def test_a_change_is_told_in_triples(bureau: Bureau) -> None:
    """With what it was made from, the report of today and the comments."""
    record = bureau.publish(title="Старо")["record"]
    answer = bureau.post("ann", "/submissions", {"id": record, **named("Ново")})
    (made,) = answer.json()["submissions"]

    told = bureau.get("rev", made["address"]).json()

    title = "<http://purl.org/dc/terms/title>"
    assert told["difference"] == {
        "added": [f'<{record}> {title} "Ново"@bg .'],
        "removed": [f'<{record}> {title} "Старо"@bg .'],
    }
    assert told["base"] == f"{record.replace('/id/', '/doc/')}?version=1"
    assert (told["stale"], told["comments"]) == (False, [])
    assert told["report"]["conforms"]


def test_saving_without_a_change_is_answered_200(bureau: Bureau) -> None:
    """Nothing is handed in, and that is said."""
    record = bureau.publish(title="Същото")["record"]

    answer = bureau.post("ann", "/submissions", {"id": record, **named("Същото")})

    assert answer.status_code == 200
    assert answer.json()["submissions"] == []
    assert answer.json()["proposals"][0]["unchanged"]


def test_one_key_hands_in_once(bureau: Bureau) -> None:
    """A request that is sent again finds its first answer, minted key and all."""
    path = "/submissions?kind=practice"
    first = bureau.post("ann", path, named("Ключ"), idempotency_key="k1").json()

    again = bureau.post("ann", path, named("Ключ"), idempotency_key="k1")
    other = bureau.post("ann", path, named("Друг"), idempotency_key="k1")

    assert again.json()["submissions"] == first["submissions"]
    assert other.status_code == 412
    assert (
        status(bureau, named("Ключ"), idempotency_key="ключ".encode().decode("latin-1"))
        == 400
    )


def test_two_editors_at_once(bureau: Bureau) -> None:
    """Who was slower is shown both versions, by number or by ETag."""
    record = bureau.publish(title="Първо")["record"]
    path = record.replace(BASE, "/").replace("/id/", "/doc/")
    tag = bureau.get("", path, accept=LD).headers["etag"]
    second = bureau.post(
        "ann", "/submissions", {"id": record, **named("Второ")}, if_match=tag
    )
    number = second.json()["submissions"][0]["number"]
    assert bureau.post("rev", f"/submissions/{number}/accept").status_code == 200

    late = {"id": record, **named("Трето")}
    by_tag = bureau.post("ann", "/submissions", late, if_match=tag)
    by_number = bureau.post("ann", "/submissions?based_on=1", late)
    never = bureau.post("ann", "/submissions", late, if_match=f'"{"0" * 32}-jsonld"')

    assert [a.status_code for a in (by_tag, by_number, never)] == [412, 412, 412]
    for answer in (by_tag, by_number):
        problem = answer.json()
        assert (problem["based_on"], problem["current"]) == (1, 2)
        assert problem["base_document"]["title"] == {"bg": "Първо"}
        assert problem["current_document"]["title"] == {"bg": "Второ"}
    assert bureau.post("ann", "/submissions?based_on=2", late).status_code == 201
    assert bureau.post("ann", "/submissions", late, if_match="*").status_code == 201


def test_the_queue_is_paged(bureau: Bureau) -> None:
    """With a link to the next page, and only what one may read."""
    for title in ("Едно", "Две", "Три"):
        bureau.hand_in(title=title)

    first = bureau.get("rev", "/submissions?limit=2&kind=practice")
    following = bureau.get("rev", first.json()["next"])

    numbers = [s["number"] for s in first.json()["submissions"]]
    assert len(numbers) == 2
    assert first.headers["link"] == f'<{first.json()["next"]}>; rel="next"'
    assert following.json()["submissions"][0]["number"] > numbers[-1]
    assert bureau.get("eve", "/submissions").json() == {"submissions": []}
    assert bureau.get("ann", "/submissions?mine").json()["submissions"]
    accepted = bureau.get("rev", "/submissions?outcome=accepted").json()
    assert all(s["outcome"] == "accepted" for s in accepted["submissions"])


@pytest.mark.parametrize("number", ["1", "999999", "0", "x", "1e3", "9" * 40, "-1"])
def test_a_number_of_others_is_a_plain_404(bureau: Bureau, number: str) -> None:
    """Whether there is such a submission or not."""
    made = bureau.hand_in()
    paths = [f"/submissions/{number}", f"/submissions/{made['number']}"]
    for path in paths:
        answers = [
            bureau.get("eve", path),
            bureau.get("eve", f"{path}/document"),
            bureau.get("eve", f"{path}/comments"),
            bureau.post("eve", f"{path}/accept"),
            bureau.post("eve", f"{path}/withdraw"),
            bureau.post("eve", f"{path}/comments", {"text": "x"}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 6


def test_nobody_is_let_in_without_a_token(bureau: Bureau) -> None:
    """A cookie counts for nothing, nor does a wrong token."""
    made = bureau.hand_in()
    for path in ("/submissions", f"/submissions/{made['number']}"):
        answer = bureau.get("", path, cookie="session=x")
        assert answer.status_code == 401
    assert bureau.post("", "/submissions", named("Клуб")).status_code == 401
    wrong = bureau.client.send(
        "POST", "/submissions", b"{}", authorization="Bearer intg_no"
    )
    assert wrong.status_code == 401


def test_an_organisation_is_named_if_there_are_several(bureau: Bureau) -> None:
    """It has to be one of one's own."""
    path = "/submissions?kind=practice&organisation="

    assert (
        bureau.post("zoe", "/submissions?kind=practice", named("А")).status_code == 400
    )
    assert bureau.post("zoe", f"{path}haskovo", named("А")).status_code == 201
    assert bureau.post("ann", f"{path}burgas", named("А")).status_code == 403
    assert bureau.post("ann", f"{path}nowhere", named("А")).status_code == 400


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a":' * 50_000, 400),
        (b"[" * 200_000, 400),
        (b'{"type": "IntegrationMeasure", "type": "x"}', 400),
        (b'{"order": ' + b"9" * 100_000 + b"}", 400),
        (b'{"order": 1e999999999}', 400),
        (b'{"title": {"bg": "\\udc00"}}', 400),
        (b'{"title": {"bg": "\xed\xb0\x80"}}', 400),
        (b"\x1f\x8b\x08\x00", 400),
        (b"", 400),
        (b"null", 400),
        (b"[]", 400),
        (b"[1]", 400),
        (b'{"@context": "http://127.0.0.1:1/never"}', 400),
        (b'{"id": "https://other.example/"}', 400),
        (b'{"id": "http://registry.example/id/practice/a#b"}', 400),
        (b'{"homepage": ["javascript:alert(1)"], "type": "IntegrationMeasure"}', 400),
        (b'{"type": "IntegrationMeasure"}', 422),
        (b" " * (documents.SIZE + 1), 413),
        (b"x" * 10 * 1024**2, 413),
    ],
)
def test_unkind_bodies_are_refused(bureau: Bureau, body: bytes, expected: int) -> None:
    """Each with a problem document, and the service goes on."""
    assert status(bureau, body, content_type=LD) == expected
    assert status(bureau, named("Добре")) == 201


def test_a_worker_that_dies_harms_nobody(bureau: Bureau) -> None:
    """The next request has a fresh one."""
    bureau.hand_in()
    started = bureau.worker._started
    assert started is not None
    started.kill()
    started.process.wait()

    assert bureau.hand_in()["outcome"] == "open"


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "application/rdf+xml"},
        {"content_type": "text/html"},
        {},
        {"content_type": LD, "content_encoding": "gzip"},
    ],
)
def test_other_bodies_are_not_read(bureau: Bureau, headers: dict[str, str]) -> None:
    """RDF/XML with its entities among them, and whatever is compressed."""
    assert status(bureau, b"{}", **headers) == 415


@pytest.mark.parametrize(
    "query",
    [
        "&nonsense=1",
        "&kind=practice",
        "&source=javascript:alert(1)",
        "&based_on=x",
        "&amends=x",
        "&based_on=9999999999",
    ],
)
def test_parameters_are_read_strictly(bureau: Bureau, query: str) -> None:
    """What cannot be understood is not guessed at."""
    assert status(bureau, named("Клуб"), query) == 400


def test_a_record_has_to_be_named(bureau: Bureau) -> None:
    """By its kind at least, and never one that is made of figures."""
    for path in ("/submissions", "/submissions?kind=table"):
        assert bureau.post("ann", path, named("Клуб")).status_code == 400
    assert bureau.post("ann", "/submissions?kind=x", named("а")).status_code == 404
    both = bureau.post(
        "ann", "/submissions?kind=practice&based_on=0", named("Клуб"), if_match='"x"'
    )
    tagged = bureau.post(
        "ann", "/submissions?kind=practice", named("Клуб"), if_match="nonsense"
    )
    batch = [named("а"), named("б")]
    keyed = bureau.post("ann", "/submissions?kind=practice&key=a", batch)
    assert [a.status_code for a in (both, tagged, keyed)] == [400, 400, 400]


@pytest.mark.parametrize(
    "query", ["outcome=x", "limit=0", "limit=101", "after=x", "nonsense=1"]
)
def test_the_queue_reads_its_parameters_strictly(bureau: Bureau, query: str) -> None:
    """As every list does."""
    assert bureau.get("rev", f"/submissions?{query}").status_code == 400


def test_a_reviewer_hands_in_with_changes(bureau: Bureau) -> None:
    """The amendment takes the place of the submission, whose author may accept it."""
    made = bureau.hand_in(title="Грешка")
    number, key = made["number"], made["record"].rpartition("/")[2]

    amended = bureau.post(
        "rev", f"/submissions?kind=practice&key={key}&amends={number}", named("Вярно")
    )

    (submission,) = amended.json()["submissions"]
    assert submission["amends"] == made["address"]
    assert bureau.get("ann", made["address"]).json()["outcome"] == "replaced"
    own = bureau.post("rev", f"/submissions/{submission['number']}/accept")
    authors = bureau.post("ann", f"/submissions/{submission['number']}/accept")
    assert (own.status_code, authors.status_code) == (403, 200)


def test_the_routes_are_described(bureau: Bureau) -> None:
    """With what is sent, and with every refusal."""
    described: Any = bureau.get("", "/openapi.json").json()["paths"]

    posted = described["/submissions"]["post"]
    assert set(posted["requestBody"]["content"]) == {
        JSON,
        "application/ld+json",
        "text/turtle",
        "application/n-triples",
    }
    assert {"200", "201", "400", "401", "403", "412", "415"} <= posted[
        "responses"
    ].keys()
    assert "/submissions/{number}/document" in described
