from __future__ import annotations

import ipaddress
from typing import Final

from django.conf import settings
from django.http import HttpRequest

#: of IPv6 one household has a network of its own, and 2**64 addresses to choose from
HOUSEHOLD_BITS: Final = 64


def client_address(request: HttpRequest) -> str:
    """Where a request comes from, for limits and lockouts; of IPv6 the network.

    Every proxy of ours appends the address it saw to X-Forwarded-For; what stands further left was
    written by the client and may be anything. Without proxies the header is not read at all.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    trusted = settings.TRUSTED_PROXY_COUNT
    if not trusted:
        return _household(direct)
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    return _household(seen[-trusted] if len(seen) >= trusted and seen[-trusted] else direct)


def _household(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return address
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    network = ipaddress.IPv6Network((int(known), HOUSEHOLD_BITS), strict=False)
    return str(network.network_address)
