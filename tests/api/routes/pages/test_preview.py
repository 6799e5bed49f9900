from registry import submissions
from registry.cataloguing import steps
from registry.desk import Channel
from registry.record import Provenance
from tests.api.conftest import publish
from tests.api.deskwork import PRACTICE, Desk, words
from tests.cataloguing import YEARLY
from tests.tables import record, rows, table_content


def test_documents_are_those_that_will_be_served(desk: Desk) -> None:
    """JSON-LD and Turtle of a preview are the bytes that are served once accepted."""
    ann, rev = desk.contributor(), desk.reviewer()
    number = desk.hand_in(ann).number
    here = f"/en/desk/submissions/{number}/preview"

    seen = {form: rev.get(f"{here}.{form}") for form in ("jsonld", "ttl")}
    rev.post(f"/en/desk/submissions/{number}", do="accept")
    served = {
        form: desk.client.get(f"/doc/practice/club.{form}")
        for form in ("jsonld", "ttl")
    }

    for form, answer in seen.items():
        assert answer.content == served[form].content
        assert answer.headers["content-type"] == served[form].headers["content-type"]
        assert answer.headers["cache-control"] == "no-store"
    assert rev.get(f"{here}.rdf").status_code == 404


def test_the_page_is_that_of_the_record(desk: Desk) -> None:
    """The page is the public one with a banner that says that it is not."""
    ann, rev = desk.contributor(), desk.reviewer()
    number = desk.hand_in(ann).number

    answer = rev.get(f"/en/desk/submissions/{number}/preview")
    rev.post(f"/en/desk/submissions/{number}", do="accept")
    public = words(desk.client.get("/en/practice/club").text)

    told = words(answer.text)
    banner = (
        f"This is submission {number} as if it were published now. It is not public. "
        "Back to the submission "
    )
    assert told.startswith(banner)
    rest = told.removeprefix(banner)
    # Until its dates, which the acceptance sets, it says the very same.
    assert rest.partition("Changed on")[0] == public.partition("Changed on")[0]
    assert 'content="noindex"' in answer.text
    assert "application/ld+json" not in answer.text.partition("</head>")[0]


def test_the_catalogue(desk: Desk) -> None:
    """The catalogue is shown as it is and as it would be, with the scores."""
    ann, rev = desk.contributor(), desk.reviewer()
    first = desk.hand_in(ann).number

    told = words(rev.get(f"/en/desk/submissions/{first}/catalogue").text)

    assert "The catalogue does not have it yet. Its files are made" in told
    assert "no score" in told
    assert "of 405 points" in told
    assert "register.practice" in told
    assert desk.sample.catalogue.dataset("register.practice") is None


def test_a_register_that_is_there(desk: Desk) -> None:
    """A record more leaves the entry of its register as it is, which is said."""
    publish(desk.sample.journal, "practice/old", {**PRACTICE})
    steps.catch_up(desk.sample.previews.sources, desk.sample.catalogue)
    number = desk.hand_in(desk.contributor()).number

    page = desk.reviewer().get(f"/en/desk/submissions/{number}/catalogue").text

    assert "Its description stays as it is" in words(page)
    assert "<details>" not in page


def test_a_table(desk: Desk) -> None:
    """Figures have a page, a difference and an entry in the catalogue beforehand."""
    rev, ann = desk.reviewer(), desk.contributor()
    made = table_content(YEARLY, rows(YEARLY)[:5], "a" * 64)
    with desk.sample.desk.write() as writer:
        entry = submissions.submit(
            writer,
            record(YEARLY),
            made,
            provenance=Provenance(),
            actor=ann.person.actor,
            based_on=0,
        )
        assert entry is not None
        writer.hand_in(entry, organisation="town", channel=Channel.TABLE)
    here = f"/en/desk/submissions/{entry.sequence}"

    page, preview, catalogue = (
        rev.get(f"{here}{path}") for path in ("", "/preview", "/catalogue")
    )

    assert [a.status_code for a in (page, preview, catalogue)] == [200, 200, 200]
    assert "statistical table" in words(page.text)
    assert f"table.{YEARLY}" in words(catalogue.text)
    assert "of 405 points" in words(catalogue.text)
