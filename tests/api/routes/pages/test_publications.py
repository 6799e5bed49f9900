import re

from tests.api.client import Client
from tests.versions import BASE


def test_publications(reader: Client) -> None:
    """They stand by what they are, with year, language, publisher and rights."""
    page = reader.get("/en/publications").text
    groups = re.split(r'<h2 id="group-\d+">', page)[1:]
    told = [
        " ".join(re.sub("<[^>]*>", " ", group.partition("</section>")[0]).split())
        for group in groups
    ]

    assert told == [
        "Handbooks and guides Handbook handbook · 2014 · Bulgarian · "
        "&lt;script&gt;alert(1)&lt;/script&gt; Terms of use: free to use "
        "Where it is: https://good.example/handbook",
        "Other publications Поема poem Terms of use: not stated",
    ]


def test_links_of_publications(reader: Client) -> None:
    """Each leads to its record, to its publisher's and to where it can be read."""
    page = reader.get("/bg/publications").text

    shown = [
        f'<a href="{BASE}bg/publication/handbook">Наръчник</a>',
        f'<a href="{BASE}bg/institution/hostile">',
        '<a href="https://good.example/handbook" rel="nofollow noopener">',
    ]
    assert [text for text in shown if text not in page] == []
    assert "<script>alert" not in page


def test_no_publications(client: Client) -> None:
    """A registry without publications says so."""
    page = client.get("/en/publications").text

    assert "There are no publications in the registry yet." in page


def test_no_practices(reader: Client) -> None:
    """The empty register of practices says what belongs there, and how to add to it."""
    page = reader.get("/en/practices").text

    assert "This register is empty today." in page
    assert "<h2>What belongs here</h2>" in page
    assert f'<a href="{BASE}en/contacts">Tell us of a practice</a>' in page
