import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from api.application import application
from tests.api.client import Client
from tests.api.conftest import START, Sample
from tests.api.routes.pages.reading import page
from tests.versions import BASE

HOSTILE = "/en/institution/hostile"


def _facts(page: str) -> list[tuple[str, list[str]]]:
    """Returns the labels and values of the first list of facts, as text."""
    whole = re.search(r'<dl class="facts">(.*?)</dl>', page, re.DOTALL)
    assert whole
    terms = whole[1].split("<dt>")[1:]
    told = []
    for term in terms:
        label, *values = re.split(r"</dt>|<dd>", re.sub(r"</dd>", "", term))
        texts = [" ".join(re.sub("<[^>]*>", "", v).split()) for v in values]
        told.append((label.strip(), [text for text in texts if text]))
    return told


def test_every_fact_in_words(reader: Client) -> None:
    """A record says everything in words; its contacts stand by themselves."""
    page = reader.get(HOSTILE).text

    assert _facts(page) == [
        ("Services", ["legal aid"]),
        ("For whom", ["refugees"]),
        ("Speaks", ["Arabic, Bulgarian"]),
        ("Place", ["Haskovo"]),
        ("E-mail", ["office@good.example"]),
        ("Telephone", ["+359 38 000000"]),
        ("Website", ["https://good.example/а", "javascript:alert(1)"]),
    ]


def test_values_lead_on(reader: Client) -> None:
    """Codes lead to what else has them, places to theirs; a script leads nowhere."""
    page = reader.get(HOSTILE).text
    facts = page[page.index('<dl class="facts">') :].partition("</dl>")[0]

    assert re.findall(r'<a href="([^"]*)"', facts) == [
        f"{BASE}en/find?service=legal-aid",
        f"{BASE}en/find?group=refugees",
        f"{BASE}en/find?language=ar",
        f"{BASE}en/find?language=bg",
        f"{BASE}en/place/bg422",
        "mailto:office@good.example",
        "tel:+35938000000",
        "https://good.example/%D0%B0",
    ]
    assert 'href="javascript:' not in page


def test_markup_is_text(reader: Client) -> None:
    """Markup in names, descriptions and what search engines read stays text."""
    page = reader.get(HOSTILE).text

    assert "<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>" in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<script>alert" not in page


def test_what_search_engines_read(reader: Client) -> None:
    """The head has the record in the terms of schema.org, with what is certain only."""
    page = reader.get("/en/course/bulgarian").text
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)

    assert json.loads(block) == {
        "@context": "https://schema.org",
        "@type": "Course",
        "@id": f"{BASE}id/course/bulgarian",
        "url": f"{BASE}en/course/bulgarian",
        "name": "Bulgarian",
        "provider": {
            "@type": "Organization",
            "@id": f"{BASE}id/training-centre/school",
            "name": "School",
        },
    }


def test_what_belongs_to_it(reader: Client) -> None:
    """An institution shows its centres, a centre its courses, with their number."""
    institution = reader.get(HOSTILE).text
    centre = reader.get("/en/training-centre/school").text

    assert 'Training centres <span class="count">1</span></h2>' in institution
    assert (
        f'<h3><a href="{BASE}en/training-centre/school">School</a></h3>' in institution
    )
    assert 'Publications <span class="count">1</span></h2>' in institution
    assert 'Courses <span class="count">1</span></h2>' in centre
    assert f'<h3><a href="{BASE}en/course/bulgarian">Bulgarian</a></h3>' in centre


def test_about_the_record(reader: Client) -> None:
    """The page says where it is from, how sure it is, and when it was checked."""
    page = reader.get("/en/training-centre/school").text

    shown = [
        f'<a href="{BASE}id/training-centre/school">',
        "Last checked on 1 March 2026",
        '<a href="https://source.example/page" rel="nofollow noopener">',
        "(2024-05)",
        "Check the address.",
        "The name in this language is a translation: no source gives it.",
        f'href="{BASE}en/training-centre/school/history"',
        f'href="{BASE}en/report?record=training-centre%2Fschool"',
        *(
            f'href="{BASE}doc/training-centre/school.{extension}"'
            for extension in ("jsonld", "ttl", "nt", "rdf", "json")
        ),
    ]
    assert [text for text in shown if text not in page] == []


def test_missing_translation(reader: Client) -> None:
    """A name in another language is marked, said to be so, and turns nothing."""
    page = reader.get("/en/institution/turned").text

    assert '<h1><bdi lang="bg" dir="ltr">Център\u202eбг</bdi></h1>' in page
    assert "the name is in another language (Bulgarian)." in page
    assert "There is no translation" not in reader.get("/bg/institution/turned").text


def test_very_long_name(reader: Client) -> None:
    """A name of ten thousand letters is shown whole, and breaks nothing."""
    answer = reader.get("/bg/institution/long")

    assert answer.status_code == 200
    assert f"<h1>{'Д' * 10_000}</h1>" in answer.text


def test_version_that_is_not_current(reader: Client) -> None:
    """An old version says that it is one, and leads to the current one."""
    page = reader.get("/en/course/bulgarian?version=1").text

    assert "This is version 1, not the current one." in page
    assert f'<a href="{BASE}en/course/bulgarian">See the current version</a>' in page
    assert f'href="{BASE}doc/course/bulgarian.ttl?version=1"' in page
    assert '<script type="application/ld+json">' not in page


def test_as_it_was(reader: Client) -> None:
    """A page can be asked for a moment, or a day; before all there was nothing."""
    then = reader.get("/bg/course/bulgarian?asOf=2026-03-01")
    before = reader.get("/bg/course/bulgarian?asOf=2020-01-01", accept="text/html")

    assert "Български език А1" in then.text
    assert before.status_code == 404


def test_replaced(reader: Client) -> None:
    """A record that was replaced leads to the one in its place."""
    page = reader.get("/en/institution/replaced").text

    assert "This record was replaced. In its place there is:" in page
    assert f'<a href="{BASE}en/training-centre/school">School</a>' in page


def test_withdrawn(reader: Client) -> None:
    """What was withdrawn is gone; its page says when and why, and what is left."""
    answer = reader.get("/en/institution/closed")

    assert answer.status_code == 410
    assert answer.headers["cache-control"] == "no-store"
    shown = [
        '<bdi lang="bg" dir="ltr">Затворено</bdi>',
        "This record was withdrawn on 1 March 2026.",
        "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>",
        f'<a href="{BASE}en/institution/closed?version=1">',
        '<meta name="robots" content="noindex">',
    ]
    assert [text for text in shown if text not in answer.text] == []
    last = reader.get("/en/institution/closed?version=1")
    assert last.status_code == 200
    assert "This record was withdrawn and is kept for reference only." in last.text


@pytest.mark.parametrize(
    "path",
    [
        "/en/institution/nobody",
        "/en/nothing/x",
        "/en/course/NO",
        "/uk/institution/long",
    ],
)
def test_what_there_is_not(reader: Client, path: str) -> None:
    """An unknown record, kind or language is a page that says so."""
    answer = reader.get(path, accept="text/html", accept_language="en")

    assert answer.status_code == 404
    assert '<html lang="en" dir="ltr">' in answer.text


def test_code_list(reader: Client) -> None:
    """A code list shows its codes, each at the address that it has."""
    page = reader.get("/en/scheme/language").text

    assert '<tr id="ar"><td><code>ar</code></td><td>Arabic</td></tr>' in page


def test_history(reader: Client) -> None:
    """The history says in words what each version changed, the latest first."""
    page = reader.get("/en/course/bulgarian/history").text
    steps = page[page.index('<ol class="steps">') :]
    rows = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</tr>", steps, re.DOTALL)

    assert [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in rows] == [
        "Title (Bulgarian) Български език Български език added: А1",
        "Language taught new – Arabic",
    ]
    assert steps.index("· version 2") < steps.index("The first version.")
    assert f'href="{BASE}en/course/bulgarian?version=1"' in steps
    assert '<ins><span class="visually-hidden">added: </span>А1</ins>' in steps
    assert "<ins>Arabic</ins>" in steps


def test_history_of_what_is_gone(reader: Client) -> None:
    """The history of a withdrawn record can still be read; a stranger has none."""
    page = reader.get("/en/institution/closed/history").text

    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>" in page
    assert reader.get("/en/institution/nobody/history").status_code == 404
    assert reader.get("/en/course/bulgarian/history?page=x").status_code == 200
    assert reader.get("/en/course/bulgarian/history?page=9").status_code == 200


@pytest.mark.parametrize(
    ("language", "day", "said"),
    [
        ("en", 5, "recent information: due to be checked after"),
        ("bg", 5, "скорошни сведения: да се провери след"),
        ("en", 400, "may be out of date: due to be checked after"),
    ],
)
def test_freshness(registers: Sample, language: str, day: int, said: str) -> None:
    """A record says in words how far it can be relied on today, and until when."""
    late = replace(registers, clock=lambda: START + timedelta(days=day))

    with Client(application(late, close=lambda: None)) as client:
        found = page(client, f"/{language}/institution/hostile")

    assert said in " ".join(found.text.split())


def test_what_does_not_age_has_no_freshness(reader: Client) -> None:
    """A place does not change because time goes by, and the past is as it was."""
    for path in ("place/bg422", "institution/hostile?version=1"):
        assert "relied on" not in page(reader, f"/en/{path}").text
