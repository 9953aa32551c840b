"""Tickets whose clocks are easy to read: ten hours to resolve, and a ladder of five levels."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

from complaints.enums import Basis, ClockKind, ClockState, EventKind, StepEffect
from complaints.models import (
    Category,
    LadderStep,
    Policy,
    PolicyDuration,
    Ticket,
    TicketClock,
    TicketEvent,
)
from core import reference
from notifications.models import Notice
from organisation.models import Role
from organisation.services.calendars import default_calendar
from tests.factories import A_MORNING, Company

HOUR = dt.timedelta(hours=1)
START = A_MORNING
DUE = START + 10 * HOUR

#: (percent, minutes after due, role, effect) by level, as shipped
SHIPPED_LADDER = (
    (80, None, None, StepEffect.INFORM),
    (None, 0, "project_manager", StepEffect.INFORM),
    (None, 240, "region_service_head", StepEffect.CO_OWN),
    (None, 1440, "region_general_manager", StepEffect.TAKE_OVER),
    (None, 2880, "group_executive", StepEffect.TAKE_OVER),
)
#: when each level of the shipped ladder fires on such a ticket
MOMENTS = (
    START + 8 * HOUR,
    DUE,
    DUE + 4 * HOUR,
    DUE + 24 * HOUR,
    DUE + 48 * HOUR,
)

_numbers = itertools.count(500_000_000)


def make_policy(
    ladder: Sequence[tuple[Any, ...]] = SHIPPED_LADDER,
    *,
    minutes: int = 600,
    basis: Basis = Basis.WALL,
    kinds: Sequence[str] = (ClockKind.RESOLVE,),
) -> Policy:
    policy = Policy.objects.create(
        code=f"test{next(_numbers)}",
        name="测试",
        name_en="Test",
        calendar=default_calendar(),
        effective_from=dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
    )
    roles = {role.code: role for role in Role.objects.all()}
    for kind in kinds:
        PolicyDuration.objects.create(
            policy=policy, clock_kind=kind, duration_minutes=minutes, basis=basis
        )
        LadderStep.objects.bulk_create(
            LadderStep(
                policy=policy,
                clock_kind=kind,
                level=level,
                percent=percent,
                after_minutes=after,
                role=roles[role] if role else None,
                effect=effect,
            )
            for level, (percent, after, role, effect) in enumerate(ladder)
        )
    return policy


def make_tickets(company: Company, policy: Policy, count: int = 1, **fields: Any) -> list[Ticket]:
    """Tickets in hand since `START`, with the clocks of the policy running; none has fired."""
    due_at = fields.pop("due_at", DUE)
    fire_at = fields.pop("fire_at", MOMENTS[0])
    values = {
        "kind": "complaint",
        "category": Category.objects.get(code="noise"),
        "channel": "hotline",
        "state": "in_progress",
        "unit": company.community,
        "post": company.steward,
        "received_at": START,
        "recorded_at": START,
        "next_step_at": fire_at,
        **fields,
    }
    tickets = Ticket.objects.bulk_create(
        Ticket(reference=reference.make(next(_numbers)), policy=policy, **values)
        for _ in range(count)
    )
    kinds = list(policy.durations.values_list("clock_kind", flat=True))
    TicketClock.objects.bulk_create(
        TicketClock(
            ticket=ticket,
            kind=kind,
            cycle=ticket.cycle,
            policy=policy,
            state=ClockState.RUNNING,
            started_at=START,
            due_at=due_at,
            next_level=0,
            next_fire_at=fire_at,
        )
        for ticket in tickets
        for kind in kinds
    )
    return tickets


def levels(ticket: Ticket) -> list[tuple[int, dt.datetime]]:
    """What fired on the ticket, in the order in which it was written."""
    events = TicketEvent.objects.filter(ticket=ticket, kind=EventKind.ESCALATED).order_by("pk")
    return list(events.values_list("level", "occurred_at"))


def told(ticket: Ticket, kind: EventKind = EventKind.ESCALATED) -> list[int | None]:
    """The posts that have a notice of the ticket's events of this kind, in their order."""
    events = TicketEvent.objects.filter(ticket=ticket, kind=kind).order_by("pk")
    by_event = dict(
        Notice.objects.filter(source_kind="complaints.event", object_id=ticket.pk).values_list(
            "source_id", "post_id"
        )
    )
    return [by_event.get(event.pk) for event in events]


def kinds_of(ticket: Ticket) -> list[str]:
    return list(
        TicketEvent.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True)
    )
