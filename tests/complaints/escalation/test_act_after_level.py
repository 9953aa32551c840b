"""A request that came in before a level fell, on a ticket that somebody else had locked: whoever
has the lock first decides, and nothing is written out of its order."""

import datetime as dt

import pytest

from complaints.enums import ClockState, EventKind
from complaints.models import TicketClock, TicketEvent
from complaints.services import audit, lifecycle
from complaints.services.escalation import SweepResult, sweep
from core.actors import SYSTEM
from tests.complaints.escalation.world import DUE, HOUR, MOMENTS, levels

pytestmark = pytest.mark.django_db

SECOND = dt.timedelta(seconds=1)
JUST_AFTER = dt.timedelta(microseconds=1)


def resolve(ticket, at):
    return lifecycle.resolve(ticket, actor=SYSTEM, reply="已处理", at=at)


def clock():
    return TicketClock.objects.get()


def test_locked_before_any_sweep_it_is_in_time_and_no_level_fires(ticket):
    """However late its lock: it counts from when the request came in."""
    sweep(MOMENTS[0])
    resolve(ticket, DUE - SECOND)

    assert sweep(DUE + SECOND) == SweepResult()
    assert (clock().state, clock().stopped_at) == (ClockState.KEPT, DUE - SECOND)
    assert levels(ticket) == [(0, MOMENTS[0])]


def test_exactly_at_due_it_is_in_time(ticket):
    sweep(MOMENTS[0])
    resolve(ticket, DUE)

    assert sweep(DUE) == SweepResult()
    assert clock().state == ClockState.KEPT


def test_locked_after_the_sweep_it_comes_after_the_level(ticket):
    sweep(DUE + SECOND)
    resolved = resolve(ticket, DUE - SECOND)

    assert (clock().state, clock().stopped_at) == (ClockState.BROKEN, DUE + JUST_AFTER)
    assert resolved.resolved_at == DUE + JUST_AFTER
    timeline = TicketEvent.objects.order_by("occurred_at").values_list("kind", flat=True)
    assert list(timeline) == [EventKind.ESCALATED, EventKind.ESCALATED, EventKind.RESOLVED]
    assert not audit.audit(DUE + HOUR).after_the_end


def test_after_a_warning_alone_the_promise_is_still_kept(ticket):
    sweep(MOMENTS[0] + SECOND)
    resolve(ticket, MOMENTS[0] - SECOND)

    assert (clock().state, clock().stopped_at) == (ClockState.KEPT, MOMENTS[0] + JUST_AFTER)
    assert not audit.audit(MOMENTS[0] + HOUR).after_the_end


def test_a_withdrawal_comes_after_the_level_as_well(ticket):
    sweep(DUE + SECOND)
    ended = lifecycle.withdraw(ticket, actor=SYSTEM, reason="住户来电撤回", at=DUE - SECOND)

    assert ended.ended_at == clock().stopped_at == DUE + JUST_AFTER
    assert not audit.audit(DUE + HOUR).after_the_end
