"""Which machines files may be fetched from: those of the public internet, and private ones that a setting names."""

import socket
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from graph.settings import Network

Address = IPv4Address | IPv6Address

# RFC 6052: IPv4 in the last 32 bits of IPv6, behind a translator.
NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
PORTS = {"http": 80, "https": 443}


class FetchError(OSError):
    """A file can't be fetched; the message says why, and what to do."""


def addresses(url: httpx.URL, allowed: Sequence[Network]) -> list[Address]:
    """The addresses of a URL's host, each of which is checked, so that it's them who must be connected to.

    Raises FetchError where one of them is not of the public internet, and not allowed either: a host that leads
    to both is up to no good (DNS rebinding).
    """
    host = url.raw_host.decode("ascii")
    try:
        found = socket.getaddrinfo(host, url.port or PORTS[url.scheme], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError(f"there is no host {host}") from None
    resolved = list(dict.fromkeys(ip_address(str(place[4][0]).partition("%")[0]) for place in found))
    for address in resolved:
        if not (is_public(address) or any(address in network for network in allowed)):
            raise FetchError(
                f"{host} is at {address}, which is no address of the public internet: "
                "if you trust it, name it in PARTNERGRAPH_FETCH_ALLOW"
            )
    return resolved


def is_public(address: Address) -> bool:
    """Whether an address, and any that is hidden in it, is of the public internet."""
    return all(each.is_global and not each.is_multicast for each in (address, *hidden(address)))


def hidden(address: Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses to which an IPv6 address leads by a tunnel or a translator."""
    if isinstance(address, IPv4Address):
        return
    yield from filter(None, (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())))
    if any(address in network for network in NAT64):
        yield IPv4Address(int(address) & 0xFFFF_FFFF)
