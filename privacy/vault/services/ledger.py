"""The audit ledger: written without a lock, chained a minute later, its head published outside.

How a late commit is caught and what a broken chain looks like: docs/adr/0013.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef

from core.actors import Actor
from privacy.vault import outside
from privacy.vault.actor_columns import actor_columns
from privacy.vault.enums import LedgerKind
from privacy.vault.models import LedgerEntry, LedgerSeal, LedgerSealMember
from privacy.vault.names import SEALER_LOCK

# No transaction stays open for a day, so an entry that is still unsealed a day later is a fault.
LATEST_COMMIT: Final = timedelta(days=1)
BATCH: Final = 5_000
FIRST_HASH: Final = bytes(32)


def append(
    kind: LedgerKind,
    *,
    actor: Actor,
    at: datetime,
    request_ref: str = "",
    object_kind: str = "",
    object_count: int = 0,
    reason_code: str = "",
) -> LedgerEntry:
    """Write one entry in the caller's transaction. IntegrityError for anything but codes."""
    return LedgerEntry.objects.create(
        kind=kind,
        at=at,
        request_ref=request_ref,
        object_kind=object_kind,
        object_count=object_count,
        reason_code=reason_code,
        **actor_columns(actor),
    )


def seal(*, at: datetime) -> int:
    """Chain every committed entry that is not chained yet; returns how many.

    Does nothing while another sealer works.
    """
    sealed = 0
    while batch := _seal_batch(at):
        sealed += batch
    return sealed


def publish_head() -> LedgerSeal | None:
    """Write the last link of the chain to LEDGER_DIR, once."""
    last = LedgerSeal.objects.order_by("number").last()
    if last is None:
        return None
    path = outside.heads_path()
    if outside.head(path).fields.get("number") != last.number:
        head: dict[str, str | int] = {
            "number": last.number,
            "head": bytes(last.hash).hex(),
            "sealed_at": last.sealed_at.isoformat(),
        }
        outside.append(path, [head])
    return last


def digest_of(entry: LedgerEntry) -> bytes:
    """Over every column, so that any change of the row shows."""
    columns = [
        "v1",
        entry.pk,
        _moment(entry.at),
        _moment(entry.recorded_at),
        entry.kind,
        entry.actor_kind,
        entry.actor_id,
        entry.request_ref,
        entry.object_kind,
        entry.object_count,
        entry.reason_code,
    ]
    return hashlib.sha256(json.dumps(columns).encode()).digest()


def hash_of(seal: LedgerSeal, members: Iterable[tuple[int, bytes]]) -> bytes:
    """Over the link before and the digests in order of entry: `members` as (entry id, digest)."""
    link = hashlib.sha256(bytes(seal.prev_hash))
    link.update(json.dumps([seal.number, _moment(seal.sealed_at)]).encode())
    for entry_id, digest in members:
        link.update(entry_id.to_bytes(8, "big") + digest)
    return link.digest()


@transaction.atomic
def _seal_batch(at: datetime) -> int:
    if not _sole_sealer():
        return 0
    entries = _unsealed(at)
    if not entries:
        return 0
    members = [(entry.pk, digest_of(entry)) for entry in entries]
    seal = _next_seal(entries, at)
    seal.hash = hash_of(seal, members)
    seal.save(force_insert=True)
    LedgerSealMember.objects.bulk_create(
        LedgerSealMember(entry_id=entry_id, seal=seal, digest=digest)
        for entry_id, digest in members
    )
    return len(entries)


def _next_seal(entries: list[LedgerEntry], at: datetime) -> LedgerSeal:
    last = LedgerSeal.objects.order_by("number").last()
    return LedgerSeal(
        number=last.number + 1 if last else 1,
        prev_hash=bytes(last.hash) if last else FIRST_HASH,
        first_id=entries[0].pk,
        last_id=entries[-1].pk,
        entries=len(entries),
        sealed_at=at,
    )


def _unsealed(at: datetime) -> list[LedgerEntry]:
    """Committed entries without a seal, lowest first. An id handed out before the day began is
    long committed and sealed, so the search starts there."""
    settled = LedgerSeal.objects.filter(sealed_at__lte=at - LATEST_COMMIT)
    start = settled.aggregate(last=Max("last_id"))["last"] or 0
    sealed = LedgerSealMember.objects.filter(entry_id=OuterRef("pk"))
    return list(LedgerEntry.objects.filter(~Exists(sealed), pk__gt=start).order_by("pk")[:BATCH])


def _sole_sealer() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        return bool(cursor.fetchone()[0])


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
