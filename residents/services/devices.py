"""A resident's sign-in on one device: an opaque token of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import BinaryField, Q, QuerySet
from django.db.models.functions import Now, TruncDate

from core.clock import DatabaseNow
from core.compiled import Compiled, Slot
from residents.models import DeviceToken

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Issued:
    """A token in clear, shown this once."""

    token: str
    expires_at: datetime


class SignedIn(NamedTuple):
    """A resident by their device, and when they asked."""

    device_id: int
    subject_id: UUID
    last_used_on: date | None
    today: date
    asked_at: datetime


def issue(subject_id: UUID, *, at: datetime) -> Issued:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = at + timedelta(days=settings.DEVICE_TOKEN_DAYS)
    DeviceToken.objects.create(
        subject_id=subject_id, token_sha256=_hash(token), created_at=at, expires_at=expires_at
    )
    return Issued(token, expires_at)


def authenticate(token: str) -> SignedIn | None:
    """Who holds the live device of this token, by the database's clock: a sign-in is of the
    present.

    Writes the day of use, at most once a day.
    """
    row = _live_device.first(token_sha256=_hash(token))
    if row is None:
        return None
    found = SignedIn(*row)
    if found.last_used_on != found.today:
        DeviceToken.objects.filter(pk=found.device_id).update(last_used_on=found.today)
    return found


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


def _live() -> QuerySet[DeviceToken, Any]:
    live = DeviceToken.objects.filter(revoked_at__isnull=True, expires_at__gt=Now())
    asked = live.filter(token_sha256=Slot("token_sha256", BinaryField()))
    return asked.values_list("pk", "subject_id", "last_used_on", TruncDate(Now()), DatabaseNow())


_live_device = Compiled(_live)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
