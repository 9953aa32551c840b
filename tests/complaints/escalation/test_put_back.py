"""What the auditor puts back falls once more; what fell beside it does not."""

import pytest

from complaints.models import Ticket, TicketClock
from complaints.services import lifecycle, owed
from complaints.services.audit import audit
from complaints.services.escalation import sweep
from complaints.services.owed import Missing
from core.actors import SYSTEM
from tests.complaints.conftest import minutes
from tests.complaints.escalation.world import DUE, HOUR, MOMENTS, kinds_of, levels

pytestmark = pytest.mark.django_db


@pytest.fixture
def given_back(company, ticket):
    """The warning got lost; the region took the ticket over, and the steward has it again since."""
    TicketClock.objects.update(next_level=1, next_fire_at=DUE)
    sweep(MOMENTS[3])
    taken = Ticket.objects.get(pk=ticket.pk)
    assert taken.post == company.region_manager
    at = MOMENTS[3] + minutes(5)
    return lifecycle.assign(taken, actor=SYSTEM, post=company.steward, at=at)


def test_a_warning_that_is_made_up_for_takes_nothing_over_again(company, given_back):
    before = kinds_of(given_back)
    audit(MOMENTS[3] + HOUR, repair=True)
    assert sorted(level for level, _ in levels(given_back)) == [0, 1, 2, 3]
    assert kinds_of(given_back) == [*before, "escalated"]
    assert Ticket.objects.get(pk=given_back.pk).post == company.steward


def test_what_takes_over_and_was_not_written_does(company, given_back):
    audit(MOMENTS[3] + HOUR, repair=True)
    sweep(MOMENTS[4])
    assert Ticket.objects.get(pk=given_back.pk).post == company.executive


def test_what_somebody_else_has_written_meanwhile_is_not_put_back(ticket):
    clock = TicketClock.objects.get(ticket=ticket)
    found = [Missing(ticket.pk, clock.pk, 0)]
    sweep(MOMENTS[0])
    owed.put_back(found, MOMENTS[0] + HOUR)
    clock.refresh_from_db()
    assert (clock.next_level, clock.next_fire_at) == (1, MOMENTS[1])


def test_a_clock_that_has_stopped_meanwhile_owes_nothing(ticket):
    clock = TicketClock.objects.get(ticket=ticket)
    found = [Missing(ticket.pk, clock.pk, 0)]
    lifecycle.resolve(ticket, actor=SYSTEM, reply="好了", at=MOMENTS[0] - HOUR)
    owed.put_back(found, MOMENTS[0] + HOUR)
    clock.refresh_from_db()
    assert (clock.state, clock.next_level, clock.next_fire_at) == ("kept", None, None)
