from registry import checking
from registry.iris import Iris, RecordId
from registry.report import Report
from tests.desk import CLUB, Office, named
from tests.versions import BASE, content

IRIS = Iris(BASE)


def test_only_what_is_published_is_a_neighbour(office: Office) -> None:
    """Types and schemes of what the triples refer to, and nothing else of it."""
    home = RecordId("institution", "home")
    office.publish(str(home), {"type": "Organization", "name": {"bg": "Дом"}})
    thing = IRIS.thing(home)
    club = content(CLUB, named("Клуб", provider=thing, sameAs=[f"{BASE}id/place/x"]))

    around = checking.neighbourhood(
        club.triples, [CLUB], journal=office.journal, iris=IRIS
    )

    assert around == (
        f"<{thing}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
        "<http://www.w3.org/ns/org#Organization> .\n"
    )


def test_nothing_has_nothing_to_break(office: Office) -> None:
    """An empty batch conforms, and no worker is asked."""
    report = checking.check(
        {},
        gate=None,  # type: ignore[arg-type]
        journal=office.journal,
        iris=IRIS,
    )

    assert report == Report(())
