"""A post that watches a ticket hears nothing of it once it names anybody who answers there."""

import pytest

from complaints.enums import ClockKind, EventKind
from complaints.models import Ticket
from complaints.services import lifecycle, supervision
from complaints.services.escalation import sweep
from notifications.models import Notice
from tests.complaints.conftest import bring_to, minutes
from tests.factories import A_MORNING, StaffFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", ["holder", "stand_in"])
def test_neither_of_a_level_nor_of_the_solution(company, ticket, staff, who):
    post = company.region_manager
    post.stand_in = StaffFactory()
    post.save()
    supervision.supervise(ticket, actor=staff.region_manager, at=A_MORNING + minutes(5))
    ticket.parties.create(staff=getattr(post, who), role="named")
    due = ticket.clocks.get(kind=ClockKind.FIRST_RESPONSE).due_at
    sweep(due)
    assert ticket.events.filter(kind=EventKind.ESCALATED).count() == 2
    again = bring_to("in_progress", Ticket.objects.for_acting().get(pk=ticket.pk), at=due)
    lifecycle.resolve(again, actor=staff.steward, reply="好了", at=due)
    assert not Notice.objects.filter(post=post).exists()
