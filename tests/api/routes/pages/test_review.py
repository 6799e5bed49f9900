import re
from typing import Any

import pytest

from registry.desk import Channel
from registry.iris import RecordId
from tests.api.conftest import concepts, publish
from tests.api.deskwork import PRACTICE, Desk, Visitor, words
from tests.versions import BASE, concept

MARKUP = "<img src=x onerror=alert(1)>"


def _named(name: str, **more: Any) -> dict[str, Any]:
    return {**PRACTICE, "title": {"bg": f"{name} бг", "en": name}, **more}


CLEAN = {
    "type": "IntegrationMeasure",
    "title": {"bg": "Градина", "en": "Garden"},
    "description": {"bg": "Обща градина в квартала.", "en": "A garden for all."},
}


def _listed(visitor: Visitor, query: str = "") -> list[str]:
    """Returns the items of the queue by name."""
    page = visitor.get(f"/en/desk/review{query}").text
    found = re.findall(r"<h3><a [^>]*>(.*?)</a></h3>", page, re.DOTALL)
    return [re.sub("<[^>]*>", "", name) for name in found]


def test_the_oldest_comes_first(desk: Desk) -> None:
    """The queue has submissions and reports of readers by their age."""
    ann, rev = desk.contributor(), desk.reviewer()
    desk.hand_in(ann, "one", _named("One"))
    desk.sample.directory.assign(RecordId("institution", "centre"), "town")
    desk.sample.change_reports.add(
        RecordId("institution", "centre"), "It has moved.", "en"
    )
    desk.hand_in(ann, "two", _named("Two"))

    assert _listed(rev) == ["One", "Centre &lt;b&gt;A &amp; B&lt;/b&gt;", "Two"]
    told = words(rev.get("/en/desk/review").text)
    assert "Good practice · Town <1> · Ann · form · since today" in told
    assert "report of a reader" in told


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind=practice", ["One", "Two", "Three"]),
        ("?kind=course", []),
        ("?organisation=town", ["One", "Two", "Three"]),
        ("?organisation=keeper", []),
        ("?organisation=nowhere", []),
        ("?who=mine", ["Two"]),
        ("?who=free", ["One", "Three"]),
        ("?who=own", ["Three"]),
        ("?channel=sheet", ["One"]),
        ("?channel=reader", []),
        ("?kind=x&who=y&channel=z&after=w", ["One", "Two", "Three"]),
    ],
)
def test_filters(desk: Desk, query: str, found: list[str]) -> None:
    """The queue is narrowed by kind, organisation, way, and who looks after it."""
    ann, rev = desk.contributor(), desk.reviewer()
    desk.hand_in(ann, "one", _named("One"), channel=Channel.SHEET)
    two = desk.hand_in(ann, "two", _named("Two"))
    desk.hand_in(rev, "three", _named("Three"))
    desk.sample.reviewing.claim(rev.person, two.number)

    assert _listed(rev, query) == found


def test_who_sees_what(desk: Desk) -> None:
    """An organisation sees its own, a stranger nothing, the keeper everything."""
    ann = desk.contributor()
    desk.hand_in(ann, "one", _named("One"))
    desk.sample.change_reports.add(RecordId("institution", "centre"), "Moved.", "en")

    assert _listed(ann) == ["One"]
    assert _listed(desk.stranger()) == []
    assert len(_listed(desk.keeper())) == 2
    assert "Nothing waits here." in desk.stranger().get("/en/desk/review").text
    assert desk.client.get("/en/desk/review").status_code in {303, 401}


def test_pages(desk: Desk) -> None:
    """A long queue is read page by page, and nothing is left out or told twice."""
    ann, rev = desk.contributor(), desk.reviewer()
    for number in range(21):
        desk.hand_in(ann, f"n{number}", _named(f"N{number:02}"))
    desk.sample.directory.assign(RecordId("institution", "centre"), "town")
    desk.sample.change_reports.add(RecordId("institution", "centre"), "x", "en")

    page = rev.get("/en/desk/review?kind=").text
    following = re.search(r'rel="next" href="([^"]*)"', page)
    assert following
    rest = following[1].replace("&amp;", "&").removeprefix(f"{BASE}en/desk/review")

    first, second = _listed(rev), _listed(rev, rest)
    assert [len(first), len(second)] == [20, 2]
    assert len({*first, *second}) == 22


def test_markup_in_names(desk: Desk) -> None:
    """A name with markup is text in the queue."""
    rev = desk.reviewer()
    desk.hand_in(desk.contributor(), "one", _named(MARKUP))

    page = rev.get("/en/desk/review").text

    assert MARKUP not in page
    assert "&lt;img src=x" in page


def _accepts(visitor: Visitor, *numbers: int, **fields: Any) -> Any:
    return visitor.post("/en/desk/review", number=numbers, **fields)


def test_accepting_together(desk: Desk) -> None:
    """What is selected becomes public together."""
    ann, rev = desk.contributor(), desk.reviewer()
    one, two = (
        desk.hand_in(ann, key, _named(key.title())).number for key in ("one", "two")
    )

    answer = _accepts(rev, one, two, status="experimental")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}en/desk/review?accepted=2"
    told = words(rev.get("/en/desk/review?accepted=2").text)
    assert "Accepted and public now: 2." in told
    heads = [desk.sample.journal.head(RecordId("practice", k)) for k in ("one", "two")]
    assert [head.status for head in heads if head] == ["experimental"] * 2


def test_one_bad_stops_all(desk: Desk) -> None:
    """If one cannot be accepted nothing is, and the answer says which one and why."""
    ann, rev = desk.contributor(), desk.reviewer()
    good = desk.hand_in(ann, "good", _named("Good")).number
    own = desk.hand_in(rev, "own", _named("Own")).number

    answer = _accepts(rev, good, own)

    assert answer.status_code == 403
    told = words(answer.text)
    assert "Nothing was accepted" in told
    assert f"Submission {own} : You may not accept it" in told
    assert f"Submission {good} :" not in told
    assert desk.sample.journal.current(RecordId("practice", "good")) is None


def test_stale_among_others(desk: Desk) -> None:
    """A record that has moved on stops the batch, and is named."""
    ann, rev, ras = desk.contributor(), desk.reviewer(), desk.reviewer("Ras")
    first = desk.hand_in(ann, "one", _named("One")).number
    second = desk.hand_in(ras, "one", _named("Other")).number
    other = desk.hand_in(ann, "two", _named("Two")).number
    _accepts(rev, first)

    answer = _accepts(rev, second, other)

    assert answer.status_code == 412
    assert f"Submission {second} : The record has changed" in words(answer.text)
    assert desk.sample.journal.current(RecordId("practice", "two")) is None


def test_of_another_organisation(desk: Desk) -> None:
    """A submission that is nobody's business is not told from one that is not."""
    number = desk.hand_in(desk.contributor(), "one", _named("One")).number
    eve = desk.stranger()

    answers = [_accepts(eve, number), _accepts(eve, 999_999)]

    assert [answer.status_code for answer in answers] == [404, 404]
    told = [words(answer.text).replace(str(number), "999999") for answer in answers]
    assert told[0] == told[1]


@pytest.mark.parametrize("numbers", [(), ("x",), ("-1", "0"), ("9" * 40,)])
def test_nothing_selected(desk: Desk, numbers: tuple[str, ...]) -> None:
    """A form without a selection, or with nonsense in it, is refused in words."""
    answer = desk.reviewer().post("/en/desk/review", number=numbers)

    assert answer.status_code in {400, 404}
    assert "Nothing was accepted" in answer.text


def test_clean_ones_can_be_selected(desk: Desk) -> None:
    """Only what has nothing to look at has a box, and only for who may accept it."""
    for scheme, code in (("integration-domain", "culture"), ("target-group", "all")):
        made = concepts(scheme, (code, code, code))
        publish(desk.sample.journal, f"scheme/{scheme}", made)
    ann, rev = desk.contributor(), desk.reviewer()
    clean = desk.hand_in(
        ann,
        "clean",
        _named(
            "Clean",
            domain=[concept("integration-domain", "culture")],
            targetGroup=[concept("target-group", "all")],
        ),
    ).number
    doubtful = desk.hand_in(ann, "doubtful", _named("Doubtful")).number

    page = rev.get("/en/desk/review").text

    assert re.findall(r'type="checkbox" name="number" value="(\d+)"', page) == [
        str(clean)
    ]
    assert f"desk/submissions/{doubtful}" in page
    assert "nothing to look at" in words(page)
    assert 'type="checkbox"' not in ann.get("/en/desk/review").text


def test_in_bulgarian(desk: Desk) -> None:
    """The queue and its refusals speak the reader's language."""
    rev = desk.reviewer(language="bg")
    own = desk.hand_in(rev, "own", _named("Own")).number

    assert "подадено от Вас" in words(rev.get("/bg/desk/review").text)
    answer = rev.post("/bg/desk/review", number=[own])
    assert f"Предложение {own} : Не можете да го приемете" in words(answer.text)
