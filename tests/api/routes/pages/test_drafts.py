import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response

from registry.ports import DeskQuery
from tests.api.desks import CENTRE, Stage, stage
from tests.api.paper import Desk, Paper, paper
from tests.versions import BASE, concept, place

MARKUP = "<script>alert(1)</script>"
TURNED = "Център\u202eбг"


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("desk")) as made:
        yield made


def filled(desk: Desk, **more: str) -> Paper:
    """Returns an empty form with what an institution must say."""
    sheet = desk.reads("en/desk/new/institution")
    sheet.write("name.bg", "Нова организация")
    sheet.write("name.en", "New organisation")
    sheet.write("classification", concept("institution-kind", "ngo"))
    sheet.write("state", concept("operating-state", "active"))
    for name, value in more.items():
        sheet.write(name, value)
    return sheet


def submitted(office: Stage) -> list[dict[str, Any]]:
    """Returns the documents of open submissions."""
    found = []
    for one in office.sample.desk.list(DeskQuery()):
        content = office.sample.journal.content(one.entry.digest or "")
        assert content is not None
        found.append(json.loads(content.document))
    return found


def summary(answer: Response) -> list[tuple[str, str]]:
    """Returns the anchors and codes of the error summary."""
    part = answer.text.partition('id="errors"')[2].partition("</div>")[0]
    return re.findall(r'<li>(?:<a href="#([^"]*)">)?.*?<code>(.*?)</code>', part)


def test_from_an_empty_form_to_a_submission(office: Stage) -> None:
    """What was typed is handed in, for the organisation, with reason and sources."""
    sheet = filled(office.ann, _reason="It opened.", _source="https://a.bg/")
    sheet.write("_seen", "bg")
    sheet.write("contact.0.telephone", "+359 38 000000")

    answer = office.ann.sends(sheet, "submit")

    assert answer.status_code == 200
    assert "Handed in under number" in answer.text
    (document,) = submitted(office)
    assert document["name"] == {"bg": "Нова организация", "en": "New organisation"}
    assert document["contact"]["telephone"] == "+359 38 000000"
    (made,) = office.sample.desk.list(DeskQuery())
    assert (made.organisation, made.channel, made.entry.reason) == (
        "haskovo",
        "form",
        "It opened.",
    )
    assert [one.iri for one in made.entry.provenance.sources] == ["https://a.bg/"]
    assert made.entry.provenance.name_seen_in == ("bg",)
    assert office.sample.drafts.of(["haskovo"]) == []


def test_the_same_press_of_the_button_hands_in_once(office: Stage) -> None:
    """Whoever presses twice gets the same answer twice."""
    sheet = filled(office.ann)

    first, second = (office.ann.sends(sheet, "submit") for _ in range(2))

    assert first.status_code == second.status_code == 200
    assert len(submitted(office)) == 1


def test_what_must_be_mended_stands_at_its_field(office: Stage) -> None:
    """An empty form comes back with a summary whose links lead to the fields."""
    sheet = office.ann.reads("en/desk/new/institution")

    answer = office.ann.sends(sheet, "submit")

    assert answer.status_code == 422
    found = summary(answer)
    assert ("name.bg", "name-missing") in found
    assert ("classification", "classification-missing") in found
    assert ("name.en", "name-en-missing") in found
    assert 'id="name.bg" aria-describedby="name-help name.bg-faults" aria-invalid' in (
        re.sub(r"\s+", " ", answer.text)
    )
    assert submitted(office) == []


def test_a_form_in_bulgarian_says_what_is_wrong_in_bulgarian(office: Stage) -> None:
    """The same rules, in the language of the page."""
    sheet = office.ann.reads("bg/desk/new/course")

    answer = office.ann.sends(sheet, "submit")

    assert "Напишете заглавието поне на един от двата езика." in answer.text
    assert (
        'lang="en"'
        not in answer.text.partition('id="errors"')[2].partition("</div>")[0]
    )


def test_checking_hands_nothing_in(office: Stage) -> None:
    """What should be better is told apart, and the draft stays."""
    answer = office.ann.sends(filled(office.ann), "check")

    assert answer.status_code == 200
    assert "It can be handed in; this could be better" in answer.text
    assert submitted(office) == []
    assert len(office.sample.drafts.of(["haskovo"])) == 1


def test_so_much_is_checked_within_a_minute(tmp_path: Path) -> None:
    """Checks cost time; what was typed is kept all the same."""
    with stage(tmp_path, person=1) as office:
        sheet = filled(office.ann)
        checked = office.ann.sends(sheet, "check")
        again = office.ann.sends(filled(office.ann), "submit")

        assert (checked.status_code, again.status_code) == (200, 429)
        assert int(again.headers["retry-after"]) <= 60
        assert submitted(office) == []
        assert len(office.sample.drafts.of(["haskovo"])) == 2


def test_rows_are_added_and_taken_away_with_all_that_was_typed(office: Stage) -> None:
    """Every button keeps what stands in the form."""
    sheet = filled(office.ann, **{"homepage": "https://a.bg/", "identifier.0.eik": "1"})

    sheet = paper(office.ann.sends(sheet, "add:homepage"))
    assert sheet.values("homepage") == ["https://a.bg/", ""]
    sheet = paper(office.ann.sends(sheet, "add:identifier"))
    sheet.write("identifier.1.eik", "123456789")
    sheet = paper(office.ann.sends(sheet, "add:contact.0.telephone"))
    sheet = paper(office.ann.sends(sheet, "add:_source"))
    sheet = paper(office.ann.sends(sheet, "remove:identifier.0"))

    assert sheet.values("identifier.0.eik") == []
    assert sheet.values("identifier.1.eik") == ["123456789"]
    assert sheet.values("contact.0.telephone") == ["", ""]
    assert sheet.values("_source") == ["", ""]
    assert sheet.values("name.bg") == ["Нова организация"]


def test_a_place_is_found_by_its_name(office: Stage) -> None:
    """Words bring places to choose from; unfinished search is told when handing in."""
    sheet = filled(office.ann, **{"location.search": "haskovo"})

    refused = office.ann.sends(sheet, "submit")
    assert refused.status_code == 422
    assert 'href="#location"' in refused.text
    found = office.ann.sends(sheet, "find:location")
    assert f'value="{place("bg422")}"' in found.text
    sheet = paper(found)
    sheet.write("location", place("bg422"))
    sheet.write("location.search", "")
    office.ann.sends(sheet, "submit")

    assert submitted(office)[0]["location"] == place("bg422")


def test_a_published_record_is_changed(office: Stage) -> None:
    """Only what was typed differs, and its sources stay."""
    sheet = office.ann.reads("en/desk/edit/institution/centre")
    assert sheet.values("name.bg") == ["Център"]
    sheet.write("name.bg", "Център за съвети")

    office.ann.sends(sheet, "submit")

    (document,) = submitted(office)
    assert document["name"] == {"bg": "Център за съвети", "en": "Centre"}
    assert document["homepage"] == CENTRE["homepage"]
    (made,) = office.sample.desk.list(DeskQuery())
    assert made.entry.based_on == 1
    assert made.entry.provenance.sources[0].iri == ("https://source.example/page")


def test_nothing_changed_is_said(office: Stage) -> None:
    """Who sends the form as it was hands in nothing."""
    sheet = office.ann.reads("en/desk/edit/institution/centre")

    answer = office.ann.sends(sheet, "submit")

    assert answer.status_code == 422
    assert "You have changed nothing" in answer.text


def test_translation_that_falls_behind_is_shown(office: Stage) -> None:
    """A change in one language marks the other."""
    sheet = office.ann.reads("en/desk/edit/institution/centre")
    sheet.write("name.bg", "Друго име")

    answer = office.ann.sends(sheet, "save")

    assert "may be outdated" in answer.text
    assert "The draft is saved" in answer.text


def test_two_editors_see_both_versions(office: Stage) -> None:
    """Nothing is overwritten: what is to stand is chosen part by part."""
    sheet = office.ann.reads("en/desk/edit/institution/centre")
    sheet.write("name.bg", "Име на Ан")
    sheet.write("description.en", "Ann's.")
    theirs = {**CENTRE, "name": {"bg": "Тяхно име", "en": "Their name"}}
    office.publish("institution/centre", theirs)

    answer = office.ann.sends(sheet, "submit")

    assert answer.status_code == 412
    for text in ("Център", "Тяхно име", "Име на Ан"):
        assert text in answer.text
    choice = Paper(
        paper(answer).action,
        [
            ("csrf", paper(answer).values("csrf")[0]),
            ("take:name.bg", "mine"),
            ("take:name.en", "theirs"),
        ],
    )
    after = office.ann.sends(choice, "rebase")
    assert "Somebody else has changed" not in after.text
    office.ann.sends(paper(after), "submit")
    (document,) = submitted(office)
    assert document["name"] == {"bg": "Име на Ан", "en": "Their name"}
    assert document["description"]["en"] == "Ann's."


def test_similar_records_are_shown_before_handing_in(office: Stage) -> None:
    """Who is sure hands it in all the same."""
    sheet = filled(office.ann, **{"name.bg": "Център", "name.en": "Centre"})
    sheet.write("homepage", "https://centre.example/")

    asked = office.ann.sends(sheet, "submit")
    assert asked.status_code == 422
    assert "Does one of these already exist?" in asked.text
    sheet = paper(asked)
    sheet.write("_new", "yes")
    office.ann.sends(sheet, "submit")

    assert len(submitted(office)) == 1


def test_who_was_logged_out_gets_back_what_was_typed(office: Stage) -> None:
    """Logged in anew, the same page needs one more press of the button."""
    sheet = filled(office.ann)
    office.sample.access.leave(office.ann.cookie.partition("=")[2])

    out = office.ann.sends(sheet, "save", sec_fetch_site="same-origin")
    assert out.status_code == 401
    assert paper(out).values("name.bg") == ["Нова организация"]
    again = Desk(
        office.client, f"session={office.sample.access.enter(office.roles['ann'])}"
    )
    held = again.sends(paper(out), "save", sec_fetch_site="same-origin")
    assert held.status_code == 403
    saved = again.sends(paper(held), "save", sec_fetch_site="same-origin")

    assert saved.status_code == 200
    assert paper(saved).values("name.bg") == ["Нова организация"]
    assert len(office.sample.drafts.of(["haskovo"])) == 1


def test_a_form_that_another_site_sends_does_nothing(office: Stage) -> None:
    """Nor does one without the right `csrf`, whoever's session it is."""
    sheet = filled(office.ann)

    foreign = office.ann.sends(sheet, "save", sec_fetch_site="cross-site")
    sheet.write("csrf", "x")
    unsigned = office.ann.sends(sheet, "save")

    assert (foreign.status_code, unsigned.status_code) == (403, 403)
    assert office.sample.drafts.of(["haskovo"]) == []


def test_strangers_are_sent_to_log_in(office: Stage) -> None:
    """And come back to the page that they wanted."""
    for path in ("desk/new/course", "desk/edit/institution/centre", "desk/drafts/x"):
        answer = office.nobody.opens(f"en/{path}")
        assert answer.status_code == 303
        assert f"next=%2Fen%2F{path.replace('/', '%2F')}" in answer.headers["location"]


def test_another_organisations_draft_is_not_there(office: Stage) -> None:
    """By its address, and by sending a form to it; a colleague may go on with it."""
    sheet = filled(office.ann)
    office.ann.sends(sheet, "save")
    (draft,) = office.sample.drafts.of(["haskovo"])

    assert office.eve.opens(f"en/desk/drafts/{draft.id}").status_code == 404
    own = office.eve.reads("en/desk/new/institution")
    own.action = sheet.action
    for do in ("save", "submit", "discard", "rebase"):
        assert office.eve.sends(own, do).status_code == 404
    assert office.sample.drafts.get(draft.id) == draft
    assert office.rev.opens(f"en/desk/drafts/{draft.id}").status_code == 200


def test_a_colleague_does_not_overwrite_unseen(office: Stage) -> None:
    """Who saves over a colleague's work is told first, and loses nothing."""
    office.ann.sends(filled(office.ann), "save")
    (draft,) = office.sample.drafts.of(["haskovo"])
    hers, his = (
        one.reads(f"en/desk/drafts/{draft.id}") for one in (office.ann, office.rev)
    )
    hers.write("name.en", "Hers")
    his.write("name.en", "His")
    office.ann.sends(hers, "save")

    told = office.rev.sends(his, "save")

    assert told.status_code == 412
    assert "A colleague has saved this draft" in told.text
    assert paper(told).values("name.en") == ["His"]
    assert office.rev.reads(f"en/desk/drafts/{draft.id}").values("name.en") == ["Hers"]
    assert office.rev.sends(paper(told), "save").status_code == 200
    assert office.ann.reads(f"en/desk/drafts/{draft.id}").values("name.en") == ["His"]


def test_another_organisations_record_cannot_be_changed(office: Stage) -> None:
    """Not by its form, nor by a form that claims to be made from it."""
    assert office.eve.opens("en/desk/edit/institution/centre").status_code == 403
    forged = office.eve.reads("en/desk/new/institution")
    forged.write("_key", "centre")
    forged.write("_based", "1")
    assert office.eve.sends(forged, "save").status_code == 403
    other = office.eve.reads("en/desk/new/institution")
    other.write("_organisation", "haskovo")
    assert office.eve.sends(other, "save").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "desk/new/table",
        "desk/new/place",
        "desk/new/nonsense",
        "desk/edit/place/bg422",
        "desk/edit/institution/none",
        "desk/drafts/0123456789abcdef0123456789abcdef",
    ],
)
def test_what_has_no_form_is_not_found(office: Stage, path: str) -> None:
    """A kind without a form, a record that is not there, a draft that is none."""
    assert office.ann.opens(f"en/{path}").status_code == 404


def test_a_draft_that_says_nonsense_of_itself_is_not_begun(office: Stage) -> None:
    """A version that is not there yet, a kind that is none, an id that was made up."""
    for name, value in (("_based", "7"), ("_kind", "x"), ("_kind", "place")):
        sheet = office.ann.reads("en/desk/new/institution")
        sheet.write(name, value)
        assert office.ann.sends(sheet, "save").status_code == 404
    sheet = office.ann.reads("en/desk/new/institution")
    sheet.action = f"{BASE}en/desk/drafts/made-up"
    assert office.ann.sends(sheet, "save").status_code == 404


def test_hostile_text_is_shown_as_text(office: Stage) -> None:
    """Markup, bidirectional marks, and very long texts come back as they were."""
    sheet = filled(
        office.ann,
        **{
            "name.bg": MARKUP,
            "name.en": TURNED,
            "description.bg": "Д" * 10_001,
            "classification": "https://evil.example/",
            "homepage": "javascript:alert(1)",
            "servesIn": "nonsense",
        },
    )

    answer = office.ann.sends(sheet, "submit")

    assert answer.status_code == 422
    assert MARKUP not in answer.text
    back = paper(answer)
    for name in ("name.bg", "name.en", "description.bg", "classification", "homepage"):
        assert back.values(name) == sheet.values(name)
    assert 'href="#homepage"' in answer.text
    back.write("homepage", "")
    back.write("servesIn")
    found = summary(office.ann.sends(back, "submit"))
    assert ("description.bg", "description-too-long") in found
    assert ("name.en", "name-characters") in found
    assert ("classification", "classification-unknown") in found


@pytest.mark.parametrize(
    "do",
    [
        "",
        "nonsense",
        "add:",
        "add:nonsense",
        "add:name",
        "remove:",
        "find:x",
        "add:x.9",
    ],
)
def test_a_button_that_there_is_not_keeps_what_was_typed(
    office: Stage, do: str
) -> None:
    """Names and values are anybody's to send."""
    answer = office.ann.sends(filled(office.ann), do)

    assert answer.status_code == 200
    assert paper(answer).values("name.bg") == ["Нова организация"]


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "\ufffe", "a\u2028b", "a\u202eb"])
def test_characters_that_do_not_show_are_refused(office: Stage, text: str) -> None:
    """Each with a sentence, and none of them breaks anything."""
    answer = office.ann.sends(filled(office.ann, **{"name.en": text}), "submit")

    assert answer.status_code == 422
    assert 'id="errors"' in answer.text
    assert submitted(office) == []


def test_a_hundred_rows_are_kept(office: Stage) -> None:
    """They come back in the order in which they were sent."""
    sheet = filled(office.ann)
    pages = [f"https://a{number}.example/" for number in range(100)]
    sheet.write("homepage", *pages)
    for number in range(100):
        sheet.write(f"identifier.{number}.id", "")
        sheet.write(f"identifier.{number}.eik", f"{number:09}")

    answer = office.ann.sends(sheet, "submit")

    assert answer.status_code == 200
    (document,) = submitted(office)
    assert len(document["homepage"]) == len(document["identifier"]) == 100


def test_unknown_fields_are_told(office: Stage) -> None:
    """What the form cannot keep is said, and does not stand in the way."""
    sheet = filled(office.ann, nonsense="typed by hand")

    answer = office.ann.sends(sheet, "check")

    assert "The form has no such field" in answer.text
    assert "nonsense = typed by hand" in answer.text


def test_a_draft_can_be_discarded(office: Stage) -> None:
    """It is gone then, and the reader back at the desk."""
    sheet = filled(office.ann)
    office.ann.sends(sheet, "save")

    answer = office.ann.sends(sheet, "discard")

    assert "You have begun nothing" in answer.text
    assert office.sample.drafts.of(["haskovo"]) == []


def test_a_second_draft_of_a_record_is_pointed_out(office: Stage) -> None:
    """Who opens the form again is shown the draft that was begun."""
    sheet = office.ann.reads("en/desk/edit/institution/centre")
    office.ann.sends(sheet, "save")

    answer = office.ann.opens("en/desk/edit/institution/centre")

    assert "Go on with that draft" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_published_record_leads_to_its_form(office: Stage) -> None:
    """The page is the same for everybody."""
    for desk in (office.ann, office.nobody):
        page = desk.opens("en/institution/centre").text
        assert f'href="{BASE}en/desk/edit/institution/centre"' in page
