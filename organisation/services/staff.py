"""Employees: they leave, and some time later their names do."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from organisation import access
from organisation.models import Staff
from organisation.services import posts
from privacy.vault.enums import LedgerKind
from privacy.vault.services import ledger

MANAGE = "organisation.manage"


@transaction.atomic
def leave(staff: Staff, *, on: date, actor: Actor, at: datetime) -> Staff:
    """Deactivate somebody who leaves: no sign-in and no right is left to them from now on. Posts
    and their open work stay; a post without anybody else is vacant and climbs on.

    Raises DutyQueueEmpty when nobody else would be left at the end of every ladder.
    """
    access.require(actor, MANAGE)
    posts.check_leaving(staff, at=at)
    staff.is_active, staff.left_on = False, on
    staff.save(update_fields=["is_active", "left_on"])
    ledger.append(
        LedgerKind.PERMISSION_CHANGED, actor=actor, at=at, object_kind=Staff._meta.label_lower
    )
    access.forget()
    return staff


def overwrite_departed(*, before: date) -> int:
    """Take name, sign-in name and addresses from those who left before that day. The row stays:
    events and histories point at it. Returns how many there were."""
    departed = Staff.objects.filter(is_active=False, left_on__lt=before).exclude(
        username__startswith="departed-"
    )
    people = list(departed)
    for person in people:
        person.username, person.name = f"departed-{person.pk}", _("已离职员工")
        person.email = person.work_phone = ""
        person.set_unusable_password()
    Staff.objects.bulk_update(
        people, ["username", "name", "email", "work_phone", "password"], batch_size=500
    )
    return len(people)
