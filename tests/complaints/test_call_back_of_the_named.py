"""A call-back lies with nobody whom the ticket has come to name."""

import datetime as dt

import pytest

from complaints.enums import EventKind, State
from complaints.models import CallBack, Ticket
from complaints.services import naming, timeline
from notifications.models import Notice
from organisation.services import posts
from tests.complaints.conftest import bring_to, minutes
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(40)


@pytest.fixture
def asked(company, resident):
    """About conduct and to be called back about, by the agent, who has a name found in words."""
    caller = company.agent.holder
    caller.name = "欧阳坐席"
    caller.save()
    ticket = make_ticket(
        company,
        category_code="staff_conduct",
        body="门岗态度很差",
        reporter_subject=resident.subject_id,
    )
    ticket = bring_to(State.RESOLVED, ticket, at=A_MORNING + minutes(20))
    assert CallBack.objects.get(ticket=ticket).post == company.agent
    return ticket


def _clock(ticket):
    clock = ticket.clocks.get(kind="call_back")
    return clock.state, clock.due_at, ticket.next_step_at


def test_it_goes_to_the_next_who_may_ask_and_is_due_when_it_was(company, asked, resident, staff):
    supervisor = company.supervisor
    due_at, clock = CallBack.objects.get().due_at, _clock(asked)

    told = timeline.add(asked, actor=resident, text="骂人的是欧阳坐席", at=LATER)

    task = CallBack.objects.get()
    assert (task.post, task.due_at, task.state) == (supervisor, due_at, "open")
    assert _clock(told) == clock
    event = told.events.get(kind=EventKind.CALL_BACK, occurred_at=LATER)
    assert (event.visibility, event.post, event.actor_kind) == ("internal", supervisor, "system")
    notice = Notice.objects.get(source_id=event.pk)
    assert (notice.template, notice.post) == ("ticket_call_back", supervisor)
    assert not CallBack.objects.callable_by(staff.agent, LATER).exists()
    assert told.post == company.manager, "who has the ticket was not named"


def test_where_nobody_else_asks_it_goes_to_duty(company, asked, resident):
    timeline.add(asked, actor=resident, text="骂人的是欧阳坐席", at=LATER)
    others = {"hotline_supervisor", "region_service_head", posts.DUTY_OFFICER}
    post = CallBack.objects.get().post
    assert post != company.agent
    assert post.role.code in others


def test_who_is_named_as_stand_in_has_it_no_more(company, asked, staff):
    company.agent.stand_in, company.agent.holder = company.agent.holder, company.engineer.holder
    company.agent.save()
    naming.name(asked, actor=staff.manager, names="欧阳坐席", at=LATER)
    assert CallBack.objects.get().post != company.agent


def test_who_else_is_named_leaves_it_where_it_is(company, asked, staff):
    engineer = company.engineer.holder
    naming.name(asked, actor=staff.manager, names=engineer.name, at=LATER)
    assert CallBack.objects.get().post == company.agent
    assert asked.events.filter(kind=EventKind.CALL_BACK).count() == 1


def test_one_that_ended_stays_with_who_did_it(company, asked, resident, staff):
    CallBack.objects.update(state="satisfied", ended_at=LATER)
    Ticket.objects.filter(pk=asked.pk).update(state=State.RESOLVED)
    later = LATER + dt.timedelta(hours=1)
    timeline.add(asked, actor=resident, text="骂人的是欧阳坐席", at=later)
    assert CallBack.objects.get().post == company.agent
