from collections.abc import Iterator

import pytest

from registry.sources.addresses import Hosts
from registry.sources.fetching import Fetcher, FetchLimits
from registry.sources.links import attempt
from tests.catalogues import Host, Reply, hosting

LIMITS = FetchLimits(size=0, seconds=5.0, total=60.0, redirects=2, pages=10)


@pytest.fixture
def host() -> Iterator[Host]:
    """A server whose replies the test sets."""
    with hosting() as host:
        yield host


def tried(host: Host, path: str, allowed: str | None = None) -> tuple[str, bool] | None:
    """Tries a path of the server."""
    with Fetcher(Hosts(host.name if allowed is None else allowed), LIMITS) as fetcher:
        return attempt(fetcher, host.at(path))


@pytest.mark.parametrize(
    ("status", "alive"),
    [
        (200, True),
        (204, True),
        (401, True),
        (403, True),
        (429, True),
        (404, False),
        (410, False),
        (500, False),
        (503, False),
    ],
)
def test_a_page_is_alive_unless_it_is_gone_or_fails(
    host: Host, status: int, alive: bool
) -> None:
    """What asks for a password or for less haste is there all the same."""
    host.replies["/"] = Reply(b"", status=status)

    assert tried(host, "/") == (str(status), alive)


def test_a_redirect_is_followed_with_the_same_checks(host: Host) -> None:
    """To a page, in circles, or into a private network."""
    host.replies["/new"] = Reply(b"here")
    for path, target in (
        ("/old", "/new"),
        ("/round", "/round"),
        ("/inside", "http://127.0.0.1:1/"),
    ):
        host.replies[path] = Reply(b"", status=302, headers={"Location": target})

    assert tried(host, "/old") == ("200", True)
    assert tried(host, "/round") == ("redirects", False)
    assert tried(host, "/inside") is None


def test_what_is_not_allowed_is_not_tried(host: Host) -> None:
    """Every public host does not mean this machine."""
    host.replies["/"] = Reply(b"here")

    assert tried(host, "/", allowed="") is None
    assert tried(host, "/", allowed="*") is None


def test_a_server_that_is_not_there_is_dead() -> None:
    """A name that means nothing, or nobody who listens."""
    with Fetcher(Hosts("127.0.0.1:1 *"), LIMITS) as fetcher:
        assert attempt(fetcher, "http://127.0.0.1:1/") == ("unreachable", False)
        assert attempt(fetcher, "http://nowhere.invalid/") == ("unreachable", False)
        assert attempt(fetcher, "http://127.0.0.1/") == ("private-address", False)
