"""What else falls due: pauses end, confirmed tickets close, the duty queue looks at the rest."""

import pytest

from complaints.enums import Action, ClockState, EventKind, State
from complaints.models import Attachment, Category, Ticket, TicketClock, TicketEvent, TicketReporter
from complaints.services import lifecycle
from complaints.services.escalation import SweepResult, sweep
from core.actors import SYSTEM, Actor
from notifications.models import Notice
from tests.complaints.conftest import act, bring_to
from tests.complaints.escalation.world import DUE, HOUR, MOMENTS, START, levels, make_tickets, told
from tests.factories import make_person

pytestmark = pytest.mark.django_db

WEEK = 7 * 24 * HOUR


def resolve(ticket, at=START + HOUR):
    return lifecycle.resolve(ticket, actor=SYSTEM, reply="已处理完毕", at=at)


@pytest.fixture
def resident(company):
    return make_person(dwelling=company.dwelling)


@pytest.fixture
def reported(ticket, resident):
    TicketReporter.objects.create(ticket=ticket, subject_id=resident.subject_id)
    return ticket


def pause(ticket, *, at, until):
    return lifecycle.wait(
        ticket, actor=SYSTEM, on=Action.WAIT_SUPPLIER, at=at, until=until, text="等备件"
    )


def test_a_paused_clock_fires_nothing(ticket):
    pause(ticket, at=START + HOUR, until=START + 30 * HOUR)

    assert sweep(START + 29 * HOUR) == SweepResult()


def test_the_end_of_a_pause_lets_the_clock_run_on(company, ticket):
    pause(ticket, at=START + HOUR, until=START + 30 * HOUR)

    assert sweep(START + 30 * HOUR) == SweepResult(resumed=1)

    ticket.refresh_from_db()
    clock = TicketClock.objects.get()
    assert (clock.state, clock.due_at) == (ClockState.RUNNING, START + 39 * HOUR)
    assert (ticket.state, ticket.next_step_at) == (State.IN_PROGRESS, START + 37 * HOUR)
    assert told(ticket, EventKind.RESUMED) == [company.steward.pk]


def test_a_pause_that_ended_in_an_outage_ends_at_its_own_moment(ticket):
    """The clock ran on from there, so what is due since fires too, in order."""
    pause(ticket, at=START + HOUR, until=START + 30 * HOUR)

    assert sweep(START + 40 * HOUR) == SweepResult(resumed=1, fired=2)

    resumed = TicketEvent.objects.get(kind=EventKind.RESUMED)
    assert resumed.occurred_at == START + 30 * HOUR
    assert (resumed.from_state, resumed.to_state) == ("waiting_supplier", "in_progress")
    assert levels(ticket) == [(0, START + 37 * HOUR), (1, START + 39 * HOUR)]


def test_a_resolved_ticket_closes_when_the_resident_is_silent(reported, resident):
    resolve(reported)

    assert sweep(START + HOUR + WEEK) == SweepResult(closed=1)

    reported.refresh_from_db()
    assert (reported.state, reported.next_step_at) == (State.CLOSED, None)
    assert reported.ended_at == START + HOUR + WEEK
    event = TicketEvent.objects.get(kind=EventKind.CLOSED)
    assert (event.actor_kind, event.action, event.visibility) == ("system", "close", "public")
    assert Notice.objects.get(source_id=event.pk).subject_id == resident.subject_id


def test_it_does_not_close_a_moment_earlier(reported):
    resolve(reported)

    assert sweep(START + HOUR + WEEK - HOUR / 3600) == SweepResult()


@pytest.mark.parametrize("severity", ["serious", "safety"])
def test_what_was_serious_goes_to_the_duty_queue_instead(company, ticket, severity):
    Ticket.objects.update(severity=severity)
    resolve(ticket)

    assert sweep(START + HOUR + WEEK) == SweepResult(reviewed=1)

    ticket.refresh_from_db()
    assert ticket.state == State.RESOLVED
    assert ticket.next_step_at == START + HOUR + WEEK + 24 * HOUR
    assert told(ticket, EventKind.REVIEWED) == [company.duty.pk]


def test_without_the_evidence_its_category_asks_for_it_does_not_close(ticket):
    resolve(ticket)
    Category.objects.filter(pk=ticket.category_id).update(evidence_to_close=True)

    assert sweep(START + HOUR + WEEK) == SweepResult(reviewed=1)


def shown():
    """A photo at the answer that resolved it."""
    Attachment.objects.create(
        event=TicketEvent.objects.filter(kind=EventKind.RESOLVED).latest("pk"),
        file="a.jpg",
        thumbnail="t.jpg",
        size_bytes=1,
        width=1,
        height=1,
        created_at=START,
    )


def resolve_shown(ticket, actor):
    lifecycle.resolve(ticket, actor=actor, reply="已处理", at=START + HOUR)
    shown()
    Category.objects.filter(pk=ticket.category_id).update(evidence_to_close=True)


def test_with_evidence_it_closes(company, ticket):
    resolve_shown(ticket, Actor.staff(company.steward.holder_id))

    assert sweep(START + HOUR + WEEK) == SweepResult(closed=1)


def test_a_photo_that_staff_did_not_take_is_no_evidence(company, ticket):
    resolve_shown(ticket, SYSTEM)

    assert sweep(START + HOUR + WEEK) == SweepResult(reviewed=1)


def test_nor_is_one_of_the_work_that_did_not_hold(company, ticket):
    steward = Actor.staff(company.steward.holder_id)
    lifecycle.resolve(ticket, actor=steward, reply="已处理", at=START)
    shown()
    again = act(Ticket.objects.get(), "reopen", at=START)
    for step in ("accept", "start"):
        again = act(again, step, at=START)
    lifecycle.resolve(again, actor=steward, reply="又处理了", at=START + HOUR)
    Category.objects.filter(pk=ticket.category_id).update(evidence_to_close=True)

    assert sweep(START + HOUR + WEEK) == SweepResult(reviewed=1)


def test_without_an_answer_since_it_was_reopened_it_does_not_close(ticket):
    """As rows may stand that were put right by hand."""
    resolve(ticket)
    Ticket.objects.update(cycle=2)

    assert sweep(START + HOUR + WEEK) == SweepResult(reviewed=1)


def test_a_ticket_without_clocks_is_looked_at_by_the_duty_queue(company, ticket):
    """As an open ticket of an import is."""
    TicketClock.objects.all().delete()

    assert sweep(MOMENTS[0]) == SweepResult(reviewed=1)

    event = TicketEvent.objects.get(kind=EventKind.REVIEWED)
    assert (event.occurred_at, event.post) == (MOMENTS[0], company.duty)
    ticket.refresh_from_db()
    assert ticket.next_step_at == MOMENTS[0] + 24 * HOUR


def test_a_ticket_looked_at_too_early_is_left_for_its_moment(ticket):
    Ticket.objects.update(next_step_at=START)

    assert sweep(START) == SweepResult()

    ticket.refresh_from_db()
    assert ticket.next_step_at == MOMENTS[0]


def test_a_ticket_of_the_workflow_climbs_and_stops_when_resolved(company, ticket):
    sweep(MOMENTS[1])
    resolve(Ticket.objects.get(), at=DUE + HOUR)

    assert sweep(MOMENTS[-1]) == SweepResult()
    clock = TicketClock.objects.get()
    assert (clock.state, clock.stopped_at) == (ClockState.BROKEN, DUE + HOUR)


def test_resolved_exactly_at_due_no_level_above_the_warning_fires(ticket):
    sweep(MOMENTS[0])
    resolve(Ticket.objects.get(), at=DUE)

    assert sweep(DUE + HOUR) == SweepResult()
    assert TicketClock.objects.get().state == ClockState.KEPT


def test_a_reopened_ticket_climbs_anew(company, ticket):
    sweep(MOMENTS[1])
    resolve(Ticket.objects.get(), at=DUE + HOUR)
    again = act(Ticket.objects.get(), "reopen", at=DUE + 2 * HOUR)
    assert again.level is None

    sweep(DUE + 2 * HOUR + 10 * HOUR)

    assert [level for level, _ in levels(ticket)] == [0, 1, 0, 1]
    cycles = TicketEvent.objects.filter(kind=EventKind.ESCALATED).order_by("pk")
    assert list(cycles.values_list("cycle", flat=True)) == [1, 1, 2, 2]


@pytest.mark.parametrize("state", [State.CLOSED, State.WITHDRAWN, State.REJECTED])
def test_an_ended_ticket_is_never_due(company, policy, state):
    (ticket,) = make_tickets(company, policy, state="assigned")
    bring_to(state, ticket, at=START + HOUR)

    assert sweep(MOMENTS[-1]) == SweepResult()
