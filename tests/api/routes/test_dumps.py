from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from registry import review
from registry.iris import RecordId
from tests.api.dumped import Dumped, dumped
from tests.versions import BASE

CENTRE = RecordId("institution", "centre")


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Dumped]:
    """A registry without dumps."""
    with dumped(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dumped]:
    """A registry with a dump; nobody makes another."""
    with dumped(tmp_path_factory.mktemp("dumped")) as made:
        made.make()
        yield made


def test_before_the_first_dump_there_is_no_file(registry: Dumped) -> None:
    """The list is empty."""
    assert registry.client.get("/dump/").json() == {"files": []}
    assert registry.client.get("/dump/registry.nq.gz").status_code == 404
    assert registry.client.get("/dump/manifest.json").status_code == 404


def test_the_listing_says_how_each_file_can_be_checked(public: Dumped) -> None:
    """Every file is found where it says, and has the digest that it says."""
    listing = public.client.get("/dump/").json()
    manifest = public.client.get("/dump/manifest.json")

    assert listing == {
        "number": 1,
        "published": listing["published"],
        **manifest.json(),
    }
    assert manifest.headers["content-type"] == "application/json"
    assert listing["sequence"] == public.sample.journal.tip()[0]
    for entry in listing["files"]:
        assert entry["url"] == f"{BASE}dump/{entry['name']}"
        answer = public.client.get(f"/dump/{entry['name']}")
        assert len(answer.content) == entry["size"]
        assert sha256(answer.content).hexdigest() == entry["sha256"]
        assert answer.headers["etag"] == f'"{entry["sha256"]}"'
        assert answer.headers["content-type"].startswith(entry["mediaType"])


def test_csv_is_said_to_be_utf_8_with_headings(public: Dumped) -> None:
    """Whoever reads the header need not guess."""
    answer = public.client.get("/dump/register.institution.csv")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["link"] == (
        f'<{BASE}dump/manifest.json>; rel="describedby"; type="application/json"'
    )


@pytest.mark.parametrize("language", ["bg", "en"])
def test_people_are_sent_to_the_page(public: Dumped, language: str) -> None:
    """The list for them is a page in their language."""
    answer = public.client.get(f"/dump/?lang={language}", accept="text/html")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}{language}/downloads"


@pytest.mark.parametrize(
    "name",
    ["register.secret.csv", "void.nt", "sitemap.xml", "lock", "..%2Fjournal.sqlite"],
)
def test_nothing_else_can_be_downloaded(public: Dumped, name: str) -> None:
    """Only what the manifest lists, whatever stands beside it."""
    assert public.client.get(f"/dump/{name}").status_code == 404


def test_a_download_is_resumed_until_the_file_changes(registry: Dumped) -> None:
    """After that the whole new file comes, so that two are never mixed."""
    registry.make()
    path = "/dump/register.institution.jsonl"
    start = registry.client.get(path, range="bytes=0-9")
    tag = start.headers["etag"]
    rest = registry.client.get(path, range="bytes=10-", if_range=tag)
    whole = registry.client.get(path)
    with registry.sample.journal.write() as writer:
        review.retire(writer, CENTRE, actor="a-2", reason="closed")
    registry.make()

    after = registry.client.get(path, range="bytes=10-", if_range=tag)

    assert start.content + rest.content == whole.content
    assert (start.status_code, rest.status_code, after.status_code) == (206, 206, 200)
    assert after.headers["etag"] != tag
    assert after.content == registry.client.get(path).content == b""
