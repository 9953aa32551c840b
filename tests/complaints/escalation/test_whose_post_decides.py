"""Whoever was told at two posts takes a matter over at the one that was told last."""

import pytest

from complaints.models import Ticket
from complaints.services import decisions, timeline
from complaints.services.escalation import sweep
from core.actors import SYSTEM, Actor
from tests.complaints.conftest import minutes
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db


def test_of_two_that_were_told_it_is_the_higher(company):
    head = company.region_head.holder
    company.manager.holder = head
    company.manager.save()
    ticket = make_ticket(company)
    timeline.reply(ticket, actor=SYSTEM, text="正在安排", at=A_MORNING + minutes(1))
    at = ticket.clocks.get(kind="resolve").due_at + minutes(240)
    sweep(at)
    late = Ticket.objects.get(pk=ticket.pk)
    assert late.level == 2
    taken = decisions.take_over(late, actor=Actor.staff(head.pk), at=at)
    assert taken.post == company.region_head
