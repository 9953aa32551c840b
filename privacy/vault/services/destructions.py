"""Destroying keys, and knowing after a restore which were destroyed (docs/adr/0012).

The outside record is written first and reaches the disk, then the key ends, then both databases
note how far the record is applied to them. Whoever restores a database brings back an older note.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.db import connections, transaction

from core.actors import SYSTEM, Actor
from privacy.vault import outside
from privacy.vault.enums import LedgerKind
from privacy.vault.errors import DestructionsNotReplayed, RecordOutsideBroken
from privacy.vault.keyed_hash import subject_ref
from privacy.vault.models import DataSubject, DestructionMark, SubjectKey
from privacy.vault.names import DESTRUCTION_LOCK, KEYS_ALIAS, MAIN_ALIAS
from privacy.vault.services import ledger

BOTH = (MAIN_ALIAS, KEYS_ALIAS)


@dataclass(frozen=True, slots=True)
class Replayed:
    """Keys ended by the replay, and people whom a restore brought back into the main database."""

    keys: int
    restored_subjects: tuple[UUID, ...]


def destroy_keys(
    subject_ids: Collection[UUID], *, request_ref: str, actor: Actor, at: datetime
) -> int:
    """End the keys of these subjects for good; returns how many were still alive.

    Called after everything else of theirs is gone. Not inside a transaction: what is destroyed
    does not come back with a rollback. Running it again is harmless.
    """
    refs = [subject_ref(subject_id) for subject_id in subject_ids]
    live = SubjectKey.objects.filter(pk__in=refs, destroyed_at__isnull=True).order_by("pk")
    count = live.count()
    if not count:
        return 0
    with transaction.atomic(durable=True):
        ledger.append(
            LedgerKind.KEY_DESTROYED,
            actor=actor,
            at=at,
            request_ref=request_ref,
            object_count=count,
        )
    with _alone():
        _require_level()
        doomed = list(live.select_for_update().values_list("pk", flat=True))
        if doomed:
            head = outside.append(
                outside.destructions_path(),
                [{"ref": ref.hex, "request": request_ref, "at": at.isoformat()} for ref in doomed],
            )
            tombstone(doomed, at)
            for alias in BOTH:
                _set_mark(alias, head.seq)
    return len(doomed)


def tombstone(refs: Collection[UUID], at: datetime) -> int:
    return SubjectKey.objects.filter(pk__in=refs, destroyed_at__isnull=True).update(
        wrapped=None, subject_id=None, destroyed_at=at
    )


def lag() -> dict[str, int]:
    """How many destructions each database has yet to hear of; below 0 the record is too short."""
    head = head_seq()
    return {alias: head - _mark(alias) for alias in BOTH}


def require_replayed(applied_seq: int) -> None:
    """Raises DestructionsNotReplayed if the keys database, at `applied_seq`, is behind.

    A destruction under way is waited for: its line is written, its commit is a moment off.
    """
    if applied_seq >= head_seq():
        return
    with transaction.atomic(using=KEYS_ALIAS):
        _lock("pg_advisory_xact_lock_shared")
        if _mark(KEYS_ALIAS) < head_seq():
            raise DestructionsNotReplayed


def replay(*, at: datetime) -> Replayed:
    """Apply the outside record to both databases after a restore. Harmless otherwise.

    The main database counts as replayed only once nobody of the record is left in it: the people
    named in the answer must be erased again, then `mark_main_replayed`.
    """
    if not any(lag().values()):
        return Replayed(0, ())
    with _alone():
        ended = _replay_keys(at)
    restored = restored_subjects()
    if not restored:
        mark_main_replayed()
    if ended or restored:
        ledger.append(LedgerKind.DESTRUCTIONS_REPLAYED, actor=SYSTEM, at=at, object_count=ended)
    return Replayed(ended, restored)


def restored_subjects() -> tuple[UUID, ...]:
    """People of the main database whose keys, by the record, were destroyed since its backup."""
    pending = {_ref(line) for line in _pending(MAIN_ALIAS)}
    if not pending:
        return ()
    every_id = DataSubject.objects.values_list("pk", flat=True).iterator(chunk_size=10_000)
    return tuple(each for each in every_id if subject_ref(each) in pending)


def mark_main_replayed() -> None:
    _set_mark(MAIN_ALIAS, head_seq())


def head_seq() -> int:
    """The number of the last destruction on record; the file is read again only when it changed."""
    path = outside.destructions_path()
    try:
        state = path.stat()
    except FileNotFoundError:
        return 0
    return _head_seq(path, state.st_ino, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=4)
def _head_seq(path: Path, inode: int, size: int, changed_ns: int) -> int:
    return outside.head(path).seq


def _replay_keys(at: datetime) -> int:
    refs = [_ref(line) for line in _pending(KEYS_ALIAS)]
    ended = tombstone(refs, at)
    # Unknown here, because the backup is older than the key: no late writer may create it anew.
    SubjectKey.objects.bulk_create(
        [SubjectKey(ref=ref, kek_id="", created_at=at, destroyed_at=at) for ref in refs],
        ignore_conflicts=True,
    )
    _set_mark(KEYS_ALIAS, head_seq())
    return ended


def _pending(alias: str) -> Iterator[outside.Line]:
    return outside.lines(outside.destructions_path(), after=_mark(alias))


def _ref(line: outside.Line) -> UUID:
    return UUID(hex=line.fields["ref"])


def _require_level() -> None:
    behind = lag()
    if any(count < 0 for count in behind.values()):
        raise RecordOutsideBroken
    if any(behind.values()):
        raise DestructionsNotReplayed


def _mark(alias: str) -> int:
    mark = DestructionMark.objects.using(alias).values_list("applied_seq", flat=True).first()
    return mark or 0


def _set_mark(alias: str, seq: int) -> None:
    DestructionMark.objects.using(alias).update_or_create(pk=1, defaults={"applied_seq": seq})


@contextmanager
def _alone() -> Iterator[None]:
    """One transaction of the keys database at a time; it outlives no caller's rollback."""
    with transaction.atomic(using=KEYS_ALIAS, durable=True):
        _lock("pg_advisory_xact_lock")
        yield


def _lock(function: str) -> None:
    with connections[KEYS_ALIAS].cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [DESTRUCTION_LOCK])
