import socket
from collections.abc import Sequence

import pytest

from registry.sources.addresses import Hosts, Target, is_public, resolve, target
from registry.sources.advice import FetchError

LISTED = "data.egov.bg opendata.example:8443 127.0.0.1:7878 [::1]:7878 93.184.216.34"


def resolving(*addresses: str) -> Hosts:
    """Returns hosts of which every name has these addresses."""

    def resolved(host: str, port: int) -> Sequence[str]:  # noqa: ARG001 - a port
        return addresses

    return Hosts(LISTED, resolved)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://data.egov.bg/catalog", Target("https", "data.egov.bg", 443)),
        ("http://DATA.egov.bg./c?d#e", Target("http", "data.egov.bg", 80)),
        ("http://[::1]:7878/", Target("http", "::1", 7878)),
        ("http://данни.example/", Target("http", "xn--80ahnta.example", 80)),
    ],
)
def test_an_address_leads_to_a_host_and_a_port(address: str, expected: Target) -> None:
    """Case, a final dot and other scripts make no difference."""
    assert target(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        "ftp://data.egov.bg/",
        "file:///etc/passwd",
        "data.egov.bg",
        "http:///catalog",
        "http://user:secret@data.egov.bg/",
        "http://data.egov.bg:99999/",
        "http://[::1/",
        "http://.../",
        "",
    ],
)
def test_what_is_no_web_address_is_refused(address: str) -> None:
    """Other schemes, missing hosts, passwords and impossible ports."""
    with pytest.raises(FetchError) as refusal:
        target(address)

    assert (refusal.value.rule, refusal.value.value) == ("bad-url", address)


@pytest.mark.parametrize(
    "address",
    [
        "https://data.egov.bg/catalog",
        "http://data.egov.bg/catalog",
        "https://opendata.example:8443/",
        "http://127.0.0.1:7878/query",
        "http://[::1]:7878/query",
    ],
)
def test_a_listed_host_is_admitted(address: str) -> None:
    """Without a port in the list, at the usual port of the scheme."""
    assert resolving().admit(address) == target(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://egov.bg/",
        "https://data.egov.bg.evil.example/",
        "https://data.egov.bg:8080/",
        "https://data.egov.bg:80/",
        "https://opendata.example/",
        "http://127.0.0.1/",
        "http://127.0.0.1:7879/",
        "http://2130706433:7878/",
        "http://0x7f000001:7878/",
        "http://127.1:7878/",
        "http://localhost:7878/",
    ],
)
def test_any_other_host_is_not(address: str) -> None:
    """Nor another port, nor another way to write a listed address."""
    with pytest.raises(FetchError) as refusal:
        resolving().admit(address)

    found = target(address)
    assert refusal.value.rule == "host-not-listed"
    assert refusal.value.value == f"{found.host}:{found.port}"


def test_nothing_is_admitted_by_an_empty_list() -> None:
    """As it is until an operator lists a host."""
    with pytest.raises(FetchError):
        Hosts("").admit("https://data.egov.bg/")


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2a00:1450:4001:81b::200e", "64:ff9b::5db8:d822"]
)
def test_public_addresses(address: str) -> None:
    """IPv4, IPv6, and IPv4 as a network of IPv6 alone sees it."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104 - an address to be refused
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "2001:0:53aa:64c:0:fbff:80ff:fffe",
        "2001:db8::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "localhost",
        "2130706433",
        "",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    """Loopback, private, link-local, reserved, multicast, in any disguise."""
    assert not is_public(address)


def test_a_host_is_reached_at_its_public_addresses() -> None:
    """In the order in which the system prefers them."""
    found = resolving("2a00:1450:4001:81b::200e", "93.184.216.34")

    assert found.addresses("data.egov.bg", 443) == (
        "2a00:1450:4001:81b::200e",
        "93.184.216.34",
    )


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:10.0.0.1", "fe80::1%2"])
def test_a_host_with_one_private_address_is_refused(address: str) -> None:
    """A name that is listed opens no way into a private network."""
    with pytest.raises(FetchError) as refusal:
        resolving("93.184.216.34", address).addresses("data.egov.bg", 443)

    assert refusal.value.rule == "private-address"
    assert refusal.value.value == f"data.egov.bg ({address})"


def test_a_private_address_is_reached_only_where_it_is_listed_itself() -> None:
    """Then, and at that port alone, it needs no name system."""
    hosts = Hosts(LISTED)

    assert hosts.addresses("127.0.0.1", 7878) == ["127.0.0.1"]
    assert hosts.addresses("::1", 7878) == ["::1"]
    with pytest.raises(FetchError, match="private-address"):
        hosts.addresses("127.0.0.1", 80)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1"])
def test_other_ways_to_write_loopback_are_seen_through(host: str) -> None:
    """What the system makes of a host is what is checked, listed or not."""
    with pytest.raises(FetchError) as refusal:
        Hosts(f"{host}:7878").addresses(host, 7878)

    assert refusal.value.rule == "private-address"


def test_a_name_that_the_system_knows_as_loopback_is_refused() -> None:
    """A name stays a name, even with its port."""
    assert set(resolve("localhost", 7878)) <= {"127.0.0.1", "::1"}
    with pytest.raises(FetchError, match="private-address"):
        Hosts("localhost:7878").addresses("localhost", 7878)


def test_a_host_without_an_address_is_unreachable() -> None:
    """As when the name system does not know it."""

    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(host, port)

    with pytest.raises(FetchError) as refusal:
        Hosts(LISTED, unknown).addresses("data.egov.bg", 443)

    assert refusal.value.rule == "unreachable"
