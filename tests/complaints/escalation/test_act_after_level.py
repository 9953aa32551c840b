"""A request that came in before a level fell, on a ticket that somebody else had locked: whoever
has the lock first decides, and nothing is written out of its order."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import clock_math
from complaints.enums import ClockState, EventKind
from complaints.models import TicketClock, TicketEvent
from complaints.services import audit, lifecycle
from complaints.services.escalation import SweepResult, sweep
from core.actors import SYSTEM
from tests.complaints.escalation.world import DUE, HOUR, MOMENTS, levels, make_tickets

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


def test_locked_after_the_sweep_at_the_very_microsecond_of_the_level_it_comes_after_it(ticket):
    sweep(DUE)
    resolved = resolve(ticket, DUE)

    assert (clock().state, clock().stopped_at) == (ClockState.BROKEN, DUE + JUST_AFTER)
    assert resolved.resolved_at == DUE + JUST_AFTER
    assert not audit.audit(DUE + HOUR).after_the_end


@pytest.mark.parametrize("level", [2, 3, 4])
def test_at_the_microsecond_of_a_higher_level_whoever_was_first_was_first(company, policy, level):
    swept, early = make_tickets(company, policy, 2)
    sweep(MOMENTS[level] - JUST_AFTER)
    resolve(early, MOMENTS[level])
    sweep(MOMENTS[level])
    resolve(swept, MOMENTS[level])

    assert [each for each, _ in levels(early)] == list(range(level))
    assert [each for each, _ in levels(swept)] == list(range(level + 1))
    stopped = TicketClock.objects.order_by("ticket_id").values_list("stopped_at", flat=True)
    assert list(stopped) == [MOMENTS[level] + JUST_AFTER, MOMENTS[level]]
    assert not audit.audit(MOMENTS[level] + HOUR).after_the_end


def test_a_level_dated_at_the_end_of_its_clock_is_named(ticket):
    sweep(DUE)
    TicketClock.objects.update(
        state=ClockState.KEPT, stopped_at=DUE, next_level=None, next_fire_at=None
    )
    assert audit.audit(DUE + HOUR).after_the_end == [ticket.pk]


MOMENT = st.integers(-3, 3).map(lambda each: DUE + each * JUST_AFTER)


@given(asked_at=MOMENT, fired=st.lists(MOMENT, max_size=4))
def test_what_has_fired_comes_before_the_act_and_a_fired_due_is_broken(asked_at, fired):
    """In whichever order and however close: an act is never before it was asked for, nor at or
    before a level; a clock of which the level at due was written is broken, any other is kept
    exactly when the act comes by due."""
    at = asked_at
    for written_at in fired:
        at = clock_math.after_level(at, written_at)
    assert at >= asked_at
    assert all(written_at < at for written_at in fired)
    late = asked_at > DUE or any(written_at >= DUE for written_at in fired)
    assert clock_math.kept(at, DUE) == (not late)
    assert at == asked_at or at - JUST_AFTER in fired


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
