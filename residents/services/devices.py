"""A resident's sign-in on one device: an opaque token of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import BinaryField, Q, QuerySet
from django.db.models.functions import Now, TruncDate

from core.compiled import Compiled, Slot
from residents.models import DeviceToken

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Issued:
    """A token in clear, shown this once."""

    token: str
    expires_at: datetime


def issue(subject_id: UUID, *, at: datetime) -> Issued:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = at + timedelta(days=settings.DEVICE_TOKEN_DAYS)
    DeviceToken.objects.create(
        subject_id=subject_id, token_sha256=_hash(token), created_at=at, expires_at=expires_at
    )
    return Issued(token, expires_at)


def authenticate(token: str) -> DeviceToken | None:
    """The live device of this token, by the database's clock: a sign-in is of the present.

    Writes the day of use, at most once a day.
    """
    found = _live_device.first(token_sha256=_hash(token))
    if found is not None and found.last_used_on != found.today:
        DeviceToken.objects.filter(pk=found.pk).update(last_used_on=found.today)
    device: DeviceToken | None = found
    return device


def revoke(token: str, *, at: datetime) -> bool:
    """End one sign-in; False when there was none."""
    live = DeviceToken.objects.filter(token_sha256=_hash(token), revoked_at__isnull=True)
    return bool(live.update(revoked_at=at))


def revoke_all(subject_ids: Iterable[UUID], *, at: datetime, keep_id: int | None = None) -> int:
    """End every sign-in of these people, but on the device `keep_id`; returns how many."""
    live = DeviceToken.objects.filter(subject_id__in=list(subject_ids), revoked_at__isnull=True)
    others = live if keep_id is None else live.exclude(pk=keep_id)
    return others.update(revoked_at=at)


def live_count(subject_ids: Iterable[UUID]) -> int:
    """On how many devices these people are signed in now."""
    return DeviceToken.objects.filter(
        subject_id__in=list(subject_ids), revoked_at__isnull=True, expires_at__gt=Now()
    ).count()


def delete_ended(*, before: datetime) -> int:
    """Forget devices whose sign-in ended before that moment."""
    ended = Q(expires_at__lt=before) | Q(revoked_at__lt=before)
    return DeviceToken.objects.filter(ended).delete()[0]


def _live() -> QuerySet[DeviceToken]:
    live = DeviceToken.objects.filter(revoked_at__isnull=True, expires_at__gt=Now())
    asked = Slot("token_sha256", BinaryField())
    return live.filter(token_sha256=asked).annotate(today=TruncDate(Now()))


_live_device = Compiled(_live)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
