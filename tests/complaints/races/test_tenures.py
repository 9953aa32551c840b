"""Somebody takes a post while what the one before is told has not been committed."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from complaints.models import Tenure, Ticket
from complaints.services import lifecycle, tenures
from complaints.services.escalation import sweep
from core.actors import SYSTEM
from notifications.models import Notice
from organisation.services import posts
from tests.complaints.conftest import minutes
from tests.complaints.escalation.world import MOMENTS, make_policy, make_tickets
from tests.complaints.races.together import overtaken
from tests.factories import StaffFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("threads")]

LATER = MOMENTS[3]


@pytest.fixture
def newcomer(company):
    tenures.look(MOMENTS[0] - minutes(1))
    return StaffFactory()


def beside(call):
    """On a connection of its own, which waits for nobody's commit."""

    def run():
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=60)


def appoint(post, holder):
    return lambda: posts.appoint(post, holder, actor=SYSTEM, at=LATER)


def told(person):
    return list(Notice.objects.filter(staff=person).values_list("template", flat=True))


def assert_told_after(ticket, act, post, newcomer):
    """The ticket comes to the post by `act`, of which the holder before is told; `newcomer` takes
    the post before that is committed, and hears of it."""
    before = post.holder
    with transaction.atomic():
        act()
        beside(appoint(post, newcomer))
        assert beside(lambda: tenures.look(LATER)) == 0
        assert not Tenure.objects.filter(staff=newcomer).exists()
    assert Ticket.objects.get(pk=ticket.pk).post == post
    assert told(before)
    assert told(newcomer) == []

    assert tenures.look(LATER) == 1
    assert told(newcomer) == [tenures.POST_TAKEN]
    assert tenures.look(LATER + minutes(1)) == 0


def test_what_a_sweep_hands_over_is_told_to_who_has_come_meanwhile(company, newcomer):
    (ticket,) = make_tickets(company, make_policy())
    assert_told_after(ticket, lambda: sweep(LATER), company.region_manager, newcomer)


def test_what_somebody_assigns_is_told_alike(company, newcomer):
    (ticket,) = make_tickets(company, make_policy(), state="assigned")

    def assign():
        lifecycle.assign(ticket, actor=SYSTEM, post=company.engineer, at=LATER)

    assert_told_after(ticket, assign, company.engineer, newcomer)


def test_who_tells_while_a_change_is_noted_tells_the_new_one(company, newcomer):
    (ticket,) = make_tickets(company, make_policy(), state="assigned")

    def assign():
        lifecycle.assign(ticket, actor=SYSTEM, post=company.engineer, at=LATER)

    appoint(company.engineer, newcomer)()
    overtaken(lambda: tenures.look(LATER), assign)
    assert told(newcomer) == ["ticket_assigned"]
    assert told(company.engineer.holder) == []


def test_nothing_that_is_told_waits_for_who_changes_the_post(company, newcomer):
    make_tickets(company, make_policy())
    with transaction.atomic():
        appoint(company.region_manager, newcomer)()
        assert beside(lambda: sweep(LATER)).fired == 4
