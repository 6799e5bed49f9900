import re

import pytest

from registry import review, submissions
from registry.iris import RecordId
from registry.record import Provenance
from tests.api.deskwork import PRACTICE, Desk, inputs, words
from tests.versions import BASE, content

MARKUP = "<script>alert(1)</script>"
CLUB = RecordId("practice", "club")


def _published(desk: Desk, **changes: object) -> None:
    made = content(CLUB, {**PRACTICE, **changes})
    with desk.sample.journal.write() as writer:
        entry = submissions.submit(
            writer, CLUB, made, provenance=Provenance(), actor="a-1"
        )
        assert entry is not None
        review.accept(writer, entry, actor="a-2")
    desk.sample.directory.assign(CLUB, "town")


def test_a_new_record(desk: Desk) -> None:
    """A reviewer sees who handed in what, for whom, why, and how the rules see it."""
    ann, rev = desk.contributor(), desk.reviewer()
    number = desk.hand_in(ann, reason="It opens in May.").number

    answer = rev.get(f"/en/desk/submissions/{number}")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = words(answer.text)
    for part in (
        f"Submission {number}",
        "State waits to be decided",
        "Handed in by Ann",
        "For Town <1>",
        "How it came form",
        "What the author says It opens in May.",
        "A new record",
        "Title (Bulgarian) new – Разговорен клуб",
        "Should be better",
    ):
        assert part in told, part
    assert f"{BASE}en/vocabulary/shapes/practice#" in answer.text


def test_what_is_not_kept(desk: Desk) -> None:
    """A reviewer sees it with where it stood and why, in either language."""
    slip = {**PRACTICE, "titel": "<slip>", "title": {"bg": "Чаи\u0306 за cъседи"}}
    number = desk.hand_in(desk.contributor(), document=slip).number

    english = words(desk.reviewer().get(f"/en/desk/submissions/{number}").text)
    bulgarian = words(desk.reviewer("Ray").get(f"/bg/desk/submissions/{number}").text)

    assert "What is not kept as it was written" in english
    assert '/titel : "<slip>" The registry has no such term.' in english
    assert "Unicode NFC" in english
    assert "В регистъра няма такъв термин." in bulgarian
    assert "cъседи : A word mixes letters of two alphabets" in english


def test_words_that_change(desk: Desk) -> None:
    """A change of a text is shown word by word, beside the text before."""
    ann, rev = desk.contributor(), desk.reviewer()
    _published(desk)
    changed = {
        **PRACTICE,
        "description": {
            **PRACTICE["description"],
            "en": "Volunteers talk with newcomers every Friday.",
        },
    }
    number = desk.hand_in(ann, document=changed).number

    page = rev.get(f"/en/desk/submissions/{number}").text
    rows = re.findall(r'<th scope="row">(.*?)</tr>', page, re.DOTALL)

    assert [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in rows][:1] == [
        "Description (English) Volunteers talk with newcomers every removed: "
        "Wednesday. Volunteers talk with newcomers every added: Friday."
    ]
    assert "What it changes" in page


def test_accepting(desk: Desk) -> None:
    """Accepting publishes at once; the answer leads to a page that says so."""
    ann, rev = desk.contributor(), desk.reviewer()
    number = desk.hand_in(ann).number
    here = f"/en/desk/submissions/{number}"

    answer = rev.post(here, do="accept", text="checked")

    assert answer.status_code == 303
    assert (
        answer.headers["location"]
        == f"{BASE}en/desk/submissions/{number}?done=accept#state"
    )
    told = words(rev.get(f"{here}?done=accept").text)
    assert "The submission was accepted and is public now." in told
    assert "Decided by Rev" in told
    assert "Reason checked" in told
    document = desk.client.get("/doc/practice/club.jsonld")
    assert document.status_code == 200
    assert "Talking club" in document.text
    assert desk.sample.directory.steward(CLUB) == "town"


def test_accepting_as_preliminary(desk: Desk) -> None:
    """What is accepted as preliminary is public with that status."""
    number = desk.hand_in(desk.contributor()).number

    desk.reviewer().post(f"/en/desk/submissions/{number}", do="accept-experimental")

    head = desk.sample.journal.head(CLUB)
    assert head is not None
    assert head.status == "experimental"


def test_own_submission(desk: Desk) -> None:
    """A reviewer has no button for what they handed in, and asking is refused."""
    rev = desk.reviewer()
    number = desk.hand_in(rev).number
    here = f"/en/desk/submissions/{number}"
    page = rev.get(here).text

    assert 'value="accept"' not in page
    assert 'value="reject"' not in page
    assert 'value="withdraw"' in page
    assert "somebody else decides" in page
    refused = rev.post(here, do="accept")
    assert refused.status_code == 403
    assert "This was not done" in refused.text
    assert desk.sample.journal.current(CLUB) is None


def test_other_organisation(desk: Desk) -> None:
    """To strangers a submission does not exist, whatever they ask of it."""
    number = desk.hand_in(desk.contributor()).number
    eve = desk.stranger()
    here = f"/en/desk/submissions/{number}"

    for path in (here, f"{here}/preview", f"{here}/preview.ttl", f"{here}/catalogue"):
        assert eve.get(path).status_code == 404, path
    for verb in ("accept", "reject", "claim", "comment", "withdraw", "x"):
        assert eve.post(here, do=verb, text="x").status_code == 404, verb
    assert eve.get("/en/desk/submissions/999999").status_code == 404
    assert eve.get("/en/desk/submissions/x").status_code == 404


def test_nobody_is_logged_in(desk: Desk) -> None:
    """Who is not logged in sees nothing of it, and is asked to log in."""
    number = desk.hand_in(desk.contributor()).number

    for path in ("", "/preview", "/preview.jsonld", "/catalogue"):
        answer = desk.client.get(f"/en/desk/submissions/{number}{path}")
        assert answer.status_code in {303, 401}, path
        assert "Talking club" not in answer.text


def test_accepting_twice(desk: Desk) -> None:
    """A second acceptance, or a form that is sent again, is refused in words."""
    number = desk.hand_in(desk.contributor()).number
    rev, other = desk.reviewer(), desk.reviewer("Ras")
    here = f"/en/desk/submissions/{number}"
    assert f'name="csrf" value="{rev.csrf}"' in rev.get(here).text

    statuses = [
        rev.post(here, do="accept").status_code,
        rev.post(here, do="accept").status_code,
        other.post(here, do="accept").status_code,
    ]

    assert statuses == [303, 403, 403]
    head = desk.sample.journal.head(CLUB)
    assert head is not None
    assert head.version == 1


@pytest.mark.parametrize("csrf", ["", "0" * 64])
def test_forged(desk: Desk, csrf: str) -> None:
    """A form without the right token changes nothing."""
    number = desk.hand_in(desk.contributor()).number

    answer = desk.reviewer().send(
        f"/en/desk/submissions/{number}", csrf=csrf, do="accept"
    )

    assert answer.status_code == 403
    assert desk.sample.journal.current(CLUB) is None


def test_rejecting(desk: Desk) -> None:
    """A rejection has a reason, which its author reads as it was typed."""
    ann, rev = desk.contributor(), desk.reviewer()
    number = desk.hand_in(ann).number
    here = f"/en/desk/submissions/{number}"

    silent = rev.post(here, do="reject", text="  ")
    assert silent.status_code == 400
    assert "Say why, or what." in silent.text
    assert 'aria-invalid="true"' in silent.text

    assert rev.post(here, do="reject", text=MARKUP).status_code == 303
    page = ann.get(here).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert MARKUP not in page
    assert "State rejected" in words(page)


def test_what_was_typed_is_kept(desk: Desk) -> None:
    """A text that is refused stands in the form again."""
    rev = desk.reviewer()
    number = desk.hand_in(desk.contributor()).number

    answer = rev.post(f"/en/desk/submissions/{number}", do="comment", text="x" * 5001)

    assert answer.status_code == 400
    assert "x" * 5001 in answer.text


def test_comments(desk: Desk) -> None:
    """Comments are seen by both sides, with markup as text."""
    ann, rev = desk.contributor(), desk.reviewer(language="bg")
    number = desk.hand_in(ann).number
    here = f"/bg/desk/submissions/{number}"

    assert rev.post(here, do="comment", text=f"Кога? {MARKUP}").status_code == 303
    page = ann.get(here).text

    assert "Кога? &lt;script&gt;" in page
    assert MARKUP not in page
    assert "Rev" in page


def test_claims(desk: Desk) -> None:
    """Who looks after a submission is seen, and can be freed by others."""
    number = desk.hand_in(desk.contributor()).number
    rev, ras = desk.reviewer(), desk.reviewer("Ras")
    here = f"/en/desk/submissions/{number}"

    rev.post(here, do="claim")
    assert "Looked after by Rev (you)" in words(rev.get(here).text)
    assert "You look after this submission now." in rev.get(f"{here}?done=claim").text
    assert "You look after" not in ras.get(f"{here}?done=claim").text
    assert 'value="release"' in ras.get(here).text
    ras.post(here, do="release")
    assert "Looked after by" not in words(rev.get(here).text)


def test_withdrawing(desk: Desk) -> None:
    """An author takes a submission back; nobody else can."""
    ann, rev = desk.contributor(), desk.reviewer()
    number = desk.hand_in(ann).number
    here = f"/en/desk/submissions/{number}"

    assert rev.post(here, do="withdraw").status_code == 403
    assert ann.post(here, do="withdraw").status_code == 303
    assert "State taken back by its author" in words(ann.get(here).text)
    assert 'name="do"' not in rev.get(here).text


def test_stale(desk: Desk) -> None:
    """A submission whose record has moved on shows what changed meanwhile."""
    ann, rev = desk.contributor(), desk.reviewer()
    _published(desk)
    number = desk.hand_in(
        ann, document={**PRACTICE, "title": {"bg": "Клуб Първи", "en": "Club One"}}
    ).number
    _published(desk, title={"bg": "Разговорен клуб", "en": "Club Two"})
    here = f"/en/desk/submissions/{number}"

    told = words(rev.get(here).text)

    assert "cannot be accepted as it is" in told
    assert "What changed meanwhile" in told
    assert "Club One" in told
    assert "Club Two" in told
    assert rev.post(here, do="accept").status_code == 412


def test_accepting_with_changes(desk: Desk) -> None:
    """A reviewer opens what was handed in in the form, and changes it there.

    What they hand in takes its place, and whoever handed in the first may accept it.
    """
    ann, rev = desk.contributor(), desk.reviewer()
    number = desk.hand_in(ann).number
    here = f"/en/desk/submissions/{number}"

    opened = rev.post(here, do="amend")
    assert opened.status_code == 303
    draft = f"/{opened.headers['location'].removeprefix(BASE)}"
    page = rev.get(draft)
    assert page.status_code == 200
    assert "Talking club" in page.text
    assert rev.post(here, do="amend").headers["location"].endswith(draft)

    fields = [
        (name, "Speaking club" if value == "Talking club" else value)
        for name, value in inputs(page.text)
    ]
    assert rev.send_pairs(draft, [*fields, ("do", "submit")]).status_code == 303

    (amendment,) = desk.sample.reviewing.queue(rev.person)
    assert amendment.amends is not None
    assert amendment.amends.number == number
    there = f"/en/desk/submissions/{amendment.number}"
    assert f"Takes the place of Submission {number}" in words(ann.get(there).text)
    assert 'value="accept"' not in rev.get(there).text
    assert ann.post(there, do="accept").status_code == 303
    assert "Speaking club" in desk.client.get("/doc/practice/club.jsonld").text
    assert "a later submission took its place" in words(ann.get(here).text)


def test_who_may_not_change_it(desk: Desk) -> None:
    """Neither the author nor a contributor opens a submission for changes."""
    ann, abe, rev = desk.contributor(), desk.contributor("Abe"), desk.reviewer()
    number = desk.hand_in(ann).number
    here = f"/en/desk/submissions/{number}"

    assert abe.post(here, do="amend").status_code == 403
    assert ann.post(here, do="amend").status_code == 403
    own = desk.hand_in(rev, "own").number
    assert rev.post(f"/en/desk/submissions/{own}", do="amend").status_code == 403
    assert desk.sample.drafts.of(["town"]) == []


def test_erased_people(desk: Desk) -> None:
    """Somebody who was erased has no name on the page."""
    ann, rev = desk.contributor("Annabel"), desk.reviewer()
    number = desk.hand_in(ann).number
    desk.sample.journal.actors.erase(ann.person.actor)

    page = rev.get(f"/en/desk/submissions/{number}").text

    assert "Annabel" not in page


def test_near_duplicates(desk: Desk) -> None:
    """Records that may be about the same thing are named, with the reasons."""
    ann, rev = desk.contributor(), desk.reviewer()
    _published(desk)
    version = desk.sample.journal.current(CLUB)
    assert version is not None
    desk.sample.lists.replace([version], version.head.sequence)
    number = desk.hand_in(ann, "club-2").number

    told = words(rev.get(f"/en/desk/submissions/{number}").text)

    assert "Records that may be about the same thing" in told
    assert "Talking club : Its name is the same" in told


def test_unknown_button(desk: Desk) -> None:
    """A button that there is not does nothing."""
    number = desk.hand_in(desk.contributor()).number

    answer = desk.reviewer().post(f"/en/desk/submissions/{number}", do="publish")

    assert answer.status_code == 400


def test_in_bulgarian(desk: Desk) -> None:
    """The page, its confirmations and its refusals speak the reader's language."""
    ann, rev = desk.contributor(), desk.reviewer(language="bg")
    number = desk.hand_in(ann).number
    here = f"/bg/desk/submissions/{number}"

    told = words(rev.get(here).text)
    assert "Състояние чака решение" in told
    assert "Би могло да е по-добро" in told
    assert "Заглавие (български) ново" in told
    refused = rev.post(here, do="reject", text="")
    assert "Напишете защо или какво." in words(refused.text)
    rev.post(here, do="accept")
    assert "вече е публично" in words(rev.get(f"{here}?done=accept").text)
