"""Whoever was told at two posts takes a matter over at the one that was told last."""

import pytest

from complaints.enums import EventKind
from complaints.models import Ticket
from complaints.services import decisions, timeline
from complaints.services.escalation import sweep
from core.actors import SYSTEM, Actor
from tests.complaints.conftest import act, minutes
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(company):
    """Has two posts on the ladder."""
    company.manager.holder = company.region_head.holder
    company.manager.save()
    return Actor.staff(company.region_head.holder_id)


def come_up(company):
    """To both."""
    ticket = make_ticket(company)
    timeline.reply(ticket, actor=SYSTEM, text="正在安排", at=A_MORNING + minutes(1))
    at = ticket.clocks.get(kind="resolve").due_at + minutes(240)
    sweep(at)
    late = Ticket.objects.get(pk=ticket.pk)
    assert late.level == 2
    return late, at


def test_of_two_that_were_told_it_is_the_higher(company, head):
    late, at = come_up(company)
    assert decisions.take_over(late, actor=head, at=at).post == company.region_head


def test_what_arrived_before_it_was_reopened_is_not_said_to_arrive_again(company, head):
    late, at = come_up(company)
    for step in ("accept", "start", "resolve", "reopen"):
        late = act(late, step, at=at)
    sweep(late.clocks.get(kind="first_response", cycle=2).due_at)
    again = Ticket.objects.get(pk=late.pk)
    assert again.level == 1
    decisions.acknowledge(again, actor=head, at=again.next_step_at)
    assert again.events.get(kind=EventKind.ACKNOWLEDGED).post == company.manager
