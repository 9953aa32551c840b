"""The auditor finds what the sweep should have done, by its own road, and puts it right."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from complaints import tasks
from complaints.enums import EventKind
from complaints.models import SweepFailure, Ticket, TicketClock, TicketEvent
from complaints.services.audit import GRACE, Missing, audit, overdue_since
from complaints.services.escalation import SweepResult, sweep
from core.clock import database_now
from notifications.models import Message
from organisation.models import Post
from tests.complaints.conftest import act
from tests.complaints.escalation.world import DUE, HOUR, MOMENTS, levels, make_tickets
from tests.complaints.races.together import kept

pytestmark = pytest.mark.django_db


def test_a_desk_that_keeps_up_has_no_problems(ticket):
    sweep(MOMENTS[1])
    Message.objects.all().delete()

    assert audit(MOMENTS[1] + HOUR).problems == {}


def test_what_fired_before_it_was_reopened_is_no_level_of_it_now(ticket):
    sweep(MOMENTS[3])
    act(Ticket.objects.for_acting().get(), "resolve", at=MOMENTS[3])
    act(Ticket.objects.for_acting().get(), "reopen", at=MOMENTS[3])
    due = TicketClock.objects.get(cycle=2).due_at
    sweep(due)
    Message.objects.all().delete()

    assert Ticket.objects.get().level == 1
    assert audit(due + HOUR).problems == {}


def test_levels_not_fired_are_missing_once_the_grace_is_over(ticket):
    sweep(MOMENTS[0])
    clock = TicketClock.objects.get()
    Ticket.objects.update(next_step_at=MOMENTS[0])

    assert not audit(MOMENTS[1] + GRACE - HOUR / 3600).missing
    assert audit(MOMENTS[1] + GRACE).missing == [Missing(ticket.pk, clock.pk, 1)]
    assert audit(MOMENTS[0] + GRACE).overdue_since == MOMENTS[0]


def test_what_has_just_run_on_owes_nothing_before_a_sweep_could_come(ticket):
    """Late when it began to wait, it is so at the very moment at which it runs on."""
    act(Ticket.objects.for_acting().get(), "wait_supplier", at=DUE + HOUR)
    runs_on = DUE + 30 * HOUR
    act(Ticket.objects.for_acting().get(), "resume", at=runs_on)
    clock = TicketClock.objects.get()
    assert clock.due_at == runs_on - HOUR

    assert audit(runs_on + GRACE / 2).missing == []
    assert audit(runs_on + GRACE).missing == [Missing(ticket.pk, clock.pk, 0)]


def test_a_forgotten_ticket_is_found_although_the_sweep_is_told_to_look_later(ticket):
    """`next_step_at` is the sweep's; the auditor asks the clock."""
    Ticket.objects.update(next_step_at=DUE + 1000 * HOUR)
    at = MOMENTS[1] + GRACE
    assert sweep(at) == SweepResult()

    report = audit(at, repair=True)

    assert report.problems == {"level_missing": 1}
    assert report.repaired == SweepResult(fired=2)
    assert levels(ticket) == list(enumerate(MOMENTS[:2]))
    assert audit(at).missing == []


@pytest.mark.django_db(transaction=True)
def test_a_ticket_that_somebody_holds_is_repaired_by_the_next_audit(company, policy):
    held, free = make_tickets(company, policy, 2)
    Ticket.objects.update(next_step_at=DUE + 1000 * HOUR)
    at = MOMENTS[1] + GRACE

    with kept(held):
        report = audit(at, repair=True)
    assert len(report.missing) == 2
    assert report.repaired == SweepResult(fired=2)
    assert (levels(held), levels(free)) == ([], list(enumerate(MOMENTS[:2])))

    audit(at, repair=True)
    assert levels(held) == list(enumerate(MOMENTS[:2]))


def test_a_clock_that_was_moved_past_its_level_is_put_back(ticket):
    sweep(MOMENTS[0])
    TicketClock.objects.update(next_level=3, next_fire_at=MOMENTS[3])
    Ticket.objects.update(next_step_at=MOMENTS[3])
    at = MOMENTS[2] + HOUR

    report = audit(at, repair=True)

    assert report.missing == [Missing(ticket.pk, TicketClock.objects.get().pk, 1)]
    assert levels(ticket) == list(enumerate(MOMENTS[:3]))
    clock = TicketClock.objects.get()
    assert (clock.next_level, clock.next_fire_at) == (3, MOMENTS[3])


def test_a_level_fired_before_is_not_fired_again_by_a_repair(ticket):
    sweep(MOMENTS[2])
    TicketClock.objects.update(next_level=1, next_fire_at=MOMENTS[1])
    Ticket.objects.update(next_step_at=MOMENTS[1])

    assert sweep(MOMENTS[2]) == SweepResult()
    assert levels(ticket) == list(enumerate(MOMENTS[:3]))
    assert TicketClock.objects.get().next_level == 3


def test_a_ticket_that_shows_another_level_than_its_rows_is_put_right(ticket):
    sweep(MOMENTS[2])
    Message.objects.all().delete()
    Ticket.objects.update(level=4)

    report = audit(MOMENTS[2] + HOUR, repair=True)

    assert report.problems == {"level_wrong": 1}
    ticket.refresh_from_db()
    assert (ticket.level, ticket.next_step_at) == (2, MOMENTS[3])
    reasons = Ticket.history.order_by("history_id").values_list("history_change_reason", flat=True)
    assert list(reasons) == ["sweep", "audit", "sweep"]


def test_a_level_written_for_a_moment_after_the_end_is_listed(ticket):
    sweep(MOMENTS[1])
    TicketClock.objects.update(
        state="broken", stopped_at=MOMENTS[1] - HOUR, next_level=None, next_fire_at=None
    )

    assert audit(MOMENTS[1] + HOUR).after_the_end == [ticket.pk]


def test_put_aside_tickets_are_listed_and_not_counted_as_late(ticket):
    SweepFailure.objects.create(
        ticket=ticket,
        clock=TicketClock.objects.get(),
        error_code="ValueError",
        first_at=MOMENTS[1],
        retry_at=MOMENTS[1] + 100 * HOUR,
    )

    report = audit(MOMENTS[1] + HOUR)

    assert report.problems == {"sweep_failure": 1}
    assert report.failures[0].ticket == ticket
    assert overdue_since(MOMENTS[1] + HOUR) is None


def test_late_and_dead_messages_are_problems(ticket):
    sweep(MOMENTS[0])
    long_ago = database_now() - HOUR
    Message.objects.update(due_at=long_ago)

    assert audit(MOMENTS[0]).problems == {"message_late": 1}

    Message.objects.update(state="dead")
    assert audit(MOMENTS[0]).problems == {"message_dead": 1}


def test_an_empty_duty_queue_is_a_problem(company):
    Post.objects.filter(pk=company.duty.pk).update(holder=None)

    assert audit(MOMENTS[0]).problems == {"duty_queue_empty": 1}


def test_the_auditor_walks_its_own_index(company, policy):
    """Among three rows any partial index costs the same; in order of time there is one alone."""
    make_tickets(company, policy, 3)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM complaints_ticketclock clock"
            " WHERE clock.state = 'running' AND clock.due_at <= now() ORDER BY clock.due_at"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "running_clocks_by_due" in plan


def test_the_command_names_what_is_late_and_exits_with_an_error(company, policy, capsys):
    now = database_now()
    make_tickets(company, policy, due_at=now - HOUR, fire_at=now - 3 * HOUR)

    with pytest.raises(CommandError, match="level_missing 1, step_overdue 1"):
        call_command("audit_clocks")
    assert "owes level 0" in capsys.readouterr().out

    with pytest.raises(CommandError):
        call_command("audit_clocks", "--repair")
    call_command("audit_clocks")
    assert "nothing is late" in capsys.readouterr().out


def test_the_task_repairs_and_says_what_it_found(company, policy):
    now = database_now()
    make_tickets(company, policy, due_at=now - HOUR, fire_at=now - 3 * HOUR)

    assert tasks.audit_clocks() == {"level_missing": 1, "step_overdue": 1}
    assert TicketEvent.objects.filter(kind=EventKind.ESCALATED).count() == 2
