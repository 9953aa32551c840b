"""The rows that stand for people: written with a key, linked when merged, deleted when erased."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.actors import Actor
from privacy.vault.enums import LedgerKind
from privacy.vault.models import DataSubject
from privacy.vault.services import ledger
from privacy.vault.services.keys import FreshKey


def create_subject(key: FreshKey, *, at: datetime) -> DataSubject:
    """Write the subject of a key made by `keys.create_subject_key`, in the caller's transaction.

    Raises KeyTooOldToAdopt when the key is more than an hour old.
    """
    key.require_young()
    return DataSubject.objects.create(pk=key.subject_id, created_at=at)


def create_subjects(fresh: Iterable[FreshKey], *, at: datetime) -> list[DataSubject]:
    fresh = list(fresh)
    for key in fresh:
        key.require_young()
    rows = [DataSubject(pk=key.subject_id, created_at=at) for key in fresh]
    return DataSubject.objects.bulk_create(rows, batch_size=5_000)


def closure(subject_ids: Iterable[UUID]) -> tuple[UUID, ...]:
    """All subjects that are the same people by merging; what a request must cover."""
    kin = DataSubject.objects.closure_of(subject_ids)
    return tuple(kin.order_by("created_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def merge(subject_id: UUID, *, into: UUID, actor: Actor, at: datetime) -> None:
    """Say that two subjects are one person. Keys and rows stay where they are.

    Merging two that already are one person changes nothing, so no circle can come about.
    """
    pair = DataSubject.objects.select_for_update().filter(pk__in=[subject_id, into]).order_by("pk")
    found = {subject.pk: subject for subject in pair}
    if into in closure([subject_id]):
        return
    top = _top_of(found[subject_id])
    top.merged_into_id = into
    top.save(update_fields=["merged_into"])
    ledger.append(LedgerKind.SUBJECTS_MERGED, actor=actor, at=at, object_count=2)


@transaction.atomic
def forget(subject_ids: Collection[UUID], *, request_ref: str, actor: Actor, at: datetime) -> int:
    """Delete the rows of erased people. With them goes the only tie to what append-only tables
    hold about them.

    Raises ProtectedError while anything still refers to one of them.
    """
    people = DataSubject.objects.filter(pk__in=subject_ids)
    people.update(merged_into=None)
    _, by_model = people.delete()
    gone = by_model.get(DataSubject._meta.label, 0)
    if gone:
        ledger.append(
            LedgerKind.SUBJECTS_FORGOTTEN,
            actor=actor,
            at=at,
            request_ref=request_ref,
            object_count=gone,
        )
    return gone


def _top_of(subject: DataSubject) -> DataSubject:
    while subject.merged_into is not None:
        subject = subject.merged_into
    return subject
