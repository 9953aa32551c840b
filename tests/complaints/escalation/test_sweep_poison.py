"""A ticket that raises is put aside alone; the others fire in the same sweep."""

import datetime as dt

import pytest
from django.db import connection

from complaints.enums import ClockKind
from complaints.models import SweepFailure, Ticket, TicketClock, TicketEvent
from complaints.services import failures, sweep_rows
from complaints.services.escalation import SweepResult, sweep
from core.database_roles import as_owner
from notifications.models import Notice
from tests.complaints.escalation.world import HOUR, MOMENTS, levels, make_policy, make_tickets

MINUTE = HOUR / 60
END_OF_TIME = dt.datetime(9999, 12, 31, 20, tzinfo=dt.UTC)


def spoil(clock, next_fire_at=MOMENTS[0]):
    """Level 2 would fall into the year 10000, which Python cannot say."""
    TicketClock.objects.filter(pk=clock.pk).update(
        due_at=END_OF_TIME, next_level=2, next_fire_at=next_fire_at
    )
    step = clock.policy.ladder.get(clock_kind=clock.kind, level=3)
    step.after_minutes = 1_440
    step.save()


def cure(clock):
    TicketClock.objects.filter(pk=clock.pk).update(due_at=MOMENTS[1])


@pytest.fixture
def refused_by_database(transactional_db):
    """Clocks of which the database takes no event, as it would of a broken row."""
    names = []

    def run(statement):
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(statement)

    def refuse(clock):
        names.append(f"poison_{clock.pk}")
        run(
            f"ALTER TABLE complaints_ticketevent ADD CONSTRAINT {names[-1]}"
            f" CHECK (clock_id IS DISTINCT FROM {clock.pk}) NOT VALID"
        )

    yield refuse
    for name in names:
        run(f"ALTER TABLE complaints_ticketevent DROP CONSTRAINT {name}")


def test_a_poison_row_in_a_thousand_stops_nobody_else(refused_by_database, company, policy):
    tickets = make_tickets(company, policy, 1_000)
    bad = tickets[499]
    clock = TicketClock.objects.get(ticket=bad)
    refused_by_database(clock)

    assert sweep(MOMENTS[0], batch=1_000) == SweepResult(fired=999, failed=1)

    fired = set(TicketEvent.objects.values_list("ticket_id", flat=True))
    assert fired == {ticket.pk for ticket in tickets} - {bad.pk}
    assert Notice.objects.count() == 999
    assert Ticket.history.count() == 999
    failure = SweepFailure.objects.get()
    assert (failure.ticket_id, failure.clock_id, failure.attempts) == (bad.pk, clock.pk, 1)
    assert failure.error_code == "IntegrityError:23514"
    assert (failure.first_at, failure.retry_at) == (MOMENTS[0], MOMENTS[0] + MINUTE)
    bad.refresh_from_db()
    assert bad.next_step_at == MOMENTS[0]


@pytest.mark.django_db
def test_a_failed_ticket_is_skipped_until_its_retry(ticket):
    clock = TicketClock.objects.get()
    spoil(clock)

    assert sweep(MOMENTS[0]).failed == 1
    assert sweep(MOMENTS[0] + MINUTE / 2) == SweepResult()
    assert sweep(MOMENTS[0] + MINUTE) == SweepResult(failed=1)

    failure = SweepFailure.objects.get()
    assert (failure.attempts, failure.first_at) == (2, MOMENTS[0])
    assert failure.retry_at == MOMENTS[0] + 3 * MINUTE
    assert failure.error_code == "OverflowError"


@pytest.mark.django_db
def test_the_wait_grows_to_a_quarter_of_an_hour(ticket):
    spoil(TicketClock.objects.get())
    at = MOMENTS[0]
    waits = []
    for _ in range(7):
        sweep(at)
        retry_at = SweepFailure.objects.get().retry_at
        waits.append((retry_at - at) / MINUTE)
        at = retry_at

    assert waits == [1, 2, 4, 8, 15, 15, 15]


@pytest.mark.django_db
def test_once_cured_it_fires_with_its_true_moment_and_the_failure_is_forgotten(ticket):
    clock = TicketClock.objects.get()
    spoil(clock)
    sweep(MOMENTS[0])
    cure(clock)

    assert sweep(MOMENTS[0] + HOUR).fired == 1

    assert levels(ticket) == [(2, MOMENTS[0])]
    assert not SweepFailure.objects.exists()


@pytest.mark.django_db
def test_of_two_clocks_only_the_one_at_fault_waits(company):
    policy = make_policy(kinds=(ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE))
    (ticket,) = make_tickets(company, policy)
    bad = TicketClock.objects.get(kind=ClockKind.FIRST_RESPONSE)
    spoil(bad)

    assert sweep(MOMENTS[0]) == SweepResult(fired=1, failed=1)

    assert TicketEvent.objects.get().clock.kind == ClockKind.RESOLVE
    assert SweepFailure.objects.get().clock == bad
    ticket.refresh_from_db()
    assert ticket.next_step_at == MOMENTS[0]


@pytest.mark.django_db
def test_a_healthy_clock_beside_a_poisoned_one_keeps_climbing(company):
    policy = make_policy(kinds=(ClockKind.FIRST_RESPONSE, ClockKind.RESOLVE))
    make_tickets(company, policy)
    spoil(TicketClock.objects.get(kind=ClockKind.FIRST_RESPONSE))
    at = MOMENTS[0]
    while at <= MOMENTS[4] + HOUR:
        sweep(at)
        at += 15 * MINUTE

    fired = TicketEvent.objects.filter(kind="escalated", clock__kind=ClockKind.RESOLVE)
    assert list(fired.order_by("pk").values_list("level", flat=True)) == [0, 1, 2, 3, 4]


@pytest.mark.django_db
def test_a_failure_without_a_clock_names_the_ticket_alone(company, ticket, monkeypatch):
    TicketClock.objects.all().delete()

    def broken(*args, **kwargs):
        raise ValueError("13812345678")

    monkeypatch.setattr(sweep_rows, "insert_events", broken)

    assert sweep(MOMENTS[0]) == SweepResult(failed=1)
    assert sweep(MOMENTS[0] + MINUTE) == SweepResult(failed=1)

    failure = SweepFailure.objects.get()
    assert (failure.ticket_id, failure.clock_id, failure.attempts) == (ticket.pk, None, 2)
    assert failure.error_code == "ValueError"


@pytest.mark.django_db
def test_failures_of_tickets_that_people_ended_are_forgotten(ticket):
    spoil(TicketClock.objects.get())
    sweep(MOMENTS[0])
    TicketClock.objects.update(state="cancelled", next_level=None, next_fire_at=None)
    Ticket.objects.update(state="withdrawn", ended_at=MOMENTS[0], next_step_at=None)

    assert failures.forget_ended() == 1
