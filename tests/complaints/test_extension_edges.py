"""Whom a request for more time is told to, and when it comes too late."""

import pytest

from complaints.enums import Action, ClockKind, State
from complaints.models import Extension
from complaints.services import extensions
from complaints.services.extensions import AskedTooLate
from notifications.models import Notice
from tests.complaints.conftest import act, bring_to, minutes
from tests.factories import A_MORNING

pytestmark = pytest.mark.django_db

AT = A_MORNING + minutes(30)


@pytest.fixture
def working(ticket):
    return bring_to(State.IN_PROGRESS, ticket)


def ask(ticket, actor, at=AT):
    return extensions.ask(
        ticket, actor=actor, minutes=60, reason_code="spare_parts", note="阀门明天到", at=at
    )


def told():
    return [notice.post for notice in Notice.objects.filter(template="ticket_extend_asked")]


def test_past_who_did_a_part_of_the_work(company, ticket, staff):
    accepted = act(ticket, "accept", actor=staff.manager)
    ask(act(accepted, "start", actor=staff.steward), staff.steward)
    assert told() == [company.region_head]


def test_past_whom_the_ticket_names(company, working, staff):
    working.parties.create(staff=company.manager.holder, role="named")
    ask(working, staff.steward)
    assert told() == [company.region_head]


def test_a_broken_promise_is_not_lengthened_while_it_waits_either(working, staff):
    due = working.clocks.get(kind=ClockKind.RESOLVE).due_at
    late = act(working, Action.WAIT_SUPPLIER, at=due + minutes(1))
    with pytest.raises(AskedTooLate):
        ask(late, staff.steward, at=due + minutes(2))
    assert not Extension.objects.exists()


def test_one_that_waits_in_time_is(working, staff):
    due = working.clocks.get(kind=ClockKind.RESOLVE).due_at
    waiting = act(working, Action.WAIT_SUPPLIER, at=due)
    ask(waiting, staff.steward, at=due + minutes(2))
    assert Extension.objects.get().ticket == waiting
