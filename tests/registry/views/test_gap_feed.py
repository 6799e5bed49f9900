from datetime import date
from xml.etree import ElementTree

from registry.iris import RecordId
from registry.ports import Gap, Missing, Want
from registry.views.gap_feed import Entry, render
from tests.versions import BASE, IRIS

ATOM = "{http://www.w3.org/2005/Atom}"


def dead(address: str) -> Entry:
    gap = Gap("dead-link", Want.LINK, date(2026, 5, 1))
    record = RecordId("institution", "one")
    missing = Missing(record, {"bg": "Едно"}, gap, address)
    return Entry(missing, {"bg": "Поправете.", "en": "Mend."}, f"{BASE}en/page")


def feed(*entries: Entry) -> ElementTree.Element:
    return ElementTree.fromstring(  # noqa: S314 - made here
        render(
            entries,
            iris=IRIS,
            address=f"{BASE}missing.atom?kind=institution",
            home=f"{BASE}en/missing",
            language="en",
        )
    )


def test_two_dead_links_of_a_record_are_two_entries() -> None:
    """A name that is not there in the language is shown as it is."""
    root = feed(dead("https://a.example/"), dead("https://b.example/"))

    ids = {entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")}
    assert len(ids) == 2
    assert root.findtext(f"{ATOM}updated") == "2026-05-01T00:00:00Z"
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "Едно: Mend."
    assert root.findtext(f"{ATOM}entry/{ATOM}summary") == "https://a.example/"


def test_a_feed_of_nothing_is_a_feed() -> None:
    """Atom wants a time for it too."""
    root = feed()

    assert root.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"
    hrefs = [link.get("href") for link in root.findall(f"{ATOM}link")]
    assert f"{BASE}missing.atom?kind=institution&lang=en" in hrefs
    assert f"{BASE}missing.atom?kind=institution&lang=bg" in hrefs
