"""Keeps the seed of a round sealed between its plan and its draw (`quality.draw`)."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from privacy.vault import crypto

_PLACE = b"quality.round.seed"


def seal(seed: str) -> bytes:
    return crypto.encrypt(_key(), seed.encode(), _PLACE)


def unseal(sealed: bytes) -> str:
    return crypto.decrypt(_key(), sealed, _PLACE).decode()


def _key() -> bytes:
    return hmac.new(settings.BLIND_INDEX_KEY, _PLACE, hashlib.sha256).digest()
