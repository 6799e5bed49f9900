import pytest

from registry.foreign import Finding, Page
from registry.sandbox import Reason, Stopped, Worker
from registry.sources.advice import FetchError, finding
from registry.sources.fetching import Fetched
from registry.sources.reader import Reader, Sheet, refused
from tests.catalogues import PREFIXES, TURTLE, Near, described, page

BASE = "http://registry.example/"
ADDRESS = "https://data.example/catalog"


class Stopping:
    """A worker that is always stopped."""

    def call(self, payload: bytes, deadline: float) -> bytes:  # noqa: ARG002 - as a worker
        """Gives no answer."""
        raise Stopped(Reason.MEMORY)


def fetched(body: bytes) -> Fetched:
    """Returns a Turtle document as it was sent."""
    return Fetched(ADDRESS, TURTLE, body)


def test_a_page_is_read_with_what_follows_it() -> None:
    """Its datasets come with the address at which they were found."""
    one = "https://data.example/1"
    sheet = Reader(Near(), BASE).read(fetched(page(described(one), following="?p=2")))

    assert sheet.following == (f"{ADDRESS}?p=2",)
    assert sheet.page.address == ADDRESS
    assert sheet.page.refused == ()
    assert [found.iri for found in sheet.page.datasets] == [one]


def test_a_dataset_without_a_name_is_reported_at_its_page() -> None:
    """There is no other place to look for it."""
    sheet = Reader(Near(), BASE).read(
        fetched(f'{PREFIXES}[] a dcat:Dataset ; dct:title "X"@en .'.encode())
    )

    assert sheet.page == Page(ADDRESS, (), (finding("no-iri", ADDRESS, "", "X"),))


def test_a_document_that_cannot_be_read_is_a_page_of_nothing() -> None:
    """The finding says where it breaks."""
    sheet = Reader(Near(), BASE).read(fetched(b"<a> <b>"))

    (refusal,) = sheet.page.refused
    assert isinstance(refusal, Finding)
    assert (sheet.page.datasets, sheet.following) == ((), ())
    assert (refusal.source, refusal.rule) == (ADDRESS, "malformed")
    assert "line 1" in refusal.value


def test_a_document_that_takes_too_much_is_a_page_of_nothing() -> None:
    """The worker was stopped, and the registry goes on."""
    sheet = Reader(Stopping(), BASE).read(fetched(b""))

    assert sheet == refused(ADDRESS, FetchError("stopped", "memory"))


def test_the_far_side_runs_in_a_worker() -> None:
    """Which has no network, and dies of what it cannot bear."""
    with Worker("registry.sources.parsing:serve", memory=1024**3) as worker:
        reader = Reader(worker, BASE)
        sheet = reader.read(fetched(page(described("https://data.example/1"))))
        broken = reader.read(fetched(b"<a> <b>"))

    assert len(sheet.page.datasets) == 1
    assert [found.rule for found in broken.page.refused] == ["malformed"]


@pytest.mark.parametrize("rule", ["status", "too-large"])
def test_a_page_that_was_not_fetched(rule: str) -> None:
    """It is reported under its address."""
    expected = Page(ADDRESS, (), (finding(rule, ADDRESS, "", "9"),))

    assert refused(ADDRESS, FetchError(rule, "9")) == Sheet(expected)
