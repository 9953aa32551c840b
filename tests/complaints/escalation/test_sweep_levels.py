"""Each level fires once, at its moment, and tells the post it is meant for."""

import datetime as dt

import pytest

from complaints.enums import ClockKind, EventKind, State, StepEffect
from complaints.models import Ticket, TicketClock, TicketEvent
from complaints.services.escalation import SweepResult, sweep
from notifications.models import Message, Notice
from tests.complaints.escalation.world import (
    DUE,
    HOUR,
    MOMENTS,
    kinds_of,
    levels,
    make_policy,
    make_tickets,
    told,
)

pytestmark = pytest.mark.django_db

MICROSECOND = dt.timedelta(microseconds=1)


def test_nothing_fires_before_its_moment(ticket):
    assert sweep(MOMENTS[0] - MICROSECOND) == SweepResult()

    assert levels(ticket) == []
    assert not Notice.objects.exists()


def test_each_level_fires_at_its_moment(ticket):
    for number, moment in enumerate(MOMENTS):
        sweep(moment - MICROSECOND)
        assert len(levels(ticket)) == number
        assert sweep(moment) == SweepResult(fired=1)

    assert levels(ticket) == list(enumerate(MOMENTS))


def test_sweeping_again_fires_nothing_more(ticket):
    sweep(MOMENTS[1])

    assert [sweep(MOMENTS[1]) for _ in range(3)] == [SweepResult()] * 3
    assert len(levels(ticket)) == 2
    assert Notice.objects.count() == 2


def test_levels_missed_in_an_outage_come_in_order_with_their_true_moments(ticket):
    assert sweep(DUE + 30 * HOUR).fired == 4

    assert levels(ticket) == list(enumerate(MOMENTS[:4]))
    recorded = TicketEvent.objects.filter(ticket=ticket).values_list("recorded_at", flat=True)
    assert all(at > MOMENTS[-1] for at in recorded)


def test_what_a_ticket_shows_is_the_highest_level_of_all_its_clocks(company):
    kinds = (ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE)
    (ticket,) = make_tickets(company, make_policy(kinds=kinds))
    later = 40 * HOUR
    TicketClock.objects.filter(kind=ClockKind.FIRST_RESPONSE).update(
        due_at=DUE + later, next_fire_at=MOMENTS[0] + later
    )

    sweep(MOMENTS[0] + later)

    assert [level for level, _ in levels(ticket)] == [0, 1, 2, 3, 0]
    assert Ticket.objects.get().level == 3


def test_the_ladder_tells_post_by_post(company, ticket):
    sweep(MOMENTS[-1])

    assert told(ticket) == [
        company.steward.pk,
        company.manager.pk,
        company.region_head.pk,
        company.region_manager.pk,
        company.executive.pk,
    ]


def test_an_escalation_is_by_the_system_and_internal(ticket):
    sweep(MOMENTS[0])

    event = TicketEvent.objects.get(kind=EventKind.ESCALATED)
    assert (event.actor_kind, event.visibility) == ("system", "internal")
    assert (event.effect, event.cycle) == (StepEffect.INFORM, 1)


def test_ticket_and_clock_show_where_the_ladder_stands(ticket):
    sweep(MOMENTS[1])

    ticket.refresh_from_db()
    clock = TicketClock.objects.get()
    assert (ticket.level, ticket.next_step_at) == (1, MOMENTS[2])
    assert (clock.next_level, clock.next_fire_at, clock.state) == (2, MOMENTS[2], "running")


def test_a_sweep_makes_no_page_stale(ticket):
    sweep(MOMENTS[-1])

    ticket.refresh_from_db()
    assert ticket.version == 1


def test_a_level_that_takes_over_moves_the_ticket(company, ticket):
    sweep(MOMENTS[3])

    ticket.refresh_from_db()
    assert ticket.post == company.region_manager
    assert ticket.state == State.IN_PROGRESS
    assert told(ticket, EventKind.TAKEN_OVER) == [company.steward.pk]


def test_each_level_that_takes_over_moves_it_on(company, ticket):
    sweep(MOMENTS[3])
    sweep(MOMENTS[4])

    assert told(ticket, EventKind.TAKEN_OVER) == [company.steward.pk, company.region_manager.pk]
    taken = TicketEvent.objects.filter(kind=EventKind.TAKEN_OVER).order_by("pk")
    assert [event.post for event in taken] == [company.region_manager, company.executive]


def test_two_levels_that_take_over_at_once_move_it_to_the_higher(company, ticket):
    sweep(MOMENTS[4])

    ticket.refresh_from_db()
    assert ticket.post == company.executive
    assert kinds_of(ticket) == ["escalated"] * 5 + ["taken_over"]
    assert told(ticket, EventKind.TAKEN_OVER) == [company.steward.pk]


def test_the_present_holder_gets_a_message_with_the_notice(company, ticket):
    sweep(MOMENTS[1])

    assert {m.staff_id for m in Message.objects.all()} == {
        company.steward.holder_id,
        company.manager.holder_id,
    }
    assert set(Notice.objects.values_list("staff_id", flat=True)) == {
        company.steward.holder_id,
        company.manager.holder_id,
    }


def test_one_person_in_two_posts_has_two_notices_and_one_message(company, ticket):
    company.region_head.holder = company.manager.holder
    company.region_head.save()

    sweep(MOMENTS[2])

    manager = company.manager.holder
    assert Notice.objects.filter(staff=manager).count() == 2
    message = Message.objects.get(staff=manager)
    assert message.notices.count() == 2


def test_both_clocks_of_a_ticket_climb_on_their_own(company):
    policy = make_policy(kinds=("first_response", "resolve"))
    (_ticket,) = make_tickets(company, policy)
    TicketClock.objects.filter(kind="first_response").update(
        due_at=DUE - 5 * HOUR, next_level=1, next_fire_at=DUE - 5 * HOUR
    )
    Ticket.objects.update(next_step_at=DUE - 5 * HOUR)

    sweep(MOMENTS[1])

    fired = TicketEvent.objects.order_by("pk").values_list("clock__kind", "level")
    assert sorted(fired) == [
        ("first_response", 1),
        ("first_response", 2),
        ("resolve", 0),
        ("resolve", 1),
    ]


def test_after_the_last_level_the_duty_queue_looks_every_day(company, ticket):
    sweep(MOMENTS[-1])
    ticket.refresh_from_db()
    assert ticket.next_step_at == MOMENTS[-1] + 24 * HOUR

    assert sweep(ticket.next_step_at) == SweepResult(reviewed=1)
    assert sweep(ticket.next_step_at) == SweepResult()
    assert sweep(ticket.next_step_at + 24 * HOUR) == SweepResult(reviewed=1)
    assert told(ticket, EventKind.REVIEWED) == [company.duty.pk] * 2


def test_several_warnings_of_one_ladder_count_the_working_time(company):
    """Two percentages: the second one's moment is not stored and needs the calendar."""
    ladder = (
        (50, None, None, StepEffect.INFORM),
        (90, None, "project_manager", StepEffect.INFORM),
        (None, 0, "region_service_head", StepEffect.INFORM),
    )
    policy = make_policy(ladder, minutes=1000, basis="working")
    # Wednesday 10:00 plus 1,000 working minutes of 450 a day: Friday 11:40
    due = dt.datetime(2026, 3, 6, 3, 40, tzinfo=dt.UTC)
    half = dt.datetime(2026, 3, 5, 2, 50, tzinfo=dt.UTC)
    (ticket,) = make_tickets(company, policy, due_at=due, fire_at=half)

    sweep(half)
    ticket.refresh_from_db()
    assert ticket.next_step_at == dt.datetime(2026, 3, 6, 2, 0, tzinfo=dt.UTC)
    sweep(due)

    assert [at for _, at in levels(ticket)] == [
        half,
        dt.datetime(2026, 3, 6, 2, 0, tzinfo=dt.UTC),
        due,
    ]


def test_a_late_call_back_leaves_the_ticket_where_it_is(company):
    """Whoever had it taken over to them could not ring up any more: it would be their own."""
    policy = make_policy(
        [(None, 0, "region_service_head", StepEffect.TAKE_OVER)], kinds=[ClockKind.CALL_BACK]
    )
    (ticket,) = make_tickets(company, policy, state="call_back", fire_at=DUE)

    assert sweep(DUE).fired == 1

    ticket.refresh_from_db()
    assert ticket.post == company.steward
    assert told(ticket) == [company.region_head.pk]
    assert kinds_of(ticket) == ["escalated"]
