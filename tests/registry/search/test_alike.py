from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.ports import Alike
from registry.search.alike import MOST
from registry.search.index import Index
from tests.versions import IRIS, version


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An empty index."""
    made = Index(tmp_path / "lists.sqlite", IRIS)
    yield made
    made.close()


def institution(name: str, *sites: str) -> dict[str, object]:
    """Returns the document of an institution."""
    return {"type": "Organization", "name": {"bg": name}, "homepage": list(sites)}


def test_records_are_found_by_any_trait_they_share(index: Index) -> None:
    """Each once, with the codes of what is shared."""
    one = version("institution/one", institution("Дом", "https://a.example/"))
    two = version("institution/two", institution("Къща", "http://a.example"))
    index.replace([one, two], 1)
    asked = {("same-name", "dom"), ("same-homepage", "a.example")}

    found = index.alike("institution", asked)

    records = [one.head.record, two.head.record]
    assert [alike.listed.record for alike in found] == records
    assert [alike.traits for alike in found] == [
        {"same-name", "same-homepage"},
        {"same-homepage"},
    ]
    assert isinstance(found[0], Alike)
    assert index.alike("practice", asked) == []
    assert index.alike("institution", set()) == []


def test_what_changed_has_only_its_new_traits(index: Index) -> None:
    """The old name leads nowhere."""
    index.replace([version("institution/one", institution("Дом"))], 1)
    index.replace([version("institution/one", institution("Къща"))], 2)

    assert index.alike("institution", {("same-name", "dom")}) == []


def test_few_are_looked_at_for_each_trait(index: Index) -> None:
    """However many share it."""
    names = [f"institution/i{number:03}" for number in range(MOST + 9)]
    index.replace([version(name, institution("Дом")) for name in names], 1)

    assert len(index.alike("institution", {("same-name", "dom")})) == MOST
