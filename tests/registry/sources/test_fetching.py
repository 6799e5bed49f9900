import gzip
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest

from registry.sources.addresses import Hosts
from registry.sources.advice import FetchError
from registry.sources.fetching import Fetched, Fetcher, FetchLimits
from tests.catalogues import TURTLE, Host, Reply, hosting

LIMITS = FetchLimits(size=10_000, seconds=5.0, total=10.0, redirects=3, pages=10)
BRIEF = FetchLimits(size=10_000, seconds=0.2, total=10.0, redirects=3, pages=10)


@pytest.fixture
def host() -> Iterator[Host]:
    """A server whose replies the test sets."""
    with hosting() as host:
        yield host


def get(host: Host, path: str, limits: FetchLimits = LIMITS) -> Fetched:
    """Fetches a path, asking for Turtle."""
    with Fetcher(Hosts(host.name), limits) as fetcher:
        return fetcher.get(host.at(path), TURTLE, [TURTLE])


def refusal(
    host: Host, path: str = "/", limits: FetchLimits = LIMITS
) -> tuple[str, str]:
    """Returns the rule and value by which a path is not fetched."""
    with pytest.raises(FetchError) as refused:
        get(host, path, limits)
    return refused.value.rule, refused.value.value


def test_a_document_is_fetched_as_it_is(host: Host) -> None:
    """With its media type without parameters, and where it was found."""
    host.replies["/c?a=%D1%88&b=c%20d"] = Reply(
        b"<a> <b> <c> .", "Text/Turtle; charset=utf-8"
    )

    fetched = get(host, "/c?a=ш&b=c d#e")

    assert fetched == Fetched(host.at("/c?a=ш&b=c d"), TURTLE, b"<a> <b> <c> .")
    assert host.accepted == [TURTLE]


def test_a_packed_document_is_unpacked(host: Host) -> None:
    """Gzip is what is asked for."""
    packed = {"Content-Encoding": "gzip"}
    host.replies["/"] = Reply(gzip.compress(b"x" * 9_000, mtime=0), headers=packed)

    assert get(host, "/").body == b"x" * 9_000


@pytest.mark.parametrize("length", [True, False])
def test_a_document_past_the_limit_is_not_read_to_its_end(
    host: Host, length: bool
) -> None:
    """Whether it says how long it is or not."""
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(50):
            sent += 1
            yield b"x" * 1_000_000

    host.replies["/"] = Reply(b"x" * 50_000_000) if length else Reply(pieces)

    rule, value = refusal(host)

    assert rule == "too-large"
    assert value == ("50000000" if length else "> 10000")
    assert sent < 50


def test_a_document_that_grows_when_unpacked_is_refused(host: Host) -> None:
    """A gzip file of a few kilobytes can hold gigabytes."""
    packed = {"Content-Encoding": "gzip"}
    host.replies["/"] = Reply(gzip.compress(b"\0" * 5_000_000, mtime=0), headers=packed)

    assert refusal(host) == ("too-large", "> 10000")


@pytest.mark.parametrize(
    ("body", "encoding", "expected"),
    [
        (gzip.compress(b"x" * 99, mtime=0)[:-9], "gzip", ("broken-answer", "gzip")),
        (b"plain", "gzip", ("bad-encoding", "gzip")),
        (b"plain", "br", ("bad-encoding", "br")),
    ],
)
def test_what_cannot_be_unpacked_is_refused(
    host: Host, body: bytes, encoding: str, expected: tuple[str, str]
) -> None:
    """Cut short, not packed at all, or packed in another way."""
    host.replies["/"] = Reply(body, headers={"Content-Encoding": encoding})

    assert refusal(host) == expected


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(host: Host, status: int) -> None:
    """A relative one too; what it leads to is the address of the document."""
    host.replies["/a/b"] = Reply(status=status, headers={"Location": "../c"})
    host.replies["/c"] = Reply(b"here")

    assert get(host, "/a/b") == Fetched(host.at("/c"), TURTLE, b"here")


def test_a_redirect_loop_ends(host: Host) -> None:
    """After as many redirects as are allowed."""
    host.replies["/"] = Reply(status=302, headers={"Location": "/"})

    assert refusal(host) == ("redirects", host.at("/"))
    assert host.asked == ["/"] * 4


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://evil.example/", ("host-not-listed", "evil.example:443")),
        ("http://127.0.0.1:22/", ("host-not-listed", "127.0.0.1:22")),
        ("http://169.254.169.254/", ("host-not-listed", "169.254.169.254:80")),
        ("//[::1]:80/", ("host-not-listed", "::1:80")),
        ("file:///etc/passwd", ("bad-url", "file:///etc/passwd")),
        ("gopher://127.0.0.1/", ("bad-url", "gopher://127.0.0.1/")),
    ],
)
def test_a_redirect_is_checked_like_any_address(
    host: Host, location: str, expected: tuple[str, str]
) -> None:
    """A listed host cannot send the registry to another."""
    host.replies["/"] = Reply(status=302, headers={"Location": location})

    assert refusal(host) == expected


def test_a_redirect_to_a_listed_name_in_a_private_network_is_refused(
    host: Host,
) -> None:
    """The address that the name has now is what counts."""
    port = host.port

    def resolved(name: str, port: int) -> Sequence[str]:  # noqa: ARG001 - a port
        return ["127.0.0.1"]

    location = f"http://data.example:{port}/"
    host.replies["/"] = Reply(status=302, headers={"Location": location})
    hosts = Hosts(f"{host.name} data.example:{port}", resolved)

    with Fetcher(hosts, LIMITS) as fetcher, pytest.raises(FetchError) as refused:
        fetcher.get(host.at("/"), TURTLE, [TURTLE])

    assert refused.value.rule == "private-address"
    assert host.asked == ["/"]


class Checked(Hosts):
    """Hosts of which every name was found to be at 127.0.0.1 and good."""

    def __init__(self, listed: str) -> None:
        super().__init__(listed)
        self.asked: list[tuple[str, int]] = []

    def addresses(self, host: str, port: int) -> Sequence[str]:
        """Returns the one address, and notes that it was asked for."""
        self.asked.append((host, port))
        return ["127.0.0.1"]


def test_the_connection_goes_to_the_address_that_was_checked(host: Host) -> None:
    """Nothing resolves the name again, so it cannot lead elsewhere by then."""
    host.replies["/"] = Reply(b"here")
    place = f"data.example:{host.port}"
    hosts = Checked(place)

    with Fetcher(hosts, LIMITS) as fetcher:
        fetched = fetcher.get(f"http://{place}/", TURTLE, [TURTLE])

    assert fetched.body == b"here"
    assert hosts.asked == [("data.example", host.port)]


def test_a_body_that_drips_ends_with_the_deadline(host: Host) -> None:
    """Each byte comes in time, and all of them together do not."""

    def drip() -> Iterator[bytes]:
        while not host.released.wait(0.02):
            yield b"x"

    host.replies["/"] = Reply(drip)
    began = time.monotonic()

    assert refusal(host, limits=BRIEF) == ("deadline", host.at("/"))
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("piece", [b"", b"X-A: 1\r\n"])
def test_headers_without_an_end_are_left_at_the_deadline(piece: bytes) -> None:
    """Whether the server says nothing at all or never comes to the body."""
    done = threading.Event()

    def answer(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, suppress(ConnectionError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n" if piece else b"")
            while not done.wait(0.02):
                connection.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        place = f"127.0.0.1:{listening.getsockname()[1]}"
        thread = threading.Thread(target=answer, args=(listening,))
        thread.start()
        with Fetcher(Hosts(place), BRIEF) as fetcher, pytest.raises(FetchError) as no:
            fetcher.get(f"http://{place}/", TURTLE, [TURTLE])
        done.set()
        thread.join()

    assert no.value.rule == "deadline"


def test_all_documents_together_have_a_deadline(host: Host) -> None:
    """However quick each of them is."""
    now = 0.0

    def clock() -> float:
        return now

    host.replies["/"] = Reply(b"here")
    with Fetcher(Hosts(host.name), LIMITS, clock) as fetcher:
        fetcher.get(host.at("/"), TURTLE, [TURTLE])
        now = 10.0
        with pytest.raises(FetchError) as refused:
            fetcher.get(host.at("/"), TURTLE, [TURTLE])

    assert refused.value.rule == "deadline"
    assert host.asked == ["/"]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(b"<html>", "text/html"), ("not-rdf", "text/html")),
        (Reply(b"a,b", "text/csv; charset=utf-8"), ("not-rdf", "text/csv")),
        (Reply(status=404), ("status", "404")),
        (Reply(b"<html>", "text/html", 503), ("status", "503")),
        (Reply(status=204), ("status", "204")),
        (Reply(status=302), ("status", "302")),
        (Reply(b"", headers={"Content-Length": "9"}, length=False), None),
    ],
)
def test_what_is_no_document_is_refused(
    host: Host, reply: Reply, expected: tuple[str, str] | None
) -> None:
    """Error pages, other media types, other statuses, answers cut short."""
    host.replies["/"] = reply

    assert refusal(host) == (expected or ("broken-answer", host.at("/")))


def test_a_server_that_speaks_no_http_is_reported(host: Host) -> None:
    """As a broken answer, not as a failure of ours."""

    def nonsense() -> Iterator[bytes]:
        yield b"3\r\nabc\r\nnot a length\r\n"

    chunked = {"Transfer-Encoding": "chunked"}
    host.replies["/"] = Reply(nonsense, headers=chunked)

    assert refusal(host) == ("broken-answer", host.at("/"))


def closed_port() -> int:
    """Returns a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_is_not_there_is_unreachable(scheme: str) -> None:
    """Nobody listens there."""
    place = f"127.0.0.1:{closed_port()}"

    with Fetcher(Hosts(place), LIMITS) as fetcher, pytest.raises(FetchError) as refused:
        fetcher.get(f"{scheme}://{place}/", TURTLE, [TURTLE])

    assert refused.value.rule == "unreachable"


def test_a_server_without_a_certificate_is_unreachable(host: Host) -> None:
    """What should be https is never read as http."""
    with Fetcher(Hosts(host.name), LIMITS) as fetcher, pytest.raises(FetchError) as no:
        fetcher.get(f"https://{host.name}/", TURTLE, [TURTLE])

    assert no.value.rule == "unreachable"
    assert host.asked == []


def test_the_proxy_of_the_environment_is_not_used(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would resolve hosts by itself, unchecked."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    host.replies["/"] = Reply(b"here")

    assert get(host, "/").body == b"here"
