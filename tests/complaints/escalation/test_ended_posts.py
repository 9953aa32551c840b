"""What the sweep would tell a post that has ended, the duty queue hears: nobody answers for it any
more, and nobody will (docs/adr/0141)."""

import datetime as dt

import pytest

from complaints.enums import Action, EventKind
from complaints.models import TicketParty
from complaints.services import lifecycle
from complaints.services.escalation import SweepResult, sweep
from core.actors import SYSTEM
from notifications.models import Notice
from organisation.models import Post
from tests.complaints.escalation.test_sweep_statements import statements
from tests.complaints.escalation.world import HOUR, MOMENTS, START, make_tickets, told
from tests.factories import make_post

pytestmark = pytest.mark.django_db


FIRST_DAY = START.date()


def end(post, *, on=FIRST_DAY):
    Post.objects.filter(pk=post.pk).update(valid_until=on)


def pause(ticket):
    return lifecycle.wait(
        ticket, actor=SYSTEM, on=Action.WAIT_SUPPLIER, at=START + HOUR, until=START + 30 * HOUR,
        text="等备件",
    )  # fmt: skip


def test_that_a_wait_is_over(company, ticket):
    pause(ticket)
    end(company.steward)
    assert sweep(START + 30 * HOUR) == SweepResult(resumed=1)
    assert told(ticket, EventKind.RESUMED) == [company.duty.pk]
    assert not Notice.objects.filter(staff=company.steward.holder).exists()


def test_on_its_last_day_the_post_still_hears(company, ticket):
    pause(ticket)
    end(company.steward, on=(START + 30 * HOUR).date() + dt.timedelta(days=1))
    sweep(START + 30 * HOUR)
    assert told(ticket, EventKind.RESUMED) == [company.steward.pk]


def test_not_who_is_named_though_they_are_on_duty(company, ticket):
    pause(ticket)
    end(company.steward)
    other = make_post("duty_officer", company.group)
    TicketParty.objects.create(ticket=ticket, staff=company.duty.holder, role="named")
    sweep(START + 30 * HOUR)
    assert told(ticket, EventKind.RESUMED) == [other.pk]


def test_that_it_was_taken_over(company, ticket):
    end(company.steward)
    sweep(MOMENTS[3])
    assert told(ticket, EventKind.TAKEN_OVER) == [company.duty.pk]


def test_another_ticket_of_the_batch_is_told_as_usual(company, policy):
    here, there = make_tickets(company, policy, 2)
    type(there).objects.filter(pk=there.pk).update(post=company.other_steward)
    there.refresh_from_db()
    for each in (here, there):
        pause(each)
    end(company.steward)
    assert sweep(START + 30 * HOUR) == SweepResult(resumed=2)
    assert told(here, EventKind.RESUMED) == [company.duty.pk]
    assert told(there, EventKind.RESUMED) == [company.other_steward.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_one_statement_more_however_many(company, policy, count):
    """Claim, clocks, parties, posts, events, who hears, notices, clocks, tickets; the claim that
    ends it."""
    for each in make_tickets(company, policy, count):
        pause(each)
    assert len(statements(lambda: sweep(START + 30 * HOUR))) == 10
