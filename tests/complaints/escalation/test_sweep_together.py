"""Sweeps beside each other, beside people, and cut off in the middle: each level exactly once."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import close_old_connections, connection, connections, transaction
from django.db.models import Count

from complaints.enums import EventKind
from complaints.models import Ticket, TicketClock, TicketEvent
from complaints.services import lifecycle
from complaints.services.escalation import SweepResult, sweep
from core.actors import SYSTEM
from notifications.models import Notice
from tests.complaints.escalation.world import DUE, HOUR, MOMENTS, make_tickets
from tests.factories import Company

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def company(transactional_db):
    return Company()


def in_thread(work, *args):
    """Run with a connection of its own, closed at the end."""
    close_old_connections()
    try:
        return work(*args)
    finally:
        connections.close_all()


def assert_exactly_once(count, levels):
    """Every ticket has every level once, with a notice and a history row for each change."""
    events = TicketEvent.objects.filter(kind=EventKind.ESCALATED)
    per_clock = events.values("clock").annotate(
        found=Count("level", distinct=True), rows=Count("*")
    )
    assert per_clock.count() == count
    assert {(row["found"], row["rows"]) for row in per_clock} == {(levels, levels)}
    escalations = set(events.values_list("pk", flat=True))
    told = Notice.objects.filter(template="ticket_escalated").values_list("source_id", flat=True)
    assert sorted(told) == sorted(escalations)


def test_two_sweeps_at_the_same_time_share_the_work(company, policy):
    make_tickets(company, policy, 600)
    together = threading.Barrier(2)

    def work():
        together.wait()
        return sweep(MOMENTS[2], batch=50)

    with ThreadPoolExecutor(2) as pool:
        results = [each.result() for each in [pool.submit(in_thread, work) for _ in range(2)]]

    assert sum(each.fired for each in results) == 1_800
    assert_exactly_once(600, levels=3)
    assert Ticket.history.count() == 600


def test_a_ticket_somebody_is_working_on_comes_with_the_next_sweep(company, policy):
    held, free = make_tickets(company, policy, 2)

    with transaction.atomic():
        Ticket.objects.lock(held.pk, MOMENTS[0])
        with ThreadPoolExecutor(1) as pool:
            skipped = pool.submit(in_thread, sweep, MOMENTS[0]).result(timeout=60)

    assert skipped == SweepResult(fired=1)
    assert TicketEvent.objects.get().ticket_id == free.pk
    assert sweep(MOMENTS[0]) == SweepResult(fired=1)


SLOW_SWEEP = """
import datetime, sys, time
import django
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from complaints.services import sweep_rows
from complaints.services.escalation import sweep

write = sweep_rows.{statement}

def write_and_wait(*args, **kwargs):
    found = write(*args, **kwargs)
    print("written", flush=True)
    time.sleep(600)
    return found

sweep_rows.{statement} = write_and_wait
sweep(datetime.datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.parametrize("statement", ["claim", "insert_events", "update_clocks", "update_tickets"])
def test_a_sweep_killed_in_its_transaction_leaves_nothing_half_done(company, policy, statement):
    make_tickets(company, policy, 40)
    killed = subprocess.Popen(
        [
            sys.executable,
            "-c",
            SLOW_SWEEP.format(statement=statement),
            connection.settings_dict["NAME"],
            MOMENTS[2].isoformat(),
        ],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "jinke_desk.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert killed.stdout is not None
    assert killed.stdout.readline() == "written\n"
    # its locks are held: nobody else fires the same
    assert sweep(MOMENTS[2]) == SweepResult()
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    wait_until_locks_are_gone()

    assert not TicketEvent.objects.exists()
    assert sweep(MOMENTS[2]) == SweepResult(fired=120)
    assert_exactly_once(40, levels=3)


def wait_until_locks_are_gone(count=40):
    for _ in range(600):
        with transaction.atomic():
            free = Ticket.objects.select_for_update(skip_locked=True).count()
            if len(Ticket.objects.select_for_update(skip_locked=True)) == free == count:
                return
        time.sleep(0.1)
    raise AssertionError("the killed sweep still holds its locks")


def race(at, ticket, head_start):
    """Resolve and sweep the ticket at the same time, the sweep `head_start` seconds earlier."""
    together = threading.Barrier(2)

    def sweeping():
        together.wait()
        time.sleep(max(0, -head_start))
        return sweep(at).fired

    def resolving():
        together.wait()
        time.sleep(max(0, head_start))
        lifecycle.resolve(ticket, actor=SYSTEM, reply="已处理", at=at)

    with ThreadPoolExecutor(2) as pool:
        fired, resolved = pool.submit(in_thread, sweeping), pool.submit(in_thread, resolving)
        resolved.result()
        return fired.result()


def test_a_resolve_racing_the_sweep_is_never_followed_by_an_escalation(company, policy):
    """Whoever has the row first decides: the levels fire before the resolution, or not at all."""
    rounds = 60
    fired = []
    for number in range(rounds):
        (ticket,) = make_tickets(company, policy)
        fired.append(race(DUE + HOUR, ticket, head_start=(number - rounds / 2) / 500))
        kinds = TicketEvent.objects.filter(ticket=ticket).order_by("pk")
        assert list(kinds.values_list("kind", flat=True)) == ["escalated"] * fired[-1] + [
            "resolved"
        ]
        assert sweep(DUE + 100 * HOUR) == SweepResult()

    assert set(fired) == {0, 2}


def test_resolvers_and_sweepers_crowding_leave_nothing_after_the_end(company, policy):
    tickets = make_tickets(company, policy, 120)
    stop = threading.Event()

    def keep_sweeping():
        fired = 0
        while not stop.is_set():
            fired += sweep(DUE + HOUR, batch=1).fired
        return fired

    def resolve_all(mine):
        for ticket in mine:
            lifecycle.resolve(ticket, actor=SYSTEM, reply="已处理", at=DUE + HOUR)

    with ThreadPoolExecutor(4) as pool:
        sweeping = [pool.submit(in_thread, keep_sweeping) for _ in range(2)]
        resolving = [pool.submit(in_thread, resolve_all, tickets[half::2]) for half in range(2)]
        for each in resolving:
            each.result()
        stop.set()
        fired = sum(each.result() for each in sweeping)

    escalations = TicketEvent.objects.filter(kind=EventKind.ESCALATED)
    assert escalations.count() == fired
    resolved = dict(
        TicketEvent.objects.filter(kind=EventKind.RESOLVED).values_list("ticket_id", "pk")
    )
    assert len(resolved) == 120
    assert all(pk < resolved[ticket] for pk, ticket in escalations.values_list("pk", "ticket_id"))
    assert not TicketClock.objects.filter(state="running").exists()


def test_levels_of_a_ticket_agree_with_its_rows_after_the_race(company, policy):
    tickets = make_tickets(company, policy, 100)
    moments = [MOMENTS[0], MOMENTS[1], MOMENTS[3]]

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda at: in_thread(sweep, at, 9), moments))
    sweep(MOMENTS[3])

    assert_exactly_once(100, levels=4)
    for ticket in tickets:
        ticket.refresh_from_db()
        assert ticket.level == 3
        assert ticket.next_step_at == MOMENTS[4]
        in_order = TicketEvent.objects.filter(ticket=ticket, kind="escalated").order_by("pk")
        assert list(in_order.values_list("level", flat=True)) == [0, 1, 2, 3]
