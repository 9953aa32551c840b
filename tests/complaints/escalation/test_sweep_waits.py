"""A row that somebody keeps holds up the tickets that need it, for one sweep, and is no failure."""

import pytest
from django.db import connection

from complaints.models import SweepFailure, Ticket, TicketClock
from complaints.services import escalation
from complaints.services.escalation import SweepResult, sweep
from tests.complaints.escalation.test_sweep_poison import refused_by_database  # noqa: F401
from tests.complaints.escalation.world import MOMENTS, levels, make_tickets
from tests.complaints.races.together import kept

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]


@pytest.fixture(autouse=True)
def impatient(transactional_db, monkeypatch):
    monkeypatch.setattr(escalation, "BRIEFLY", 50)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    yield
    connection.close()


def test_the_others_of_its_batch_fire_and_it_comes_with_the_next_sweep(company, policy):
    tickets = make_tickets(company, policy, 40)
    held = tickets[17]

    with kept(TicketClock.objects.get(ticket=held)):
        assert sweep(MOMENTS[0]) == SweepResult(fired=39)

    assert not SweepFailure.objects.exists()
    assert Ticket.objects.get(pk=held.pk).next_step_at == MOMENTS[0]
    assert sweep(MOMENTS[0]) == SweepResult(fired=1)
    assert [levels(each) for each in tickets] == [[(0, MOMENTS[0])]] * 40


def test_where_all_need_it_the_sweep_does_not_wait_for_each(company, policy, monkeypatch):
    """Whether a post is there is asked at the commit, of everybody who is called there."""
    monkeypatch.setattr(escalation, "WAITS", 3)
    make_tickets(company, policy, 40)
    tried = []
    real = escalation.wait_at_most
    monkeypatch.setattr(escalation, "wait_at_most", lambda each: tried.append(each) or real(each))

    with kept(company.steward):
        assert sweep(MOMENTS[0]) == SweepResult()

    assert tried == [50, 50, 50]
    assert not SweepFailure.objects.exists()
    assert sweep(MOMENTS[0]) == SweepResult(fired=40)


def test_beside_a_poisoned_ticket_it_is_the_poison_that_is_recorded(
    company,
    policy,
    refused_by_database,  # noqa: F811
):
    held, bad, well = make_tickets(company, policy, 3)
    refused_by_database(TicketClock.objects.get(ticket=bad))

    with kept(TicketClock.objects.get(ticket=held)):
        assert sweep(MOMENTS[0]) == SweepResult(fired=1, failed=1)

    assert SweepFailure.objects.get().ticket_id == bad.pk
    assert levels(well) == [(0, MOMENTS[0])]
