"""What a sweep costs: counts of statements and the index it uses, which no noise can move."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.models import Ticket, TicketClock
from complaints.services import catalogue, sweep_rows
from complaints.services.escalation import SweepResult, sweep
from core.database_roles import as_owner
from tests.complaints.escalation.world import DUE, HOUR, MOMENTS, make_tickets

pytestmark = pytest.mark.django_db

# savepoints of the test's own transaction are no statements of the sweep
FRAMES = ("SAVEPOINT", "RELEASE", "ROLLBACK")


def statements(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return [each["sql"] for each in captured if not each["sql"].startswith(FRAMES)]


def test_an_idle_sweep_is_one_statement(ticket):
    assert len(statements(lambda: sweep(MOMENTS[0] - HOUR))) == 1


@pytest.mark.parametrize("count", [1, 30])
def test_a_batch_costs_the_same_statements_however_many_tickets(company, policy, count):
    """Claim, clocks, parties, posts, events, notices, clocks, tickets; the claim that ends it."""
    make_tickets(company, policy, count)
    catalogue.current()

    assert len(statements(lambda: sweep(MOMENTS[1]))) == 9


def test_every_change_of_a_ticket_has_a_history_row(company, policy):
    tickets = make_tickets(company, policy, 5)

    for moment in (*MOMENTS, MOMENTS[-1] + 24 * HOUR):
        sweep(moment)

    tracked = [field.attname for field in Ticket.history.model.tracked_fields]
    for ticket in tickets:
        ticket.refresh_from_db()
        rows = list(Ticket.history.filter(id=ticket.pk).order_by("history_id"))
        assert len(rows) == 6
        assert {row.history_type for row in rows} == {"~"}
        assert {row.history_change_reason for row in rows} == {"sweep"}
        assert [row.level for row in rows] == [0, 1, 2, 3, 4, 4]
        assert [row.post for row in rows[2:5]] == [
            company.steward,
            company.region_manager,
            company.executive,
        ]
        assert [getattr(rows[-1], name) for name in tracked] == [
            getattr(ticket, name) for name in tracked
        ]


def test_a_sweep_that_changes_nothing_writes_no_history(ticket):
    sweep(MOMENTS[0] - HOUR)

    assert not Ticket.history.exists()


@pytest.mark.django_db(transaction=True)
def test_the_claim_uses_the_partial_index_among_many_tickets(company, policy):
    """5,000 that are open and not due, 20,000 closed: at this size another index costs more."""
    make_tickets(company, policy, 1, fire_at=DUE + 1000 * HOUR)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO complaints_ticket (public_id, reference, version, kind, category_id,
                severity, channel, state, unit_id, post_id, policy_id, cycle, received_at,
                recorded_at, next_step_at, ended_at, source, source_key)
            SELECT gen_random_uuid(), 'copy' || number, 1, kind, category_id, severity, channel,
                CASE WHEN live THEN state ELSE 'closed' END, unit_id,
                CASE WHEN live THEN post_id END, policy_id, 1, received_at, recorded_at,
                CASE WHEN live THEN next_step_at + number * interval '1 minute' END,
                CASE WHEN NOT live THEN received_at END, '', ''
            FROM (SELECT * FROM complaints_ticket LIMIT 1) one, generate_series(1, 25000) number,
                LATERAL (SELECT number <= 5000 AS live) kind_of_copy
            """
        )
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE complaints_ticket")
    with connection.cursor() as cursor:
        columns = ", ".join(f"ticket.{column}" for column in sweep_rows._READ)
        claim = sweep_rows._CLAIM.format(columns=columns, where="TRUE")
        cursor.execute(f"EXPLAIN {claim}", {"at": DUE, "day": DUE.date(), "limit": 1000})
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "tickets_due_next" in plan, plan
    assert "Seq Scan on complaints_ticket " not in plan, plan


def test_batches_go_on_until_nothing_is_left(company, policy):
    make_tickets(company, policy, 25)

    assert sweep(MOMENTS[0], batch=10) == SweepResult(fired=25)


def test_a_sweep_told_to_stop_ends_after_its_batch(company, policy):
    make_tickets(company, policy, 25)

    assert sweep(MOMENTS[0], batch=10, stopping=lambda: True).fired == 10
    assert sweep(MOMENTS[0]).fired == 15


def test_a_ticket_whose_moment_does_not_move_on_is_met_once_a_sweep(company, policy, monkeypatch):
    """Nothing may make a sweep run for ever."""
    make_tickets(company, policy, 3)
    monkeypatch.setattr(
        "complaints.services.clocks.next_step", lambda ticket, clocks, at: MOMENTS[0]
    )
    TicketClock.objects.update(next_fire_at=DUE + 100 * HOUR)

    assert sweep(MOMENTS[0] + dt.timedelta(minutes=1), batch=1) == SweepResult()
