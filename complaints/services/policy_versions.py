"""Versions of policies. One that clocks run on is never edited; what changes is a new version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from complaints.models import LadderStep, Policy, PolicyDuration
from organisation.models import WorkCalendar


@transaction.atomic
def create(
    policy: Policy, durations: Iterable[PolicyDuration], ladder: Iterable[LadderStep]
) -> Policy:
    """Save an unsaved version with its unsaved durations and levels."""
    policy.save()
    for duration in durations:
        duration.policy = policy
        duration.save()
    for step in ladder:
        step.policy = policy
        step.save()
    return policy


def newest() -> list[Policy]:
    """The newest version of each policy, with its parts."""
    return list(
        Policy.objects.select_related("calendar")
        .prefetch_related("durations", "ladder")
        .order_by("code", "-version")
        .distinct("code")
    )


def follow_calendars(at: datetime) -> int:
    """Give each policy whose calendar has a newer version a version that counts by it; returns how
    many. Clocks that run keep the one they started on."""
    latest = {
        calendar.code: calendar for calendar in WorkCalendar.objects.order_by("code", "version")
    }
    behind = [policy for policy in newest() if latest[policy.calendar.code] != policy.calendar]
    for policy in behind:
        renew(policy, effective_from=at, calendar=latest[policy.calendar.code])
    return len(behind)


def is_in_use(policy: Policy, at: datetime) -> bool:
    """Whether it has come into force; then it stays as it is for good."""
    return policy.effective_from is not None and policy.effective_from <= at


def renew(
    policy: Policy, *, effective_from: datetime, calendar: WorkCalendar | None = None
) -> Policy:
    """The next version after the newest, with the same promises, to be changed or not."""
    last = Policy.objects.filter(code=policy.code).order_by("-version").values_list("version")[0]
    renewed = Policy(
        code=policy.code,
        version=last[0] + 1,
        name=policy.name,
        name_en=policy.name_en,
        calendar=calendar or policy.calendar,
        effective_from=effective_from,
    )
    durations = [
        PolicyDuration(
            clock_kind=each.clock_kind, duration_minutes=each.duration_minutes, basis=each.basis
        )
        for each in policy.durations.all()
    ]
    ladder = [
        LadderStep(
            clock_kind=step.clock_kind,
            level=step.level,
            percent=step.percent,
            after_minutes=step.after_minutes,
            role_id=step.role_id,
            effect=step.effect,
        )
        for step in policy.ladder.all()
    ]
    return create(renewed, durations, ladder)
