from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Where a request comes from, for limits and lockouts.

    Every proxy of ours appends the address it saw to X-Forwarded-For; what stands further left was
    written by the client and may be anything. Without proxies the header is not read at all.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    trusted = settings.TRUSTED_PROXY_COUNT
    if not trusted:
        return direct
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    return seen[-trusted] if len(seen) >= trusted and seen[-trusted] else direct
