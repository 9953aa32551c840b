"""Who stood in for the handler while they were away, and does so no longer: the post still names
them, since nobody takes a stand-in off when an absence ends by time alone."""

from __future__ import annotations

import datetime as dt

import pytest

from complaints import policies
from complaints.enums import State
from complaints.models import Ticket
from complaints.services import decisions, lifecycle
from complaints.services.escalation import sweep
from core.actors import SYSTEM
from core.errors import NotAllowed
from organisation.services import posts
from tests.complaints.conftest import bring_to
from tests.factories import A_MORNING

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
LATER = A_MORNING + 100 * HOUR


@pytest.fixture
def stand_in(company, ticket):
    """The manager, for the steward who has the ticket."""

    def until(moment):
        posts.stand_in(
            company.steward, company.manager.holder, until=moment, actor=SYSTEM, at=A_MORNING
        )
        return company.manager.holder.actor

    return until


def once():
    return A_MORNING - HOUR


def still():
    return LATER + HOUR


def late(ticket):
    """Told to the manager, and still the steward's."""
    sweep(ticket.clocks.get(kind="first_response").due_at)
    return Ticket.objects.for_acting(LATER).get(pk=ticket.pk)


class TestTakingOver:
    def test_once_back_the_matter_is_not_theirs_already(self, company, ticket, stand_in):
        manager, ticket = stand_in(once()), late(ticket)
        assert ticket.post == company.steward
        assert "take_over" in policies.allowed_actions(manager, ticket)
        taken = decisions.take_over(ticket, actor=manager, at=LATER)
        assert taken.post == company.manager

    def test_while_they_stand_in_it_is(self, ticket, stand_in):
        manager, ticket = stand_in(still()), late(ticket)
        assert "take_over" not in policies.allowed_actions(manager, ticket)
        with pytest.raises(NotAllowed):
            decisions.take_over(ticket, actor=manager, at=LATER)


class TestTheSecondPerson:
    def test_once_back_they_are_one(self, ticket, stand_in):
        manager = stand_in(once())
        closed = lifecycle.close(bring_to(State.RESOLVED, ticket), actor=manager, at=A_MORNING)
        assert closed.state == State.CLOSED

    def test_not_while_they_stand_in(self, ticket, stand_in):
        manager = stand_in(still())
        with pytest.raises(NotAllowed):
            lifecycle.close(bring_to(State.RESOLVED, ticket), actor=manager, at=A_MORNING)

    def test_nor_for_what_they_did_then(self, ticket, stand_in):
        manager = stand_in(still())
        started = lifecycle.accept(ticket, actor=manager, at=A_MORNING)
        stand_in(once())
        for verb in ("start", "resolve"):
            fields = {"reply": "好了"} if verb == "resolve" else {}
            started = getattr(lifecycle, verb)(started, actor=SYSTEM, at=A_MORNING, **fields)
        with pytest.raises(NotAllowed):
            lifecycle.close(started, actor=manager, at=A_MORNING)

    @pytest.mark.parametrize(("until", "listed"), [(once, True), (still, False)])
    def test_the_list_of_call_backs_says_the_same(self, company, ticket, stand_in, until, listed):
        manager = stand_in(until())
        found = Ticket.objects.not_handled_by(manager.staff_id, A_MORNING).filter(pk=ticket.pk)
        assert found.exists() is listed
