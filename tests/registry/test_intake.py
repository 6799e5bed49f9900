import json
import unicodedata
from dataclasses import asdict
from typing import Any

import pytest

from registry.desk import Channel, Outcome, Submission
from registry.errors import (
    BadParameter,
    Conflict,
    Lossy,
    MalformedDocument,
    NotAllowed,
    NotFound,
    ShapesViolated,
)
from registry.intake import Advice, Proposal, Proposed
from registry.iris import RecordId
from registry.losses import Loss
from registry.people import KEEPER
from registry.record import Provenance, Source
from registry.scripts import MESSAGES, MIXED
from tests.desk import ANN, BOB, CLUB, EVE, REV, TALKS, THING, Office, named
from tests.versions import BASE, content

CONTEXT = f"{BASE}context/v1.jsonld"
TURTLE = """@prefix dct: <http://purl.org/dc/terms/> .
@prefix intg: <https://w3id.org/migrant-integration/def#> .
<> a intg:IntegrationMeasure ;
    dct:title "Разговорен клуб"@bg ;
    dct:description "Доброволци разговарят на български с новодошлите."@bg .
"""


def propose(
    office: Office, document: Any, media_type: str = "application/ld+json"
) -> Proposal:
    """Proposes one document of the club."""
    (made,) = office.intake.propose([Proposed(CLUB, document, media_type)])
    return made


def test_a_proposal_says_all_there_is_to_say(office: Office) -> None:
    """Nothing is written, and everything that was noticed is in it."""
    document = {**named("Клуб cрещa"), "titel": "slip", "homepage": ["www.a.example"]}

    made = propose(office, document)

    assert made.record == CLUB
    assert made.content == content(CLUB, named("Клуб cрещa"))
    assert made.losses == (
        Loss("/titel", '"slip"', "undefined-term"),
        Loss("/homepage/0", "www.a.example", "bad-iri"),
    )
    assert made.problem is None
    assert made.report.conforms
    assert [(a.pointer, a.code, a.word, a.message) for a in made.advice] == [
        ("/title/bg", MIXED, "cрещa", MESSAGES[MIXED])
    ]
    assert isinstance(made.advice[0], Advice)
    assert (made.based_on, made.base, made.unchanged) == (0, None, False)
    assert made.duplicates == []
    assert made.acceptable
    assert office.journal.tip()[0] == 0


@pytest.mark.parametrize(
    ("document", "media_type"),
    [
        (TALKS, "application/ld+json"),
        (json.dumps(TALKS).encode(), "application/ld+json"),
        (
            json.dumps({"@context": CONTEXT, "id": THING, **TALKS}).encode(),
            "application/ld+json",
        ),
        (
            json.dumps({"@context": [CONTEXT], "id": "", **TALKS}).encode(),
            "application/ld+json",
        ),
        (TURTLE.encode(), "text/turtle"),
        (content(CLUB, TALKS).triples.encode(), "application/n-triples"),
    ],
    ids=["mapping", "json", "with context", "relative", "turtle", "n-triples"],
)
def test_every_form_of_a_document_is_the_same_content(
    office: Office, document: Any, media_type: str
) -> None:
    """Which syntax somebody prefers leaves no trace."""
    assert propose(office, document, media_type).content == content(CLUB, TALKS)


def test_what_is_lost_has_to_be_accepted_and_is_kept(office: Office) -> None:
    """With the submission, for whoever decides."""
    slip = {**named("Клуб"), "titel": "slip"}

    with pytest.raises(Lossy) as refusal:
        office.hand_in(document=slip)
    made = office.hand_in(document=slip, accept_losses=True)

    loss = Loss("/titel", '"slip"', "undefined-term")
    assert refusal.value.extra["losses"] == [asdict(loss)]
    assert made.losses == (loss,)
    assert office.desk.submission(made.number) == made


def test_letters_written_in_parts_are_put_together(office: Office) -> None:
    """That is listed and stands in nobody's way; addresses stay as they are."""
    parts = unicodedata.normalize("NFD", "Чай със съседи")
    page = unicodedata.normalize("NFD", "https://a.example/чай")

    made = office.hand_in(document=named(parts, homepage=[page]))

    assert made.losses == (Loss("", parts, "recomposed"),)
    (proposal,) = office.intake.propose([Proposed(CLUB, named(parts, homepage=[page]))])
    assert proposal.content == content(CLUB, named("Чай със съседи", homepage=[page]))
    assert proposal.lost == []


def test_nested_nodes_are_named_under_the_record(office: Office) -> None:
    """By a fragment, or by the registry where they have no name."""
    contact = {"type": "ContactPoint", "email": "a@example.org"}
    named_ = propose(office, named("Клуб", contact={"id": "#contact", **contact}))
    nameless = propose(office, named("Клуб", contact=contact))

    assert named_.losses == nameless.losses == ()
    assert named_.content is not None
    assert f"<{THING}#contact>" in named_.content.triples
    assert nameless.content is not None
    assert f"<{THING}#c14n0>" in nameless.content.triples


CLIQUE = "@prefix p: <https://p.example/> .\n<> p:p _:b0 .\n" + "".join(
    f"_:b{a} p:p _:b{b} .\n" for a in range(20) for b in range(20) if a != b
)


@pytest.mark.parametrize(
    ("document", "media_type", "reason"),
    [
        (b'{"type": "Location", "type": "Location"}', "json", "stands twice"),
        (b'{"order": NaN}', "json", "NaN"),
        (b'{"order": 1e999}', "json", "1e999"),
        (b'{"order": ' + b"9" * 5000 + b"}", "json", "99999"),
        (b'{"title": {"bg": "\\ud800"}}', "json", "surrogate"),
        (b'{"title": {"bg": "\\u0000"}}', "json", "control character"),
        (b'{"a":' * 100_000, "json", "within each other"),
        (b"[" * 200_000, "json", "within each other"),
        (b"{", "json", "not JSON"),
        (b"[]", "json", "JSON object"),
        (b"\xff\xfe{\x00}", "json", "not UTF-8"),
        (b" " * 1024**2 + b"{}", "json", "bytes"),
        (b'{"@context": "https://evil.example/c"}', "json", "Only the context"),
        (b'{"@context": {"name": "urn:n"}}', "json", "Only the context"),
        (b'{"contact": {"@context": {}}}', "json", "Only the context"),
        (b'{"@graph": []}', "json", "keyword @graph"),
        (b'{"title": {"@value": "x", "@direction": "rtl"}}', "json", "@direction"),
        (b"{}", "json", "says nothing"),
        (b'{"@id": "https://other.example/", "type": "Location"}', "json", "nothing"),
        (b"<> <urn:p> .", "text/turtle", "cannot be read"),
        (b"<> <urn:p> " + b"[ <urn:p> " * 100, "text/turtle", "within each other"),
        (b'<> <urn:p> "x"@not_a_tag .', "text/turtle", "cannot be read"),
        (b'<> <urn:p> "\\u0001" .', "text/turtle", "control character"),
        (b"<> <urn:p> <javascript:alert(1)> .", "text/turtle", "begins in a way"),
        (b"<> <urn:p> <file:///etc/passwd> .", "text/turtle", "begins in a way"),
        (b"<> <urn:p> <data:text/html,x> .", "text/turtle", "begins in a way"),
        (
            b"<> a <urn:t> . <#a> a <urn:t> . <urn:o> a <urn:t> .",
            "text/turtle",
            "other",
        ),
        (b"_:a <urn:p> <urn:o> .", "text/turtle", "says nothing"),
        (CLIQUE.encode(), "text/turtle", "blank nodes"),
        (b"<> <urn:p> <urn:o> . _:a <urn:p> _:a .", "text/turtle", "blank nodes"),
        (
            b"<> <urn:p> <<( <urn:a> <urn:b> <urn:c> )>> .",
            "text/turtle",
            "triple terms",
        ),
        (b'<?xml version="1.0"?><!DOCTYPE a>', "text/turtle", "cannot be read"),
    ],
)
def test_unkind_documents_are_refused_in_words(
    office: Office, document: bytes, media_type: str, reason: str
) -> None:
    """Each quickly, with a sentence in both languages, and nothing is kept."""
    media_type = media_type.replace("json", "application/ld+json")

    made = propose(office, document, media_type)

    assert made.content is None
    assert made.problem is not None
    assert reason in made.problem["en"]
    assert made.problem["bg"]
    with pytest.raises(MalformedDocument):
        office.intake.submit(
            ANN, [made], organisation="haskovo", channel=Channel.API, reason=""
        )


@pytest.mark.parametrize(
    ("members", "pointer", "reason"),
    [
        ({"type": ["IntegrationMeasure", "Foo"]}, "/type/1", "undefined-term"),
        ({"titel": "x"}, "/titel", "undefined-term"),
        ({"homepage": [{"@id": "no iri"}]}, "/homepage/0", "bad-iri"),
        ({"homepage": "www.a.example"}, "/homepage", "bad-iri"),
        (
            {"dct:x": {"@value": "x", "@language": "b@d"}},
            "/dct:x",
            "bad-language",
        ),
        ({"note": {"not a tag": "x"}}, "/note/not a tag", "bad-language"),
    ],
)
def test_nothing_is_dropped_in_silence(
    office: Office, members: dict[str, Any], pointer: str, reason: str
) -> None:
    """Whatever does not become a triple is listed, and where it stood."""
    made = propose(office, {**named("Клуб"), **members})

    assert [(loss.pointer, loss.reason) for loss in made.losses] == [(pointer, reason)]
    assert made.content == content(CLUB, named("Клуб"))


def test_a_language_tag_is_text_and_nothing_else(office: Office) -> None:
    """What is no tag is listed as lost, whatever it pretends to be."""
    made = propose(office, named("Клуб", note={'en" . <urn:x> <urn:y> "': "x"}))

    assert [loss.reason for loss in made.losses] == ["bad-language"]
    assert made.content == content(CLUB, named("Клуб"))


def test_a_batch_is_checked_together(office: Office) -> None:
    """Records may refer to each other before either is published."""
    good, bad = RecordId("practice", "good"), RecordId("practice", "bad")

    first, second = office.intake.propose([Proposed(good, TALKS), Proposed(bad, b"{")])

    assert first.acceptable
    assert not second.acceptable
    with pytest.raises(BadParameter):
        office.intake.propose([Proposed(good, TALKS), Proposed(good, TALKS)])


def test_saving_without_a_change_hands_in_nothing(office: Office) -> None:
    """It is said beforehand, and the journal stays as it is."""
    version = office.publish(str(CLUB), TALKS)
    tip = office.journal.tip()

    made = propose(office, json.loads(version.content.document))
    handed_in = office.intake.submit(
        BOB, [made], organisation=KEEPER, channel=Channel.API, reason=""
    )

    assert (made.unchanged, made.based_on, made.base) == (True, 1, version)
    assert handed_in == []
    assert office.journal.tip() == tip


def test_what_breaks_a_rule_is_not_handed_in(office: Office) -> None:
    """The refusal lists every broken rule in both languages."""
    with pytest.raises(ShapesViolated) as refusal:
        office.hand_in(document={"type": "IntegrationMeasure"})

    listed: Any = refusal.value.extra["errors"]
    assert {error["severity"] for error in listed} == {"must"}
    assert {"focusNode", "path", "code", "message"} <= listed[0].keys()
    assert set(listed[0]["message"]) == {"bg", "en"}


def test_two_editors_at_once_are_shown_both_versions(office: Office) -> None:
    """Who comes second loses nothing and overwrites nothing."""
    office.publish(str(CLUB), TALKS)
    office.publish(str(CLUB), named("Нов клуб"))

    with pytest.raises(Conflict) as refusal:
        office.hand_in(BOB, document=named("Клуб"), based_on=1)

    assert refusal.value.extra["base_document"] == {
        "@context": CONTEXT,
        "id": THING,
        **TALKS,
    }
    current: Any = refusal.value.extra["current_document"]
    assert current["title"] == {"bg": "Нов клуб"}


def test_a_version_that_never_was_is_no_base(office: Office) -> None:
    """A number from the future is as stale as one from the past."""
    with pytest.raises(Conflict) as refusal:
        office.hand_in(based_on=7)

    assert refusal.value.extra["base_document"] is None


def test_strangers_hand_in_nothing(office: Office) -> None:
    """Neither new records of others, nor changes to what others keep."""
    with pytest.raises(NotAllowed):
        office.hand_in(EVE)
    with pytest.raises(BadParameter):
        office.hand_in(EVE, organisation="burgas")
    office.publish(str(CLUB), TALKS)
    with pytest.raises(NotAllowed):
        office.hand_in(ANN, document=named("Клуб"))
    office.stewards.assign(CLUB, "haskovo")

    assert office.hand_in(ANN, document=named("Клуб")).organisation == "haskovo"


def test_what_is_retired_or_superseded_is_for_reviewers_or_nobody(
    office: Office,
) -> None:
    """A reviewer may ask for a retired record to come back."""
    other = RecordId("practice", "other")
    for record in (CLUB, other):
        office.publish(str(record), TALKS)
        office.stewards.assign(record, "haskovo")
    office.reviewing.supersede(REV, other, CLUB, reason="merged")
    office.reviewing.retire(REV, CLUB, reason="gone")

    with pytest.raises(NotAllowed):
        office.hand_in(ANN)
    with pytest.raises(NotAllowed):
        office.hand_in(REV, other)
    assert office.hand_in(REV).outcome is Outcome.OPEN


def test_a_revised_submission_takes_the_place_of_the_first(office: Office) -> None:
    """Of the same person and record; that of somebody else stays."""
    first = office.hand_in()
    others = office.hand_in(REV, document=named("Друг клуб"))
    revised = office.hand_in(document=named("Клуб"))

    def outcome(made: Submission) -> Outcome:
        return office.reviewing.submission(ANN, made.number).outcome

    assert [outcome(made) for made in (first, others, revised)] == [
        Outcome.REPLACED,
        Outcome.OPEN,
        Outcome.OPEN,
    ]


def test_one_key_hands_in_once(office: Office) -> None:
    """The same request again has the same answer, even after the decision."""
    first = office.hand_in(idempotency_key="k")
    office.reviewing.accept(REV, first.number)
    tip = office.journal.tip()

    again = office.hand_in(idempotency_key="k")

    assert again.number == first.number
    assert again.outcome is Outcome.ACCEPTED
    assert office.journal.tip() == tip
    with pytest.raises(Conflict, match="“k” was used before"):
        office.hand_in(document=named("Клуб"), idempotency_key="k")
    assert office.hand_in(REV, RecordId("practice", "b"), idempotency_key="k")


def test_a_batch_is_handed_in_whole_or_not_at_all(office: Office) -> None:
    """One that may not be handed in keeps the others back."""
    other = RecordId("practice", "other")
    office.publish(str(other), TALKS)
    proposals = office.intake.propose(
        [Proposed(CLUB, TALKS), Proposed(other, named("Клуб"))]
    )
    tip = office.journal.tip()

    with pytest.raises(NotAllowed):
        office.intake.submit(
            ANN, proposals, organisation="haskovo", channel=Channel.SHEET, reason=""
        )
    assert office.journal.tip() == tip
    made = office.intake.submit(
        BOB, proposals, organisation="haskovo", channel=Channel.SHEET, reason="r"
    )

    facts = [(s.entry.record, s.organisation, s.channel, s.entry.reason) for s in made]
    assert facts == [
        (CLUB, "haskovo", Channel.SHEET, "r"),
        (other, KEEPER, Channel.SHEET, "r"),
    ]


def test_where_it_comes_from_is_kept(office: Office) -> None:
    """The sources of before, and the organisation's own statement."""
    office.publish(str(CLUB), TALKS)
    office.stewards.assign(CLUB, "haskovo")
    statement = Source(f"{BASE}id/institution/haskovo")
    title = {"bg": "Разговорен клуб", "en": "Talks"}

    stated = office.hand_in(document=named("", title=title))
    given = Provenance((Source("https://a.example/", "2026"),), ("bg",))
    told = office.hand_in(document=named("Клуб"), provenance=given)

    assert stated.entry.provenance == Provenance(
        (Source("https://source.example/"), statement), ("bg", "en")
    )
    assert told.entry.provenance == given


def test_only_somebody_elses_open_submission_is_amended(office: Office) -> None:
    """An amendment is of the same record, and of what is still open."""
    made = office.hand_in()

    with pytest.raises(NotFound):
        office.hand_in(REV, amends=99)
    with pytest.raises(NotAllowed):
        office.hand_in(ANN, amends=made.number)
    with pytest.raises(BadParameter):
        office.hand_in(REV, RecordId("practice", "x"), amends=made.number)
    office.reviewing.withdraw(ANN, made.number)
    with pytest.raises(NotAllowed):
        office.hand_in(REV, amends=made.number)


def test_a_minted_key_tells_nothing(office: Office) -> None:
    """It is random, or comes again for a request that comes again."""
    minted = office.intake.mint("practice")
    seeded = office.intake.mint("practice", "ann key")

    assert minted != office.intake.mint("practice")
    assert seeded == office.intake.mint("practice", "ann key")
    assert {len(minted.key), len(seeded.key)} == {12}
    with pytest.raises(NotFound):
        office.intake.mint("nothing")
