from collections.abc import Iterator

import pytest

from tests.api.people import Bureau, working
from tests.desk import named
from tests.versions import BASE


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """A registry with a desk and people."""
    with working(tmp_path_factory.mktemp("bureau")) as made:
        yield made


def path(record: str) -> str:
    """Returns the path of what is done to a record."""
    return record.replace(f"{BASE}id/", "/records/")


def test_accepting_publishes_at_once(bureau: Bureau) -> None:
    """With the status and reason that were given."""
    made = bureau.hand_in()

    answer = bureau.post(
        "rev",
        f"/submissions/{made['number']}/accept",
        {"status": "experimental", "reason": "first look"},
    )

    decision = answer.json()["decision"]
    assert (decision["event"], decision["status"], decision["reason"]) == (
        "accepted",
        "experimental",
        "first look",
    )
    assert bureau.get("", made["record"].replace("/id/", "/doc/")).status_code == 200


def test_many_are_accepted_together_or_not_at_all(bureau: Bureau) -> None:
    """One that is decided keeps the others back."""
    one, two, three = (bureau.hand_in()["number"] for _ in range(3))
    bureau.post("rev", f"/submissions/{three}/reject", {"reason": "no"})

    refused = bureau.post("rev", "/submissions/accept", {"numbers": [one, three]})
    answer = bureau.post("rev", "/submissions/accept", {"numbers": [one, two]})

    assert refused.status_code == 403
    assert [s["outcome"] for s in answer.json()["submissions"]] == ["accepted"] * 2
    for numbers in ([], ["1"], [True], [None]):
        wrong = bureau.post("rev", "/submissions/accept", {"numbers": numbers})
        assert wrong.status_code == 400


def test_nobody_accepts_their_own(bureau: Bureau) -> None:
    """The answer says so in the language of the reader."""
    made = bureau.hand_in("zoe", organisation="haskovo")

    answer = bureau.post(
        "zoe", f"/submissions/{made['number']}/accept", accept_language="bg"
    )

    assert answer.status_code == 403
    assert answer.headers["content-language"] == "bg"
    assert (
        bureau.post("ann", f"/submissions/{made['number']}/accept").status_code == 403
    )


def test_rejecting_needs_a_reason(bureau: Bureau) -> None:
    """Its author reads it, and nothing can be decided again."""
    number = bureau.hand_in()["number"]

    without = bureau.post("rev", f"/submissions/{number}/reject")
    answer = bureau.post("rev", f"/submissions/{number}/reject", {"reason": "Двойно."})
    again = bureau.post("rev", f"/submissions/{number}/accept")

    assert (without.status_code, again.status_code) == (400, 403)
    told = bureau.get("ann", f"/submissions/{number}").json()
    assert (told["outcome"], told["decision"]["reason"]) == ("rejected", "Двойно.")
    assert answer.status_code == 200


def test_only_its_author_takes_a_submission_back(bureau: Bureau) -> None:
    """Once."""
    number = bureau.hand_in()["number"]

    answers = [
        bureau.post(who, f"/submissions/{number}/withdraw")
        for who in ("rev", "ann", "ann")
    ]

    assert [answer.status_code for answer in answers] == [403, 200, 403]
    assert answers[1].json()["outcome"] == "withdrawn"


def test_somebody_looks_after_a_submission(bureau: Bureau) -> None:
    """Until it is left to others."""
    number = bureau.hand_in()["number"]

    claimed = bureau.post("rev", f"/submissions/{number}/claim")
    taken = bureau.post("bob", f"/submissions/{number}/claim")
    released = bureau.post("rev", f"/submissions/{number}/release")

    assert claimed.json()["claimedBy"] == bureau.actors["rev"]
    assert taken.status_code == 403
    assert released.json()["claimedBy"] is None


def test_people_talk_about_a_submission(bureau: Bureau) -> None:
    """What was said is answered 201 and listed in order."""
    number = bureau.hand_in()["number"]

    said = bureau.post("rev", f"/submissions/{number}/comments", {"text": "<b>Къде?"})
    empty = bureau.post("rev", f"/submissions/{number}/comments", {"text": " "})

    assert (said.status_code, empty.status_code) == (201, 400)
    listed = bureau.get("ann", f"/submissions/{number}/comments").json()["comments"]
    assert listed == [said.json()]
    assert listed[0]["text"] == "<b>Къде?"


def test_a_stale_submission_is_refused_with_both_versions(bureau: Bureau) -> None:
    """As the submission of one would be."""
    record = bureau.publish(title="Първо")["record"]
    stale = bureau.post("ann", "/submissions", {"id": record, **named("Второ")})
    faster = bureau.post(
        "zoe", "/submissions?organisation=haskovo", {"id": record, **named("Трето")}
    )
    number = faster.json()["submissions"][0]["number"]
    assert bureau.post("rev", f"/submissions/{number}/accept").status_code == 200

    late = stale.json()["submissions"][0]["number"]
    answer = bureau.post("rev", f"/submissions/{late}/accept")

    assert answer.status_code == 412
    assert answer.json()["base_document"]["title"] == {"bg": "Първо"}
    assert answer.json()["current_document"]["title"] == {"bg": "Трето"}
    assert bureau.get("ann", f"/submissions/{late}").json()["stale"]


def test_records_are_confirmed_and_ended(bureau: Bureau) -> None:
    """By those who may, and with a reason where something ends."""
    first, second = bureau.publish()["record"], bureau.publish()["record"]

    verified = bureau.post("ann", f"{path(first)}/verify")
    silent = bureau.post("rev", f"{path(first)}/retire")
    contributor = bureau.post("ann", f"{path(first)}/retire", {"reason": "gone"})
    succeeded = bureau.post(
        "rev", f"{path(first)}/supersede", {"reason": "merged", "successor": second}
    )
    retired = bureau.post("rev", f"{path(second)}/retire", {"reason": "gone"})

    assert [a.json()["event"] for a in (verified, succeeded, retired)] == [
        "verified",
        "superseded",
        "retired",
    ]
    assert (silent.status_code, contributor.status_code) == (400, 403)
    wrong = bureau.post("rev", f"{path(second)}/supersede", {"successor": "x"})
    assert wrong.status_code == 400
    assert bureau.post("rev", "/records/practice/none/verify").status_code == 404


@pytest.mark.parametrize(
    ("body", "media_type", "expected"),
    [
        (b"reason=x", "application/x-www-form-urlencoded", 415),
        (b"<> <urn:p> <urn:o> .", "text/turtle", 415),
        (b"[]", "application/json", 400),
        (b'{"nonsense": 1}', "application/json", 400),
        (b'{"reason": 1}', "application/json", 400),
        (b'{"status": "retired"}', "application/json", 400),
        (b'{"reason": "' + b"x" * 5001 + b'"}', "application/json", 400),
        (b" " * (1024**2 + 1), "application/json", 413),
    ],
)
def test_unkind_decisions_are_refused(
    bureau: Bureau, body: bytes, media_type: str, expected: int
) -> None:
    """And nothing is decided."""
    number = bureau.hand_in()["number"]

    answer = bureau.post(
        "rev", f"/submissions/{number}/accept", body, content_type=media_type
    )

    assert answer.status_code == expected
    assert bureau.get("rev", f"/submissions/{number}").json()["outcome"] == "open"


def test_a_decision_needs_the_scope_of_reviews(bureau: Bureau) -> None:
    """A token that leaks from a form does not publish."""
    person = bureau.sample.directory.person(bureau.actors["rev"])
    assert person is not None
    number = bureau.hand_in()["number"]
    token = bureau.sample.access.issue(person, "narrow", (), 30)

    answer = bureau.client.send(
        "POST", f"/submissions/{number}/accept", authorization=f"Bearer {token}"
    )

    assert answer.status_code == 403
    assert answer.json()["scope"] == "review"
