"""Which addresses may be fetched: only listed hosts, and only in public networks.

The list has entries separated by blanks:

    data.egov.bg           the host, at the usual ports of http and https
    data.egov.bg:8443      the host, at this port
    127.0.0.1:7878         an address with its port: the only way to a machine
                           that is not in a public network
    *                      any host in a public network, at the usual ports

A host is resolved when it is fetched, every address that it has is checked, and
the connection goes to a checked address, so no answer of the name system can
lead elsewhere between the check and the use.
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from registry.sources.advice import FetchError

PORTS = {"http": 80, "https": 443}

ANY = "*"
"""The entry that lists every host in a public network."""

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as networks without IPv4 see them. Source: RFC 6052, 2.1."""

Resolve = Callable[[str, int], Sequence[str]]
"""Returns the numeric addresses of a host; raises `OSError` if it has none."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Asks the system for the addresses of a host, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class Target:
    """Where an address leads: host in lower case, and port."""

    scheme: str
    host: str
    port: int


def target(address: str) -> Target:
    """Returns where an http(s) address leads.

    Raises:
        FetchError: it is none, or it carries a user name.
    """
    try:
        parts = urlsplit(address)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise FetchError("bad-url", address) from error
    if parts.scheme not in PORTS or not host or parts.username is not None:
        raise FetchError("bad-url", address)
    return Target(parts.scheme, host, PORTS[parts.scheme] if port is None else port)


def _host(name: str) -> str:
    ascii_name = name if name.isascii() else name.encode("idna").decode("ascii")
    return ascii_name.lower().rstrip(".")


class Hosts:
    """The hosts that may be fetched.

    Args:
        listed: the entries, see above.
        resolve: how a host is resolved.
    """

    def __init__(self, listed: str, resolve: Resolve = resolve) -> None:
        parts = [urlsplit(f"//{entry}") for entry in listed.split()]
        self._listed = {(_host(part.hostname or ""), part.port) for part in parts}
        self._resolve = resolve

    def admit(self, address: str) -> Target:
        """Returns where an address leads if it is listed.

        Raises:
            FetchError: it is not, or it is no http(s) address.
        """
        found = target(address)
        usual = PORTS[found.scheme] == found.port
        if (found.host, found.port) in self._listed:
            return found
        if usual and not {(found.host, None), (ANY, None)}.isdisjoint(self._listed):
            return found
        raise FetchError("host-not-listed", f"{found.host}:{found.port}")

    def addresses(self, host: str, port: int) -> Sequence[str]:
        """Returns the numeric addresses to connect to, every one of them checked.

        Raises:
            FetchError: the host has none, or one that is not public.
        """
        if _is_numeric(host) and (host, port) in self._listed:
            return [host]
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise FetchError("unreachable", host) from error
        for address in found:
            if not is_public(address):
                raise FetchError("private-address", f"{host} ({address})")
        return found


def _is_numeric(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Says whether a numeric address belongs to a public network.

    Loopback, private, link-local, shared, reserved and multicast ones do not,
    nor do IPv6 addresses that carry such an IPv4 address, nor relays to it.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _carried(found)
    if inner is not None:
        return is_public(str(inner))
    old = isinstance(found, IPv6Address) and found.is_site_local
    return found.is_global and not (found.is_multicast or found.is_reserved or old)


def _carried(found: IPv4Address | IPv6Address) -> IPv4Address | None:
    """Returns the IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(found, IPv4Address):
        return None
    if found in _TRANSLATED:
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour
