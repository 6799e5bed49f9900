from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from registry.namespaces import AS, DCT
from registry.ports import Deed
from registry.views import atom
from registry.views.atom import Document
from registry.views.feed import Feed, Member
from tests.replaying import ATOM, HISTORY, TOMBSTONES, of_atom

ADDRESS = "http://registry.example/feed/records"
HOME = "http://registry.example/feed?lang=en"
FEED = Feed(ADDRESS, {"bg": "Промени", "en": "Changes"}, {"bg": "Всички", "en": "All"})
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ONE, TWO = (f"http://registry.example/id/institution/{key}" for key in ("one", "two"))
TRIPLES = f'<{ONE}> <{DCT}title> "<&]]>\\u0000\\r"@bg .\n'
CREATED = Member(2, Deed.CREATE, ONE, AT, TRIPLES, {"bg": "А < Б & „В“\x00", "en": "A"})
UPDATED = Member(3, Deed.UPDATE, TWO, AT, TRIPLES, {"bg": "Две"})
DELETED = Member(4, Deed.DELETE, ONE, AT, "", {"bg": "А", "en": "A"})


def rendered(
    *members: Member,
    language: str = "en",
    page: int | None = None,
    previous: int | None = None,
    full: bool = False,
) -> ElementTree.Element:
    """Returns the parsed document."""
    made = Document(FEED, "Registry", HOME, members, AT, language, page, previous, full)
    return ElementTree.fromstring(atom.render(made))  # noqa: S314 - our own


def links(root: ElementTree.Element) -> list[tuple[str, str, str | None]]:
    """Returns relation, address and language of the links of an element."""
    return [
        (link.attrib["rel"], link.attrib["href"], link.get("hreflang"))
        for link in root.findall(f"{ATOM}link")
    ]


def test_head_of_the_document_to_subscribe_to() -> None:
    """It has what Atom demands, in its language, and leads to the archive."""
    root = rendered(language="bg", previous=7)

    assert root.tag == f"{ATOM}feed"
    assert root.attrib == {LANG: "bg"}
    assert root.findtext(f"{ATOM}id") == f"{ADDRESS}#stream"
    assert root.findtext(f"{ATOM}title") == "Промени"
    assert root.findtext(f"{ATOM}subtitle") == "Всички"
    assert root.findtext(f"{ATOM}updated") == "2026-03-01T12:00:00Z"
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Registry"
    assert root.find(f"{HISTORY}archive") is None
    assert links(root) == [
        ("self", f"{ADDRESS}.atom?lang=bg", None),
        ("alternate", HOME, None),
        ("alternate", f"{ADDRESS}.atom?lang=en", "en"),
        ("prev-archive", f"{ADDRESS}.atom?page=7&lang=bg", None),
    ]


def test_archive_document_stays() -> None:
    """It is marked as such and names both neighbours and the current document."""
    root = rendered(page=7, previous=6, full=True)

    assert root.find(f"{HISTORY}archive") is not None
    assert links(root) == [
        ("self", f"{ADDRESS}.atom?page=7&lang=en", None),
        ("alternate", HOME, None),
        ("alternate", f"{ADDRESS}.atom?page=7&lang=bg", "bg"),
        ("current", f"{ADDRESS}.atom?lang=en", None),
        ("prev-archive", f"{ADDRESS}.atom?page=6&lang=en", None),
        ("next-archive", f"{ADDRESS}.atom?page=8&lang=en", None),
    ]


def test_page_that_has_room_is_no_archive() -> None:
    """It changes, so it is not marked and names none after it."""
    root = rendered(page=7, previous=6)

    assert root.find(f"{HISTORY}archive") is None
    assert "next-archive" not in [relation for relation, *_ in links(root)]


def test_entry() -> None:
    """A change is called by what changed and brings its graph as Turtle."""
    (entry,) = rendered(CREATED).findall(f"{ATOM}entry")

    title = entry.find(f"{ATOM}title")
    assert title is not None
    assert (title.text, title.attrib) == ("A", {LANG: "en"})
    assert entry.findtext(f"{ATOM}id") == ONE
    assert entry.findtext(f"{ATOM}updated") == "2026-03-01T12:00:00Z"
    assert links(entry) == [("alternate", ONE, None), ("via", f"{ADDRESS}/2", None)]
    category = entry.find(f"{ATOM}category")
    assert category is not None
    assert category.attrib == {"term": f"{AS}Create", "scheme": AS, "label": "Added"}
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert (content.attrib, content.text) == ({"type": "text/turtle"}, TRIPLES)


@pytest.mark.parametrize(
    ("member", "language", "text", "tag"),
    [
        (CREATED, "bg", "А < Б & „В“\ufffd", "bg"),
        (UPDATED, "en", "Две", "bg"),
        (Member(5, Deed.UPDATE, TWO, AT, TRIPLES, {}), "en", TWO, "en"),
    ],
    ids=["asked for", "the only one", "none"],
)
def test_title_says_its_language(
    member: Member, language: str, text: str, tag: str
) -> None:
    """A title in another language than the document is marked with it."""
    title = rendered(member, language=language).find(f"{ATOM}entry/{ATOM}title")

    assert title is not None
    assert (title.text, title.attrib) == (text, {LANG: tag})


def test_tombstone() -> None:
    """A deletion names what is gone, and when."""
    root = rendered(DELETED)

    (tombstone,) = root.findall(f"{TOMBSTONES}deleted-entry")
    assert tombstone.attrib == {"ref": ONE, "when": "2026-03-01T12:00:00Z"}
    comment = tombstone.find(f"{TOMBSTONES}comment")
    assert comment is not None
    assert (comment.text, comment.attrib) == ("A", {LANG: "en"})
    assert root.find(f"{ATOM}entry") is None


def test_newest_comes_first() -> None:
    """Of two changes of one thing at one moment, the later one counts."""
    made = Document(FEED, "A", HOME, [CREATED, UPDATED, DELETED], AT, "en")

    assert of_atom([atom.render(made)]) == {TWO: TRIPLES}
