"""The duty queue's day comes, whatever is said meanwhile; what the resident still says is read
before anything closes by itself."""

import pytest

from complaints.enums import EventKind, State
from complaints.models import Ticket, TicketEvent, TicketReporter
from complaints.services import lifecycle, timeline
from complaints.services.escalation import SweepResult, sweep
from core.actors import SYSTEM, Actor
from tests.complaints.conftest import act
from tests.complaints.escalation.world import HOUR, MOMENTS, START, told
from tests.factories import make_person

pytestmark = pytest.mark.django_db

DAY = 24 * HOUR
WEEK = 7 * DAY


@pytest.fixture
def resident(company, ticket):
    person = make_person(dwelling=company.dwelling)
    TicketReporter.objects.create(ticket=ticket, subject_id=person.subject_id)
    return Actor.reporter(person.subject_id)


def fresh():
    return Ticket.objects.for_acting().get()


class TestAfterTheLastLevel:
    @pytest.fixture
    def review_at(self, resident):
        sweep(MOMENTS[-1])
        return Ticket.objects.get().next_step_at

    def test_an_urge_each_day_keeps_nobody_away(self, company, resident, review_at):
        assert review_at == MOMENTS[-1] + DAY
        for day in range(3):
            timeline.urge(fresh(), actor=resident, at=review_at + (day - 1) * DAY + HOUR)
            sweep(review_at + day * DAY)
        assert told(Ticket.objects.get(), EventKind.REVIEWED) == [company.duty.pk] * 3

    @pytest.mark.parametrize("say", [timeline.note, timeline.add, timeline.reply])
    def test_nor_does_what_else_is_said(self, company, review_at, say):
        said = say(fresh(), actor=SYSTEM, text="还在处理", at=review_at - HOUR)
        assert said.next_step_at == review_at

    def test_nor_once_the_day_has_come_and_no_sweep(self, review_at):
        said = timeline.note(fresh(), actor=SYSTEM, text="还在处理", at=review_at + HOUR)
        assert said.next_step_at == review_at
        assert sweep(review_at + HOUR) == SweepResult(reviewed=1)

    def test_what_stands_too_far_ahead_is_brought_nearer(self, review_at):
        """As rows may stand that were put right by hand: nothing else would bring it up."""
        Ticket.objects.update(next_step_at=review_at + WEEK)
        said = timeline.note(fresh(), actor=SYSTEM, text="还在处理", at=review_at)
        assert said.next_step_at == review_at + DAY

    def test_what_moves_the_matter_gives_it_a_day(self, company, review_at):
        moved = act(fresh(), "assign", post=company.steward, at=review_at - HOUR)
        assert moved.state == State.ASSIGNED
        assert moved.next_step_at == review_at - HOUR + DAY


class TestWhatTheResidentAddedSince:
    """Resolved, and "still leaking" written below it instead of reopening."""

    @pytest.fixture
    def added(self, resident):
        lifecycle.resolve(fresh(), actor=SYSTEM, reply="已处理完毕", at=START + HOUR)
        return timeline.add(fresh(), actor=resident, text="还在漏", at=START + DAY)

    def test_is_read_before_it_closes(self, company, added):
        assert sweep(START + HOUR + WEEK) == SweepResult(reviewed=1)
        added.refresh_from_db()
        assert added.state == State.RESOLVED
        assert told(added, EventKind.REVIEWED) == [company.duty.pk]

    def test_once_it_is_answered_it_closes_as_ever(self, added):
        timeline.reply(fresh(), actor=SYSTEM, text="又修了一次", at=START + 2 * DAY)
        assert sweep(START + HOUR + WEEK) == SweepResult(closed=1)

    def test_answered_late_it_closes_afterwards_and_not_before_the_answer(self, added):
        sweep(START + HOUR + WEEK)
        answered_at = START + WEEK + DAY / 2
        timeline.reply(fresh(), actor=SYSTEM, text="又修了一次", at=answered_at)
        assert sweep(START + HOUR + WEEK + DAY) == SweepResult(closed=1)
        closed = TicketEvent.objects.get(kind=EventKind.CLOSED)
        assert closed.occurred_at == START + HOUR + WEEK + DAY > answered_at
        assert Ticket.objects.get().ended_at == closed.occurred_at

    def test_a_person_who_has_read_it_may_close_it(self, company, added):
        officer = Actor.staff(company.duty.holder_id)
        assert lifecycle.close(fresh(), actor=officer, at=START + 2 * DAY).state == State.CLOSED
