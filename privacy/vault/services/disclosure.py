"""A member of staff sees one clear value: counted, logged and committed before the answer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from core.actors import Actor, ActorKind
from core.errors import NotAllowed
from privacy.vault.enums import LedgerKind, RevealReason
from privacy.vault.errors import FieldNotDeclared, RevealLimitReached
from privacy.vault.models import DataSubject, RevealLog
from privacy.vault.names import REVEAL_LOCK
from privacy.vault.registry import registry
from privacy.vault.services import ledger, sealing

WINDOW: Final = timedelta(hours=1)
ALARM_SHARE: Final = 2  # the alarm sounds at half the limit


def reveal_field(
    *,
    actor: Actor,
    subject_id: UUID,
    field: str,
    sealed: bytes | memoryview,
    reason: RevealReason,
    at: datetime,
) -> str:
    """The clear text of one sealed column, for staff alone.

    Raises RevealLimitReached beyond REVEALS_PER_HOUR, FieldNotDeclared for a field outside the
    data map, RuntimeError inside a transaction: a rollback would unwrite what was seen.
    """
    _require_declared(field)
    staff_id = _staff(actor)
    with transaction.atomic(durable=True):
        retry_at = _log(staff_id, subject_id, field, RevealReason(reason), at)
        _watch(actor, staff_id, refused=retry_at is not None, at=at)
    if retry_at is not None:
        raise RevealLimitReached(retry_at=retry_at)
    return sealing.reveal(subject_id, field, sealed)


def seen_by(subject_ids: Collection[UUID]) -> QuerySet[RevealLog]:
    """Who saw what of these people, oldest first; for the copy they may ask for."""
    traces = DataSubject.objects.filter(pk__in=subject_ids).values("trace")
    return RevealLog.objects.filter(trace__in=traces).order_by("at", "pk")


def _log(
    staff_id: int, subject_id: UUID, field: str, reason: RevealReason, at: datetime
) -> datetime | None:
    """Write the row, or say when the next is allowed. One at a time per member of staff, so that
    parallel requests cannot share the last one left."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [REVEAL_LOCK, staff_id])
    recent = _recent(staff_id, at).order_by("at")
    if recent.count() >= settings.REVEALS_PER_HOUR:
        first = recent.values_list("at", flat=True).first()
        return (first or at) + WINDOW
    RevealLog.objects.create(
        at=at,
        actor_id=staff_id,
        trace=DataSubject.objects.values_list("trace", flat=True).get(pk=subject_id),
        field=field,
        reason_code=reason,
    )
    return None


def _watch(actor: Actor, staff_id: int, *, refused: bool, at: datetime) -> None:
    """Volume is news: at half the limit, and each time more is asked for than allowed."""
    count = _recent(staff_id, at).count()
    if refused:
        kind = LedgerKind.REVEAL_REFUSED
    elif count == max(settings.REVEALS_PER_HOUR // ALARM_SHARE, 1):
        kind = LedgerKind.REVEAL_ALARM
    else:
        return
    ledger.append(kind, actor=actor, at=at, object_kind="vault.reveallog", object_count=count)


def _recent(staff_id: int, at: datetime) -> QuerySet[RevealLog]:
    return RevealLog.objects.filter(actor_id=staff_id, at__gt=at - WINDOW)


def _staff(actor: Actor) -> int:
    if actor.kind != ActorKind.STAFF or actor.staff_id is None:
        raise NotAllowed
    return actor.staff_id


def _require_declared(field: str) -> None:
    model, _, name = field.rpartition(".")
    declaration = registry.find(model, name)
    if declaration is None or not declaration.personal:
        raise FieldNotDeclared
