"""However attempts to ring somebody up are spread, the asking ends: by the third without
answer, and not before."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints.enums import CallState, Severity, State
from complaints.models import CallBack, Ticket
from complaints.services import call_backs, escalation, lifecycle
from complaints.spans import CALL_AGAIN_AFTER, MOST_CALLS
from core.actors import SYSTEM
from core.errors import LimitReached
from tests.complaints.conftest import bring_to, minutes
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

SOLVED = A_MORNING + minutes(20)
#: from a caller who presses twice to one who comes back after two months
SPREADS = st.lists(
    st.tuples(
        st.one_of(st.integers(1, 300), st.integers(120, 60 * 24 * 60)).map(minutes), st.booleans()
    ),
    min_size=MOST_CALLS,
    max_size=9,
)


@pytest.fixture
def solved(company, resident):
    ticket = make_ticket(company, severity=Severity.SERIOUS, reporter_subject=resident.subject_id)
    ticket = bring_to(State.IN_PROGRESS, ticket)
    return lifecycle.resolve(ticket, actor=SYSTEM, reply="已处理", at=SOLVED)


def ring(ticket, caller, at):
    """Whether it counted as an attempt."""
    try:
        call_backs.record(ticket, actor=caller, result="no_answer", at=at)
    except LimitReached:
        return False
    return True


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(spread=SPREADS)
def test_the_third_without_answer_ends_it_however_they_are_spread(solved, staff, spread):
    with transaction.atomic():
        at, counted = SOLVED, []
        for gap, swept in spread:
            at += gap
            if swept:
                escalation.sweep(at)
            told = ring(solved, staff.agent, at)
            assert told == (not counted or at >= counted[-1] + CALL_AGAIN_AFTER)
            counted += [at] * told
            ended = Ticket.objects.get(pk=solved.pk).state == State.CLOSED
            assert ended == (len(counted) >= MOST_CALLS)
            if ended:
                assert CallBack.objects.get(ticket=solved).state == CallState.UNREACHABLE
                break
        transaction.set_rollback(True)


@pytest.mark.parametrize("days", [1, 3, 30])
def test_one_attempt_a_day_or_a_month_ends(solved, staff, days):
    for turn in range(1, MOST_CALLS + 1):
        assert Ticket.objects.get(pk=solved.pk).state == State.CALL_BACK
        assert ring(solved, staff.agent, SOLVED + turn * dt.timedelta(days=days))
    assert Ticket.objects.get(pk=solved.pk).state == State.CLOSED


def test_whom_nobody_rang_a_third_time_is_never_called_unreachable(solved, staff):
    for turn in range(1, MOST_CALLS):
        ring(solved, staff.agent, SOLVED + turn * dt.timedelta(days=1))
    escalation.sweep(SOLVED + dt.timedelta(days=90))
    solved = Ticket.objects.get(pk=solved.pk)
    assert solved.state == State.CALL_BACK
    assert solved.next_step_at is not None  # the duty queue looks at it again and again
