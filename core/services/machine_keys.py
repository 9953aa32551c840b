"""Who is behind the key that an outside system sent. Keys are issued in `organisation`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db.models import CharField, QuerySet
from django.db.models.functions import Now, TruncDate

from core.compiled import Compiled, Slot
from core.machine_secrets import MachineSecret
from core.models import MachineKey
from core.services import limits

SCOPE: Final = "machine_key"
FAILURES_PER_HOUR: Final = 60


def authenticate(sent: MachineSecret) -> MachineKey | None:
    """The live key, by the database's clock; None for an unknown, ended or revoked one and for a
    wrong secret. Writes the day of use, at most once a day."""
    key: MachineKey | None = _live_key.first(key_id=sent.key_id)
    current = sent.matches(key.secret_sha256 if key else None)
    former = sent.matches(key.previous_sha256 if key else None)
    if key is None or not (current or (former and _former_is_live(key))):
        return None
    if key.last_used_on != _asked(key)[1]:
        MachineKey.objects.filter(pk=key.pk).update(last_used_on=_asked(key)[1])
    return key


def count_failure(address: str, *, at: datetime) -> None:
    """One more refusal from this address; raises LimitReached beyond what an hour allows.

    Only refusals are counted and only by address: whoever knows a key's id cannot lock its owner
    out, and a good key costs no statement more (docs/adr/0066).
    """
    limits.hit(SCOPE, address, at=at, window_minutes=60, most=FAILURES_PER_HOUR)


def _former_is_live(key: MachineKey) -> bool:
    ends = key.previous_expires_at
    return ends is not None and ends > _asked(key)[0]


def _asked(key: MachineKey) -> tuple[datetime, date]:
    """The database's moment and our day, as they were read with the key."""
    return key.now, key.today  # type: ignore[attr-defined]  # annotated below


def _live() -> QuerySet[MachineKey]:
    live = MachineKey.objects.filter(revoked_at__isnull=True, expires_at__gt=Now())
    return live.filter(key_id=Slot("key_id", CharField())).annotate(
        now=Now(), today=TruncDate(Now())
    )


_live_key = Compiled(_live)
