from datetime import UTC, datetime

import pyshacl
import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import Graph

from registry import graphs
from registry.namespaces import AS, DCT, HYDRA, LDES, RDF, TREE, XSD
from registry.ports import Deed
from registry.views import feed
from registry.views.feed import Feed, Member, Page
from tests.replaying import Follower

ADDRESS = "http://registry.example/feed/records"
FEED = Feed(ADDRESS, {"bg": "Промени", "en": "Changes"}, {"bg": "Всички", "en": "All"})
AT = datetime(2026, 3, 1, 12, 0, 0, 250000, tzinfo=UTC)
THING = "http://registry.example/id/institution/one"
TRIPLES = f'<{THING}> <{DCT}title> "Едно\\n"@bg .\n'
CREATED = Member(2, Deed.CREATE, THING, AT, TRIPLES, {})
DELETED = Member(10, Deed.DELETE, THING, AT, "", {})
EMPTY = Page(1, [], None)


def values(text: str, subject: str, predicate: str) -> set[str]:
    """Returns the objects of the default graph, as N-Triples has them."""
    found = parse(text.encode(), format=RdfFormat.N_QUADS)
    wanted = (f"<{subject}>", f"<{predicate}>")
    return {
        str(q.object) for q in found if (str(q.subject), str(q.predicate)) == wanted
    }


def test_activity_has_three_properties_and_a_graph() -> None:
    """What was done, to what and when; the payload is called as the activity is."""
    name = f"{ADDRESS}/2"

    assert feed.activity(FEED, CREATED) == (
        f"<{ADDRESS}#stream> <{TREE}member> <{name}> .\n"
        f"<{name}> <{RDF}type> <{AS}Create> .\n"
        f"<{name}> <{AS}object> <{THING}> .\n"
        f'<{name}> <{AS}published> "2026-03-01T12:00:00.25Z"^^<{XSD}dateTime> .\n'
        f'<{THING}> <{DCT}title> "Едно\\n"@bg <{name}> .\n'
    )


def test_deletion_has_no_graph() -> None:
    """A deletion says what is gone and when, and nothing else."""
    text = feed.activity(FEED, DELETED)

    assert text.count("\n") == 4
    assert f"<{ADDRESS}/10> <{RDF}type> <{AS}Delete> .\n" in text


def test_members_of_a_page_come_in_their_order() -> None:
    """Number 10 comes after number 2, whatever the alphabet says."""
    page = feed.page(FEED, Page(1, [CREATED, DELETED], None))

    follower = Follower()
    follower.read(page.encode())
    assert follower.deeds == [("Create", THING), ("Delete", THING)]
    assert follower.copy == {}


def test_full_page_names_the_next_from_the_start() -> None:
    """What follows a full page is no earlier than its last position."""
    page = feed.page(FEED, Page(3, [], AT))

    node = f"{ADDRESS}?page=3"
    assert values(page, node, f"{LDES}immutable") == {f'"true"^^<{XSD}boolean>'}
    (relation,) = values(page, node, f"{TREE}relation")
    following = relation.strip("<>")
    assert values(page, following, f"{TREE}node") == {f"<{ADDRESS}?page=4>"}
    assert values(page, following, f"{TREE}path") == {f"<{AS}published>"}
    assert values(page, following, f"{TREE}value") == {
        f'"2026-03-01T12:00:00.25Z"^^<{XSD}dateTime>'
    }
    assert values(page, following, f"{RDF}type") == {
        f"<{TREE}GreaterThanOrEqualToRelation>"
    }


def test_page_with_room_leads_nowhere() -> None:
    """It is a node of the stream, where a reader may begin, and no more."""
    page = feed.page(FEED, Page(3, [], None))

    assert f"{TREE}relation" not in page
    assert f"{LDES}immutable" not in page
    assert values(page, FEED.stream, f"{TREE}view") == {f"<{ADDRESS}?page=3>"}
    assert values(page, FEED.stream, f"{LDES}timestampPath") == {f"<{AS}published>"}


def test_entry_point_promises_to_keep_everything() -> None:
    """The retention policy has a beginning and no limit of age or number."""
    text = feed.entry_point(FEED, AT, EMPTY)

    (policy,) = values(text, ADDRESS, f"{LDES}retentionPolicy")
    said = [line for line in text.splitlines() if line.startswith(policy)]
    assert said == [
        f"{policy} <{RDF}type> <{LDES}RetentionPolicy> .",
        f'{policy} <{LDES}startingFrom> "2026-03-01T12:00:00.25Z"^^<{XSD}dateTime> .',
    ]
    assert values(text, FEED.stream, f"{TREE}view") == {f"<{ADDRESS}>"}
    assert values(text, f"{ADDRESS}#search", f"{HYDRA}template") == {
        f'"{ADDRESS}{{?since}}"'
    }
    assert "startingFrom" not in feed.entry_point(FEED, None, EMPTY)
    assert "_:" not in text


def test_entry_point_has_what_is_on_no_full_page() -> None:
    """The latest changes are there at once, in their order."""
    text = feed.entry_point(FEED, AT, Page(1, [CREATED, DELETED], None))

    follower = Follower()
    follower.read(text.encode())
    assert follower.deeds == [("Create", THING), ("Delete", THING)]
    assert f"{TREE}relation" not in text


def leads_back(text: str, node: str, number: int) -> bool:
    """Says whether a node has one relation, to what is no later than `AT`."""
    (relation,) = values(text, node, f"{TREE}relation")
    name = relation.strip("<>")
    return {
        part: values(text, name, part)
        for part in (f"{RDF}type", f"{TREE}node", f"{TREE}path", f"{TREE}value")
    } == {
        f"{RDF}type": {f"<{TREE}LessThanOrEqualToRelation>"},
        f"{TREE}node": {f"<{ADDRESS}?archive={number}>"},
        f"{TREE}path": {f"<{AS}published>"},
        f"{TREE}value": {f'"2026-03-01T12:00:00.25Z"^^<{XSD}dateTime>'},
    }


def test_way_back_goes_from_page_to_page() -> None:
    """From the latest changes on, each page leads to the one before and no other."""
    room = feed.entry_point(FEED, AT, Page(3, [DELETED], None, AT))
    second = feed.archive(FEED, Page(2, [], AT, AT))
    first = feed.archive(FEED, Page(1, [CREATED], AT))

    assert leads_back(room, ADDRESS, 2)
    assert leads_back(second, f"{ADDRESS}?archive=2", 1)
    assert f"{TREE}relation" not in first
    for number, page in ((1, first), (2, second)):
        said = values(page, f"{ADDRESS}?archive={number}", f"{LDES}immutable")
        assert said == {f'"true"^^<{XSD}boolean>'}
        assert values(page, FEED.stream, f"{TREE}view") == {f"<{ADDRESS}>"}
    assert values(first, FEED.stream, f"{TREE}member") == {f"<{ADDRESS}/2>"}


def test_shape_of_others_is_named_and_not_repeated() -> None:
    """A feed whose shape somebody else publishes links to it."""
    shape = "https://other.example/shape#Activity"
    foreign = Feed(ADDRESS, FEED.title, FEED.description, shape)

    text = feed.entry_point(foreign, None, EMPTY)

    assert values(text, FEED.stream, f"{TREE}shape") == {f"<{shape}>"}
    assert "shacl" not in text


@pytest.mark.parametrize("member", [CREATED, DELETED], ids=lambda m: m.deed)
def test_activities_have_the_shape(member: Member) -> None:
    """The shape that the entry point describes holds, and would find a fault."""
    shapes = Graph().parse(data=feed.entry_point(FEED, AT, EMPTY), format="nt")
    name = FEED.activity(member.number)
    about = [
        line
        for line in feed.activity(FEED, member).splitlines()
        if line.startswith(f"<{name}> ")
    ]
    target = f"<{ADDRESS}#shape> <http://www.w3.org/ns/shacl#targetNode> <{name}> ."
    shapes.parse(data=target, format="nt")

    def conforms(*lines: str) -> bool:
        data = Graph().parse(data="\n".join(lines), format="nt")
        found: bool = pyshacl.validate(data, shacl_graph=shapes)[0]
        return found

    assert conforms(*about)
    assert not conforms(*about[:-1])
    assert not conforms(*about, f'<{name}> <{DCT}title> "more" .')
    assert not conforms(*about, f"<{name}> <{AS}object> <{ADDRESS}> .")


def test_description_names_every_face() -> None:
    """Programs find the streams, their titles and their Atom documents."""
    text = feed.description("http://registry.example/feed", FEED.title, [FEED])

    assert text == "".join(sorted(graphs.lines(text)))
    assert values(text, FEED.stream, f"{DCT}title") == {'"Промени"@bg', '"Changes"@en'}
    assert values(text, FEED.stream, f"{TREE}view") == {f"<{ADDRESS}>"}
    assert values(text, FEED.stream, f"{DCT}hasFormat") == {f"<{ADDRESS}.atom>"}
    assert values(text, "http://registry.example/feed", f"{HYDRA}member") == {
        f"<{FEED.stream}>"
    }
