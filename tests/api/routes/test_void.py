from collections.abc import Iterator

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from registry.namespaces import VOID
from tests.api.dumped import Dumped, dumped
from tests.versions import BASE

WHOLE = NamedNode(f"{BASE}id/catalog/registry")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dumped]:
    """A registry without dumps."""
    with dumped(tmp_path_factory.mktemp("void")) as made:
        yield made


def described(registry: Dumped, accept: str) -> Store:
    """Returns the description as read in a format."""
    answer = registry.client.get("/.well-known/void", accept=accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(accept)
    found = Store()
    found.extend(
        parse(answer.content, RdfFormat.from_media_type(accept), base_iri=BASE)
    )
    return found


def test_the_registry_describes_itself_in_every_format(registry: Dumped) -> None:
    """Before the first dump without counts, and afterwards with them."""
    before = described(registry, "text/turtle")
    registry.make()
    after = [
        described(registry, accept)
        for accept in (
            "text/turtle",
            "application/ld+json",
            "application/rdf+xml",
            "application/n-triples",
        )
    ]

    counts = (WHOLE, NamedNode(f"{VOID}triples"), None)
    assert list(before.quads_for_pattern(*counts)) == []
    assert len(list(after[0].quads_for_pattern(*counts))) == 1
    assert len({frozenset(store) for store in after}) == 1
    assert not [quad for quad in after[0] if str(quad.subject).startswith("_:")]


def test_the_description_is_not_sent_twice(registry: Dumped) -> None:
    """It changes with the dump alone."""
    first = registry.client.get("/.well-known/void")

    again = registry.client.get(
        "/.well-known/void", if_none_match=first.headers["etag"]
    )

    assert again.status_code == 304
