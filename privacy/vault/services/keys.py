"""The life of a subject's key: committed first, opened, wrapped anew, swept when nobody came.

Destroying one is in `destructions`.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import connections, transaction
from django.db.models import F, QuerySet, Subquery, UUIDField
from django.db.models.functions import Now

from core.actors import SYSTEM, Actor
from core.compiled import AnyOf, Compiled, Slot
from privacy.vault import crypto
from privacy.vault.enums import LedgerKind
from privacy.vault.errors import (
    KeyMissing,
    KeyTooOldToAdopt,
    KeyWouldNotOutliveRollback,
    TooManyOrphanKeys,
)
from privacy.vault.key_provider import KeyProvider, key_provider
from privacy.vault.keyed_hash import subject_ref
from privacy.vault.models import DataSubject, DestructionMark, SubjectKey
from privacy.vault.names import KEYS_ALIAS, MAIN_ALIAS
from privacy.vault.services import destructions, ledger

# A subject may take its key within the hour; the sweep comes after a day.
ADOPTED_WITHIN_SECONDS: Final = 3600
ORPHAN_AFTER: Final = timedelta(days=1)
MOST_ORPHANS: Final = 500
BATCH: Final = 5_000

COPY_KEYS = "COPY vault_subjectkey (ref, subject_id, kek_id, wrapped) FROM STDIN"


@dataclass(frozen=True, slots=True)
class FreshKey:
    """A committed key whose subject is still to be written."""

    subject_id: UUID
    data_key: bytes = field(repr=False)
    made_at: float = field(default_factory=time.monotonic, repr=False)

    def require_young(self) -> None:
        if time.monotonic() - self.made_at > ADOPTED_WITHIN_SECONDS:
            raise KeyTooOldToAdopt


@dataclass(frozen=True, slots=True)
class OpenedKeys:
    """Data keys by subject. Who is in neither has no key at all."""

    live: dict[UUID, bytes] = field(repr=False)
    destroyed: frozenset[UUID]


def create_subject_key() -> FreshKey:
    """Commit a key for a person to come; call it before the main transaction opens.

    Raises KeyWouldNotOutliveRollback inside an open transaction: a rollback there would leave a
    subject without a key, or a key that only seems to be stored.
    """
    return create_subject_keys(1)[0]


def create_subject_keys(count: int) -> list[FreshKey]:
    """As `create_subject_key`, many in one transaction, by COPY."""
    require_no_open_transaction()
    fresh = [FreshKey(uuid4(), crypto.new_key()) for _ in range(count)]
    with (
        transaction.atomic(using=KEYS_ALIAS),
        connections[KEYS_ALIAS].cursor() as cursor,
        cursor.copy(COPY_KEYS) as copy,
    ):
        for row in _rows(fresh, key_provider()):
            copy.write_row(row)
    return fresh


def require_no_open_transaction() -> None:
    """Raises KeyWouldNotOutliveRollback; the wrapper of a test case does not count."""
    try:
        for alias in (MAIN_ALIAS, KEYS_ALIAS):
            with transaction.atomic(using=alias, durable=True):
                pass
    except RuntimeError:
        raise KeyWouldNotOutliveRollback from None


def open_keys(subject_ids: Collection[UUID]) -> OpenedKeys:
    """The data keys of these subjects, in one query.

    Raises DestructionsNotReplayed when the keys database is older than the outside record.
    """
    wanted = {subject_ref(subject_id): subject_id for subject_id in subject_ids}
    refs = list(wanted)
    rows = _stored_key(ref=refs[0]) if len(refs) == 1 else _stored_keys(refs=refs)
    if rows:
        destructions.require_replayed(rows[0][3] or 0)
    provider = key_provider()
    return OpenedKeys(
        live={
            wanted[ref]: provider.unwrap(kek_id, bytes(wrapped), wanted[ref].bytes)
            for ref, kek_id, wrapped, _ in rows
            if wrapped is not None
        },
        destroyed=frozenset(wanted[ref] for ref, _, wrapped, _ in rows if wrapped is None),
    )


def _stored(keys: QuerySet[SubjectKey]) -> QuerySet[SubjectKey, Any]:
    mark = DestructionMark.objects.using(KEYS_ALIAS).values("applied_seq")[:1]
    stored = keys.annotate(applied_seq=Subquery(mark))
    return stored.values_list("ref", "kek_id", "wrapped", "applied_seq")


_refs = Slot("refs", ArrayField(UUIDField()))
_stored_keys = Compiled(lambda: _stored(SubjectKey.objects.filter(AnyOf(F("ref"), _refs))))
# mostly it is one person, and PostgreSQL keeps no plan for a list whose length it does not know
_stored_key = Compiled(lambda: _stored(SubjectKey.objects.filter(ref=Slot("ref", UUIDField()))))


def live_keys(subject_ids: Collection[UUID]) -> int:
    """How many of these subjects still have a key that opens something."""
    refs = [subject_ref(subject_id) for subject_id in subject_ids]
    return SubjectKey.objects.filter(pk__in=refs, destroyed_at__isnull=True).count()


def sweep_orphan_keys(
    *, at: datetime, older_than: timedelta = ORPHAN_AFTER, most: int = MOST_ORPHANS
) -> int:
    """Destroy keys whose subject was never written; returns how many.

    Raises TooManyOrphanKeys, destroying none, when there are more than `most`: a main database
    restored from an older day, or the wrong one, would otherwise cost every newer person's data.
    """
    orphans = list(_orphans(older_than, most))
    if len(orphans) > most:
        raise TooManyOrphanKeys(len(orphans))
    if orphans:
        destructions.tombstone(orphans, at)
        ledger.append(LedgerKind.ORPHAN_KEYS_SWEPT, actor=SYSTEM, at=at, object_count=len(orphans))
    return len(orphans)


def rewrap_keys(*, actor: Actor, at: datetime) -> int:
    """Wrap every key under the current key-encryption key, so that an old one can be retired."""
    provider, done = key_provider(), 0
    stale = SubjectKey.objects.filter(destroyed_at__isnull=True).exclude(kek_id=provider.current_id)
    while batch := _rewrap_batch(stale.order_by("pk")[:BATCH], provider):
        done += batch
    if done:
        ledger.append(LedgerKind.KEYS_REWRAPPED, actor=actor, at=at, object_count=done)
    return done


def _rewrap_batch(stale: QuerySet[SubjectKey], provider: KeyProvider) -> int:
    with transaction.atomic(using=KEYS_ALIAS):
        keys = list(stale.select_for_update())
        for key in keys:
            if (
                key.subject_id is None or key.wrapped is None
            ):  # held by a CHECK; live keys have both
                raise KeyMissing
            bound_to = key.subject_id.bytes
            data_key = provider.unwrap(key.kek_id, bytes(key.wrapped), bound_to)
            key.wrapped, key.kek_id = provider.wrap(data_key, bound_to), provider.current_id
        SubjectKey.objects.bulk_update(keys, ["wrapped", "kek_id"], batch_size=500)
    return len(keys)


def _rows(
    fresh: Iterable[FreshKey], provider: KeyProvider
) -> Iterator[tuple[UUID, UUID, str, bytes]]:
    for key in fresh:
        wrapped = provider.wrap(key.data_key, key.subject_id.bytes)
        yield subject_ref(key.subject_id), key.subject_id, provider.current_id, wrapped


def _orphans(older_than: timedelta, most: int) -> Iterator[UUID]:
    """Refs of live keys without a subject; stops soon after finding more than `most`."""
    after, found = UUID(int=0), 0
    old = SubjectKey.objects.filter(
        destroyed_at__isnull=True, created_at__lt=Now() - older_than
    ).order_by("pk")
    while found <= most:
        batch = list(old.filter(pk__gt=after).values_list("ref", "subject_id")[:BATCH])
        if not batch:
            return
        present = set(
            DataSubject.objects.filter(pk__in=[subject for _, subject in batch]).values_list(
                "pk", flat=True
            )
        )
        orphans = [ref for ref, subject in batch if subject not in present]
        yield from orphans
        found, after = found + len(orphans), batch[-1][0]
