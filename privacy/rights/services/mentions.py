"""Texts by others that name the person: a human decides, the certificate waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from complaints.services import erasing
from core.actors import Actor
from organisation import access
from privacy.rights.models import MentionTask, PrivacyRequest


def list_for(request: PrivacyRequest, subject_ids: Iterable[UUID], needles: tuple[str, ...]) -> int:
    """Find the person's name and numbers in other people's words, while they are still known."""
    found = erasing.mentions(tuple(subject_ids), needles)
    tasks = [MentionTask(request=request, entry_id=pk) for pk in found.values_list("pk", flat=True)]
    return len(MentionTask.objects.bulk_create(tasks, ignore_conflicts=True))


@transaction.atomic
def settle(task: MentionTask, *, keep: bool, actor: Actor, at: datetime) -> MentionTask:
    """Overwrite the text, or say that it names somebody else and stays. Raises NotAllowed."""
    access.require(actor, "privacy.plan", task.request.ticket.unit)
    if task.done_at is not None:
        return task
    if not keep:
        erasing.overwrite(task.entry, at=at)
    task.kept, task.done_by_id, task.done_at = keep, actor.staff_id, at
    task.save(update_fields=["kept", "done_by", "done_at"])
    return task
