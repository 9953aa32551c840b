"""A quarter with three regions' worth of answered tickets, written by COPY-like bulk rows."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from complaints.enums import EventKind, State, Visibility
from complaints.models import Category, Policy, TextEntry, Ticket, TicketEvent
from complaints.services import references
from core.actors import Actor, ActorKind
from organisation.enums import UnitLevel
from quality.models import Checklist
from quality.services import inspection, rounds
from tests.factories import make_post, make_unit

Q1 = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) - dt.timedelta(hours=8)
Q2 = dt.datetime(2026, 4, 1, tzinfo=dt.UTC) - dt.timedelta(hours=8)
CUT_OFF = Q2 + dt.timedelta(days=5)
PLANNED = Q1 + dt.timedelta(days=1)
FROZEN = CUT_OFF + dt.timedelta(days=1)


def answered(unit, count, *, kind="complaint", severity="ordinary", at=Q1 + dt.timedelta(days=30),
             answer=EventKind.REPLIED, recorded=CUT_OFF - dt.timedelta(days=2)):  # fmt: skip
    """Tickets of one stratum, closed, with one public answer by staff at `at`."""
    category, policy = Category.objects.get(code="noise"), Policy.objects.first()
    tickets = Ticket.objects.bulk_create(
        [
            Ticket(
                reference=number,
                kind=kind,
                severity=severity,
                category=category,
                policy=policy,
                channel="app",
                state=State.CLOSED,
                unit=unit,
                received_at=at - dt.timedelta(hours=3),
                recorded_at=recorded,
                ended_at=at,
            )
            for number in references.draw(count)
        ]
    )
    events = TicketEvent.objects.bulk_create(
        [
            TicketEvent(
                ticket=ticket,
                kind=answer,
                visibility=Visibility.PUBLIC,
                actor_kind=ActorKind.SYSTEM,
                occurred_at=at,
                recorded_at=recorded,
            )
            for ticket in tickets
        ]
    )
    TextEntry.objects.bulk_create(
        [
            TextEntry(
                ticket=event.ticket,
                event=event,
                role="reply",
                visibility="public",
                author_kind=ActorKind.SYSTEM,
                body="已处理",
                created_at=at,
            )
            for event in events
        ]
    )
    return tickets


@pytest.fixture
def quarter(db):
    """Three regions with one community each, a manager who plans and two who inspect."""
    group = make_unit("G")
    regions = [make_unit(code, parent=group, level=UnitLevel.REGION) for code in ("A", "B", "C")]
    homes = [make_unit(f"{region.code}1", parent=region) for region in regions]
    return SimpleNamespace(
        group=group,
        a=homes[0],
        b=homes[1],
        c=homes[2],
        manager=Actor.staff(make_post("quality_manager", group).holder_id),
        inspector=Actor.staff(make_post("inspector", group).holder_id),
        second=Actor.staff(make_post("inspector", group).holder_id),
    )


def plan_round(quarter, **fields):
    plan = rounds.Plan(
        name="2026 年第一季度",
        starts_at=Q1,
        ends_at=Q2,
        cut_off_at=CUT_OFF,
        checklist=Checklist.objects.get(code="answers"),
        **fields,
    )
    return rounds.plan(plan, actor=quarter.manager, at=PLANNED)


def drawn_round(quarter, **fields):
    planned = plan_round(quarter, **fields)
    frozen = rounds.freeze(planned, actor=quarter.manager, at=FROZEN)
    return rounds.draw(frozen, actor=quarter.manager, at=FROZEN)


def answers(round, *, well=True):
    """A complete form; a case that is not answered well fails one required question."""
    items = list(round.checklist.items.all())
    chosen = {item.code: "yes" for item in items}
    if not well:
        chosen[next(item.code for item in items if item.required)] = "no"
    return chosen


def inspect(case, quarter, *, well=True, at=FROZEN):
    return inspection.score(case, answers(case.round, well=well), actor=quarter.inspector, at=at)
