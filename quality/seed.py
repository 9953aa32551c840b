"""The seed of a round: drawn when the round is planned, kept sealed until the draw."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.conf import settings

from privacy.vault import crypto

_PLACE = b"quality.round.seed"


def new_seed() -> str:
    """128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def seal(seed: str) -> bytes:
    return crypto.encrypt(_key(), seed.encode(), _PLACE)


def unseal(sealed: bytes) -> str:
    return crypto.decrypt(_key(), sealed, _PLACE).decode()


def _key() -> bytes:
    return hmac.new(settings.BLIND_INDEX_KEY, _PLACE, hashlib.sha256).digest()
