"""Counting what people do who do not say who they are, without keeping an address (ADR 0069)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.http import HttpRequest

from core.address import client_address
from core.services import limits
from core.services.limits import bucket_hash

#: a million addresses of the world share each drawer, so that none can be told from it
DRAWERS: Final = 4096
DIGEST_BYTES: Final = 4
WINDOW_MINUTES: Final = 60
#: tries within the window, from one drawer
MOST: Final = {"integrity_report": 10, "follow_up_code": 60, "open_report": 20}


def count_try(what: str, request: HttpRequest, *, at: datetime) -> None:
    """Raises LimitReached. Call it outside a transaction."""
    bucket = str(drawer(client_address(request)))
    limits.hit(what, bucket, at=at, window_minutes=WINDOW_MINUTES, most=MOST[what])


def drawer(address: str) -> int:
    """Where tries from an address are counted."""
    digest = bucket_hash("drawer", address)[:DIGEST_BYTES]
    return int.from_bytes(digest) % DRAWERS
