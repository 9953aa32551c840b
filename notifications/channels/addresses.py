"""Where an address that somebody typed may lead: out of the house, and nowhere inside it.

The name is resolved once, every address it has is checked, and the connection is made to the one
that was checked: a second answer of the name server cannot lead elsewhere (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from notifications.channels.outgoing import Fault, NotDelivered

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

#: carry an IPv4 address that is reached in the end: IPv4-compatible, NAT64, 6to4, Teredo
_WRAPPED: Final = tuple(
    ipaddress.ip_network(text)
    for text in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


class AddressRefused(NotDelivered):
    def __init__(self, code: str = "address_refused") -> None:
        super().__init__(code, Fault.CHANNEL)


@dataclass(frozen=True, slots=True)
class Pinned:
    """`url` names the checked address, `host` goes into the Host header and is verified by TLS."""

    url: str
    host: str
    server_name: str


def pin(url: str) -> Pinned:
    """Raises AddressRefused for what is not HTTPS to a public address; the networks of
    WEBHOOK_NETWORKS are the company's own and may be reached by HTTP as well."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        name = _in_ascii(parts.hostname or "")
    except ValueError:
        raise AddressRefused("bad_address") from None
    if parts.scheme not in ("https", "http") or not name or parts.username:
        raise AddressRefused("bad_address")
    address = _allowed(_resolve(name, port), secure=parts.scheme == "https")
    pinned = urlunsplit(
        (parts.scheme, f"{_in_brackets(str(address))}:{port}", parts.path or "/", parts.query, "")
    )
    host = _in_brackets(name) + (f":{parts.port}" if parts.port else "")
    return Pinned(pinned, host, name)


def _in_ascii(name: str) -> str:
    """A name in Chinese as headers and certificates write it. Raises ValueError for what is no
    name."""
    return name if name.isascii() else name.encode("idna").decode()


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _allowed(addresses: Sequence[Ip], *, secure: bool) -> Ip:
    """One that is not public spoils them all."""
    for address in addresses:
        own = any(address in network for network in settings.WEBHOOK_NETWORKS)
        if not own and not (secure and is_public(address)):
            raise AddressRefused
    return addresses[0]


def is_public(address: Ip) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _WRAPPED):
            return False
    return address.is_global and not address.is_multicast


def _resolve(host: str, port: int) -> list[Ip]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotDelivered("name_unknown", Fault.CHANNEL) from error
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not addresses:
        raise NotDelivered("name_unknown", Fault.CHANNEL)
    return addresses
