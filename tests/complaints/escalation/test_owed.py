"""A warning that nobody wrote is missed like any other level, from the minute it was owed on."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from complaints import clock_math
from complaints.clock_math import Duration, Step
from complaints.enums import Action, Basis
from complaints.models import Policy, SweepFailure, Ticket, TicketClock
from complaints.services import catalogue, lifecycle, owed
from complaints.services.audit import audit
from complaints.services.escalation import SweepResult, sweep
from complaints.services.owed import GRACE, Missing
from core.actors import SYSTEM
from core.business_time import Basis as Counted
from core.business_time import Calendar
from core.clock import database_now
from tests.complaints.escalation.world import (
    DUE,
    HOUR,
    MOMENTS,
    START,
    levels,
    make_policy,
    make_tickets,
)

pytestmark = pytest.mark.django_db

INSTANT = dt.timedelta(microseconds=1)
FAR = DUE + 1000 * HOUR
OFFICE = Calendar(known_years=frozenset(range(2024, 2027)))
SHANGHAI = ZoneInfo("Asia/Shanghai")


def clock_of(ticket):
    return TicketClock.objects.get(ticket=ticket)


def forget(ticket):
    """The sweep is told to look later; the auditor asks the clock."""
    Ticket.objects.filter(pk=ticket.pk).update(next_step_at=FAR)


def test_a_warning_is_missing_once_the_grace_is_over(ticket):
    assert not audit(MOMENTS[0] + GRACE - INSTANT).missing
    report = audit(MOMENTS[0] + GRACE)
    assert report.missing == [Missing(ticket.pk, clock_of(ticket).pk, 0)]
    assert report.problems["level_missing"] == 1


def test_one_that_was_written_is_not(ticket):
    sweep(MOMENTS[0])
    assert not audit(MOMENTS[0] + HOUR).missing


def test_it_is_written_by_the_repair_for_the_moment_at_which_it_was_due(ticket):
    TicketClock.objects.update(next_level=1, next_fire_at=DUE)
    forget(ticket)
    at = MOMENTS[0] + GRACE

    assert audit(at, repair=True).repaired == SweepResult(fired=1)

    assert levels(ticket) == [(0, MOMENTS[0])]
    clock = clock_of(ticket)
    assert (clock.next_level, clock.next_fire_at) == (1, DUE)
    assert not audit(at).missing


def test_a_level_that_was_put_off_by_hand_is_put_back(ticket):
    """The right level at a wrong moment."""
    sweep(MOMENTS[0])
    TicketClock.objects.update(next_fire_at=FAR)
    forget(ticket)

    audit(DUE + HOUR, repair=True)

    assert levels(ticket) == list(enumerate(MOMENTS[:2]))


def test_a_level_that_is_next_and_due_keeps_the_moment_that_was_found_for_it(ticket):
    """A ticket made graver past its new due time is told from then on, not backwards."""
    sweep(MOMENTS[0])
    later = DUE + dt.timedelta(minutes=10)
    TicketClock.objects.update(next_fire_at=later)

    audit(DUE + HOUR, repair=True)

    assert levels(ticket) == [(0, MOMENTS[0]), (1, later)]


def test_after_due_it_is_missing_still(ticket):
    TicketClock.objects.update(next_level=1, next_fire_at=DUE)
    sweep(DUE)
    assert audit(DUE + HOUR).missing == [Missing(ticket.pk, clock_of(ticket).pk, 0)]


def test_of_a_clock_moved_to_a_younger_version_what_lies_below_a_level_falls_no_more(ticket):
    TicketClock.objects.update(next_level=1, next_fire_at=DUE)
    sweep(DUE)
    Policy.objects.filter(pk=ticket.policy_id).update(effective_from=START + HOUR)
    assert not audit(DUE + HOUR).missing


def test_what_waits_or_is_put_aside_owes_none(company, policy):
    waiting, aside = make_tickets(company, policy, 2)
    lifecycle.wait(
        waiting, actor=SYSTEM, on=Action.WAIT_SUPPLIER, at=MOMENTS[0] - HOUR, until=DUE + HOUR
    )
    SweepFailure.objects.create(
        ticket=aside, clock=clock_of(aside), error_code="ValueError", first_at=MOMENTS[0],
        retry_at=FAR,
    )  # fmt: skip
    assert not audit(MOMENTS[0] + HOUR).missing


def test_a_stretch_that_has_just_begun_owes_it_since_then(ticket):
    """What is left is less than the rest after the warning: it falls when the clock runs on."""
    TicketClock.objects.update(next_level=0, next_fire_at=FAR)
    lifecycle.wait(
        ticket, actor=SYSTEM, on=Action.WAIT_SUPPLIER, at=DUE - HOUR, until=DUE + 5 * HOUR
    )
    resumed_at = DUE + 3 * HOUR
    lifecycle.resume(ticket, actor=SYSTEM, at=resumed_at)
    TicketClock.objects.update(next_level=1, next_fire_at=resumed_at + HOUR)
    forget(ticket)

    assert not audit(resumed_at + GRACE - INSTANT).missing
    audit(resumed_at + GRACE, repair=True)
    assert levels(ticket) == [(0, resumed_at)]


def test_of_working_minutes_it_is_owed_from_the_same_minute_as_the_sweep_writes_it(company):
    """Friday, half an hour before the evening: 80 % of an hour are over on Monday, at 09:18."""
    start = dt.datetime(2026, 3, 6, 17, 30, tzinfo=SHANGHAI)
    due = dt.datetime(2026, 3, 9, 9, 30, tzinfo=SHANGHAI)
    warned = due - dt.timedelta(minutes=12)
    policy = make_policy(minutes=60, basis=Basis.WORKING)
    (ticket,) = make_tickets(company, policy, due_at=due, fire_at=warned)
    TicketClock.objects.update(started_at=start)
    forget(ticket)

    assert not audit(warned + GRACE - INSTANT).missing
    assert [each.level for each in audit(warned + GRACE, repair=True).missing] == [0]
    assert levels(ticket) == [(0, warned)]


@pytest.mark.parametrize("count", [1, 3])
def test_one_statement_asks_all_clocks(company, policy, count, django_assert_num_queries):
    make_tickets(company, policy, count)
    catalogue.current()

    with django_assert_num_queries(2):
        assert len(owed.missing(DUE, most=100)) == count


def test_what_is_missing_can_be_read_by_level(company, policy):
    now = database_now()
    make_tickets(company, policy, 2, due_at=now + HOUR, fire_at=FAR)
    TicketClock.objects.update(started_at=now - 9 * HOUR)

    def shown(level):
        return REGISTRY.get_sample_value("desk_levels_missing", {"level": level})

    assert (shown("0"), shown("1")) == (2, 0)
    TicketClock.objects.update(next_fire_at=now)
    Ticket.objects.update(next_step_at=now)
    assert sweep(now) == SweepResult(fired=2)
    assert (shown("0"), shown("1")) == (0, 0)


MINUTES = st.integers(1, 5_000)
STARTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2026, 11, 1)).map(
    lambda naive: naive.replace(tzinfo=SHANGHAI)
)


@given(
    start=STARTS,
    minutes=MINUTES,
    percent=st.integers(1, 99),
    basis=st.sampled_from(Counted),
    later=st.integers(-2_000, 2_000),
)
def test_the_auditor_s_arithmetic_says_what_the_sweep_s_says(start, minutes, percent, basis, later):
    """Up to which due moment a warning is owed, and when the warning of a clock falls: two
    arithmetics, one answer, at the moment itself and at any around it."""
    duration = Duration(minutes, basis)
    due = clock_math.due(duration, OFFICE, start).at
    warned = clock_math.fire_moment(Step(0, percent=percent), duration, OFFICE, start, due)
    for at in (warned, warned + later * clock_math.MINUTE):
        owed = due <= clock_math.warned_up_to(percent, duration, OFFICE, at)
        assert owed == (warned <= at)
