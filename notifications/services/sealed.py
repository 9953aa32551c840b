"""Addresses and secrets of endpoints, under the key-encryption key and bound to their row."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from notifications.channels.outgoing import Target
from notifications.models import Endpoint
from privacy.vault.key_provider import key_provider

ADDRESS: Final = "address"
SECRET: Final = "secret"  # noqa: S105  # the name of a column


def seal(public_id: UUID, part: str, text: str) -> bytes:
    return key_provider().wrap(text.encode(), _bound(public_id, part))


def target_of(endpoint: Endpoint, at: datetime) -> Target:
    """Its address and the secrets that are live at `at`, the newest first."""
    secrets = [endpoint.secret_sealed]
    if endpoint.former_until is not None and at < endpoint.former_until:
        secrets.append(endpoint.former_secret_sealed)
    return Target(
        _open(endpoint, ADDRESS, endpoint.address_sealed),
        tuple(_open(endpoint, SECRET, each) for each in secrets if each is not None),
    )


def reseal(endpoint: Endpoint) -> bool:
    """Under the current key-encryption key; False where it is already."""
    provider = key_provider()
    if endpoint.key_id == provider.current_id:
        return False
    endpoint.address_sealed = seal(
        endpoint.public_id, ADDRESS, _open(endpoint, ADDRESS, endpoint.address_sealed)
    )
    for name in ("secret_sealed", "former_secret_sealed"):
        value = getattr(endpoint, name)
        if value is not None:
            setattr(
                endpoint, name, seal(endpoint.public_id, SECRET, _open(endpoint, SECRET, value))
            )
    endpoint.key_id = provider.current_id
    endpoint.save()
    return True


def _open(endpoint: Endpoint, part: str, value: bytes | memoryview) -> str:
    opened = key_provider().unwrap(endpoint.key_id, bytes(value), _bound(endpoint.public_id, part))
    return opened.decode()


def _bound(public_id: UUID, part: str) -> bytes:
    return public_id.bytes + f"notifications.endpoint.{part}".encode()
