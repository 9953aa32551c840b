"""Signatures of Standard Webhooks 1.0 (https://www.standardwebhooks.com). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
#: how far the time of a request may be from the receiver's
TOLERANCE: Final = timedelta(minutes=5)


class SignatureInvalid(Exception):
    """Forged, altered, or sent again by somebody later."""


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(
    message_id: str, at: datetime, content: bytes, live_secrets: Iterable[str]
) -> dict[str, str]:
    """One signature for each live secret, so that a receiver can change at its leisure."""
    stamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(
            sign(secret, message_id, stamp, content) for secret in live_secrets
        ),
    }


def sign(secret: str, message_id: str, stamp: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{stamp}.".encode() + content
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def verify(secret: str, received: Mapping[str, str], content: bytes, now: datetime) -> None:
    """What a receiver does. Raises SignatureInvalid."""
    try:
        message_id, stamp = received["webhook-id"], received["webhook-timestamp"]
        sent_at = int(stamp)
        offered = received["webhook-signature"].split(" ")
    except (KeyError, ValueError):
        raise SignatureInvalid from None
    if abs(now.timestamp() - sent_at) > TOLERANCE.total_seconds():
        raise SignatureInvalid
    wanted = sign(secret, message_id, stamp, content)
    if not any(hmac.compare_digest(wanted, each) for each in offered):
        raise SignatureInvalid
