"""Who asks back where those above had to solve it, and what asking in vain or late leads to."""

import datetime as dt

import pytest

from complaints.enums import CallState, ClockKind, EventKind, Severity, State
from complaints.models import CallBack, Category, Ticket
from complaints.services import lifecycle, timeline
from complaints.services.escalation import sweep
from core.actors import SYSTEM
from tests.complaints.test_call_backs import HOUR, SOLVED, _account, call, solve
from tests.factories import make_post, make_ticket

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def serious(company, resident):
    return make_ticket(company, severity=Severity.SERIOUS, reporter_subject=resident.subject_id)


def test_who_is_not_satisfied_goes_up_from_where_the_handling_stood(company, serious, staff):
    """Asking back late is not the handler's lateness."""
    ticket = solve(serious)
    sweep(SOLVED + 2 * DAY)
    late = Ticket.objects.get(pk=ticket.pk)
    assert late.level == 2
    again = call(late, staff.agent, "not_satisfied", SOLVED + 3 * DAY, "没好")
    up = again.events.get(kind=EventKind.ESCALATED, reason_code="not_satisfied")
    assert (again.level, up.level, up.post) == (1, 1, company.manager)


def test_who_solves_it_beside_the_handler_does_not_ask_back(company, staff):
    """The region's head took it over; its general manager answered for it too, and solved it."""
    account = _account(make_post("key_account_manager", company.group), company)
    ticket = make_ticket(company, account=account)
    due = ticket.clocks.get(kind=ClockKind.RESOLVE).due_at
    timeline.reply(ticket, actor=SYSTEM, text="已联系", at=SOLVED)
    sweep(due + 4 * HOUR)
    late, at = Ticket.objects.get(pk=ticket.pk), due + 5 * HOUR
    assert late.post == company.region_head
    assert late.co_ownerships.get().post == company.region_manager
    for step in (lifecycle.accept, lifecycle.start):
        late = step(late, actor=staff.region_head, at=at)
    lifecycle.resolve(late, actor=staff.region_manager, reply="已解决", at=at)
    assert CallBack.objects.get().post == company.duty


def test_whom_nobody_reaches_is_not_closed_past_what_is_missing(serious, staff):
    ticket = solve(serious)
    Category.objects.filter(pk=ticket.category_id).update(evidence_to_close=True)
    for hours in (1, 20, 40):
        ticket = call(ticket, staff.agent, "no_answer", SOLVED + hours * HOUR)
    assert (ticket.state, ticket.ended_at) == (State.RESOLVED, None)
    assert CallBack.objects.get().state == CallState.UNREACHABLE
    assert not ticket.events.filter(kind=EventKind.CLOSED).exists()
