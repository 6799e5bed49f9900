from dataclasses import replace

import pytest

from registry.desk import Draft
from registry.drafting import REASON, REASON_CAP, SEEN, SOURCE, Drafting, strange
from registry.errors import Conflict, NotFound
from registry.forms.translation import State
from registry.iris import RecordId
from registry.record import Provenance, Source
from tests.desk import ANN, CLUB, REV, TALKS, THING, Office, named
from tests.forms import forms
from tests.versions import AT, IRIS

PRACTICE = forms()["practice"]


def drafting(office: Office) -> Drafting:
    """Returns what checks drafts and hands them in."""
    return Drafting(office.journal, office.desk, office.intake, forms())


def draft(
    *fields: tuple[str, str], based_on: int = 0, record: RecordId = CLUB
) -> Draft:
    """Returns what somebody of Haskovo typed."""
    return Draft("d1", record, "haskovo", "ann", based_on, fields, None, AT)


TYPED = (
    ("title.bg", "Разговорен клуб"),
    ("description.bg", "Доброволци разговарят на български с новодошлите."),
)


def test_kinds_without_a_form_are_explained(office: Office) -> None:
    """Who asks for one is told where such records come from."""
    with pytest.raises(NotFound, match="handed in as files"):
        drafting(office).form("table")


def test_an_empty_form_asks_for_sources_too(office: Office) -> None:
    """There is a page to name, and something to say to the reviewer."""
    filled = drafting(office).filled(drafting(office).mint("practice", "d1"), 0)

    assert ("title.bg", "") in filled
    assert filled[-2:] == [(SOURCE, ""), (REASON, "")]


def test_a_form_of_a_version_has_what_is_known_of_its_sources(office: Office) -> None:
    """They need not be typed again."""
    office.publish("practice/club", TALKS)

    filled = drafting(office).filled(CLUB, 1)

    assert ("title.bg", "Разговорен клуб") in filled
    assert filled[-3:] == [
        (SOURCE, "https://source.example/"),
        (SEEN, "bg"),
        (REASON, ""),
    ]


def test_a_good_draft_is_handed_in_with_its_sources(office: Office) -> None:
    """The journal knows then what the author says and where it can be checked."""
    work = drafting(office)
    typed = draft(*TYPED, (REASON, " New. "), (SOURCE, "https://a.bg/"), (SEEN, "bg"))
    checked = work.check(typed)
    assert checked.ready

    made = work.submit(ANN, typed, checked)

    assert (made.entry.record, made.organisation, made.entry.reason) == (
        CLUB,
        "haskovo",
        "New.",
    )
    assert made.entry.provenance.sources == (Source("https://a.bg/"),)
    assert made.entry.provenance.name_seen_in == ("bg",)
    assert work.submit(ANN, typed, checked).number == made.number


def test_sources_that_were_left_as_they_were_are_left_to_the_intake(
    office: Office,
) -> None:
    """Only what somebody typed takes their place."""
    office.publish("practice/club", TALKS)
    work = drafting(office)
    fields = [
        (name, "Друг клуб" if name == "title.bg" else value)
        for name, value in work.filled(CLUB, 1)
    ]
    typed = draft(*fields, based_on=1)

    office.stewards.assign(CLUB, "haskovo")

    made = work.submit(ANN, typed, work.check(typed))

    sources = [source.iri for source in made.entry.provenance.sources]
    assert sources[0] == "https://source.example/"
    assert IRIS.thing(RecordId("institution", "haskovo")) in sources


def test_faults_of_the_form_alone_are_found(office: Office) -> None:
    """A search that was not finished, a page that is none, a note that is a book."""
    typed = draft(
        *TYPED,
        ("location.search", "haskovo"),
        (SOURCE, ""),
        (SOURCE, "www.a.bg"),
        (REASON, "x" * (REASON_CAP + 1)),
        ("nonsense", "typed"),
    )

    found = [
        (fault.anchor, fault.severity)
        for fault in drafting(office).check(typed).faults
        if not fault.code
    ]

    assert found == [
        ("location", "must"),
        (f"{SOURCE}~1", "must"),
        (REASON, "must"),
        (None, "should"),
    ]
    assert strange(PRACTICE, typed) == [("nonsense", "typed")]


def test_a_draft_that_changes_nothing_is_not_ready(office: Office) -> None:
    """It says just what is published."""
    office.publish("practice/club", TALKS)
    work = drafting(office)

    checked = work.check(draft(*work.filled(CLUB, 1), based_on=1))

    assert not checked.ready
    assert "changed nothing" in checked.faults[-1].message["en"]


def test_an_older_version_clashes(office: Office) -> None:
    """What was made from it is refused, and what differs is told."""
    office.publish("practice/club", TALKS)
    work = drafting(office)
    typed = draft(*work.filled(CLUB, 1), based_on=1)
    assert work.clashes(typed) == ()
    office.publish("practice/club", named("Друго име"))

    assert [clash.slot for clash in work.clashes(typed)] == ["title.bg"]
    assert work.current(CLUB) == 2
    office.stewards.assign(CLUB, "haskovo")
    changed = replace(typed, fields=(("title.bg", "x"), *typed.fields[1:]))
    with pytest.raises(Conflict):
        work.submit(ANN, changed, work.check(changed))


def test_translations_are_judged_as_if_the_draft_were_the_next_version(
    office: Office,
) -> None:
    """A change in one language leaves the other behind."""
    both = named("Клуб", title={"bg": "Клуб", "en": "Club"})
    office.publish("practice/club", both)
    work = drafting(office)
    fields = [
        (name, "Друг клуб" if name == "title.bg" else value)
        for name, value in work.filled(CLUB, 1)
    ]
    typed = draft(*fields, based_on=1)

    states = work.states(typed, work.typed(typed))

    assert states[THING, "title"] == {"bg": State.CURRENT, "en": State.OUTDATED}


def test_an_amendment_starts_from_what_was_handed_in(office: Office) -> None:
    """What the form does not show of the submission is kept."""
    made = office.hand_in(document={**TALKS, "altName": {"bg": "Клубът"}})
    typed = replace(draft(*TYPED), amends=made.number)

    assert drafting(office).typed(typed).document["altName"] == {"bg": "Клубът"}


def test_an_amendment_keeps_the_sources_that_were_given(office: Office) -> None:
    """They are those of the submission, not of the version before."""
    told = Provenance((Source("https://a.bg/", "2024"),), ("bg",), {"en": "Doubtful."})
    made = office.hand_in(provenance=told)
    work = drafting(office)
    typed = work.amending(REV, made, id="d2", saved=AT)
    fields = [
        (name, "Друг клуб" if name == "title.bg" else value)
        for name, value in typed.fields
    ]
    changed = replace(typed, fields=tuple(fields))

    amended = work.submit(REV, changed, work.check(changed))

    assert amended.entry.provenance == told
    assert amended.amends is not None
