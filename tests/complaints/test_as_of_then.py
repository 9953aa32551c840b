"""Who stood in for whom is asked of the moment of the act: a replay of months that are over sees
the people of then, whoever is away today. Rights alone are those of the present."""

from __future__ import annotations

import datetime as dt

import pytest

from complaints import policies
from complaints.enums import Decision, EventKind, State
from complaints.models import CallBack, Ticket
from complaints.services import decisions, lifecycle
from complaints.services.escalation import sweep
from core.actors import SYSTEM, Actor
from core.errors import NotAllowed
from organisation.services import posts
from tests.complaints.conftest import act, bring_to
from tests.complaints.escalation.world import HOUR, MOMENTS, make_policy, make_tickets
from tests.factories import A_MORNING

pytestmark = pytest.mark.django_db

THEN = MOMENTS[2] + HOUR


def leave_until(post, until, stand_in):
    posts.stand_in(post, stand_in, until=until, actor=SYSTEM, at=A_MORNING)
    return stand_in.actor


class TestTheSecondPerson:
    """Who stands in for the handler does not close; `until` is when they do so no longer."""

    @pytest.mark.parametrize(("until", "closes"), [(THEN + HOUR, False), (THEN - HOUR, True)])
    def test_is_one_by_the_moment_of_the_act(self, company, ticket, until, closes):
        manager = leave_until(company.steward, until, company.manager.holder)
        resolved = bring_to(State.RESOLVED, ticket)
        if closes:
            assert lifecycle.close(resolved, actor=manager, at=THEN).state == State.CLOSED
        else:
            with pytest.raises(NotAllowed):
                lifecycle.close(resolved, actor=manager, at=THEN)

    @pytest.mark.parametrize(("until", "listed"), [(THEN + HOUR, False), (THEN - HOUR, True)])
    def test_and_the_list_of_call_backs_says_the_same(self, company, ticket, until, listed):
        manager = leave_until(company.steward, until, company.manager.holder)
        act(bring_to(State.RESOLVED, ticket), "call_back")
        assert CallBack.objects.callable_by(manager, THEN).exists() is listed
        assert CallBack.objects.callable_by(manager, THEN + 2 * HOUR).exists()


class TestWhatCameUp:
    @pytest.fixture
    def owned(self, company):
        """The region's general manager answers for it beside the handler."""
        (ticket,) = make_tickets(company, make_policy())
        sweep(MOMENTS[2])
        return ticket

    @pytest.mark.parametrize(("until", "waited_for"), [(THEN + HOUR, True), (THEN - HOUR, False)])
    def test_is_acknowledged_by_who_stood_in_then(self, company, owned, until, waited_for):
        head = leave_until(company.region_head, until, company.region_manager.holder)
        found = Ticket.objects.for_acting(THEN).get(pk=owned.pk)
        assert policies.may(head, Decision.ACKNOWLEDGE, found) is waited_for
        if waited_for:
            done = decisions.acknowledge(owned, actor=head, at=THEN)
            assert done.events.filter(kind=EventKind.ACKNOWLEDGED).exists()
        else:
            with pytest.raises(NotAllowed):
                decisions.acknowledge(owned, actor=head, at=THEN)

    def test_not_by_a_post_that_had_ended_then_and_still_by_one_that_ended_since(
        self, company, owned
    ):
        head = Actor.staff(company.region_head.holder_id)
        day = dt.timedelta(days=1)
        for end, asked in ((THEN + 9 * day, True), (THEN - day, False)):
            type(company.region_head).objects.filter(pk=company.region_head.pk).update(
                valid_until=posts.local_date(end)
            )
            found = Ticket.objects.for_acting(THEN).get(pk=owned.pk)
            assert (head.staff_id in found.awaited_staff) is asked
