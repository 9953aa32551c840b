"""A version is put in force beside sweepers, people and itself, and goes on where it was killed."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, transaction

from complaints.enums import Basis, EventKind, State
from complaints.models import Ticket, TicketClock, TicketEvent
from complaints.services import (
    catalogue,
    lifecycle,
    recomputation,
)
from complaints.services.escalation import sweep
from core.actors import SYSTEM
from core.models import Job
from core.services import jobs
from tests.complaints.conftest import bring_to, minutes
from tests.complaints.escalation.test_sweep_together import in_thread, wait_until_locks_are_gone
from tests.complaints.test_recomputation import NOON, prepare, put_in_force, resolution
from tests.factories import A_MORNING, Company, make_ticket

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def many(transactional_db):
    company = Company()
    catalogue.current()
    tickets = [make_ticket(company) for _ in range(60)]
    return company, tickets


def one_chunk():
    ids = recomputation.Takeover.now(NOON).find()
    return len(ids), recomputation.move_chunk(ids, recomputation.pending(), at=NOON)


def draft_version():
    return prepare(resolve=30, basis=Basis.WALL)


STOPS_IN_THE_SIXTH = """
import sys, time
import django
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from complaints.services import recomputation, sweep_rows

write, written = sweep_rows.update_tickets, []

def write_and_wait(*args, **kwargs):
    write(*args, **kwargs)
    written.append(1)
    if len(written) == 6:
        print("written", flush=True)
        time.sleep(600)

sweep_rows.update_tickets = write_and_wait
recomputation.run(chunk=1)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("threads")
class TestTogether:
    def test_with_sweepers_and_people_every_level_fires_once(self, many):
        _, tickets = many
        for ticket in tickets:
            bring_to(State.IN_PROGRESS, ticket)
        put_in_force(draft_version())
        stop = threading.Event()
        late = NOON + minutes(5)

        def keep_sweeping():
            while not stop.is_set():
                sweep(late, batch=7)

        def solve(mine):
            for ticket in mine:
                lifecycle.resolve(ticket, actor=SYSTEM, reply="已处理", at=late)

        with ThreadPoolExecutor(4) as pool:
            sweeping = pool.submit(in_thread, keep_sweeping)
            solving = pool.submit(in_thread, solve, tickets[::3])
            moving = pool.submit(in_thread, lambda: recomputation.run(chunk=5))
            solving.result()
            moving.result()
            stop.set()
            sweeping.result()
        recomputation.run()
        sweep(late)

        fired = TicketEvent.objects.filter(kind=EventKind.ESCALATED, clock__kind="resolve")
        pairs = list(fired.values_list("clock_id", "level"))
        assert len(pairs) == len(set(pairs))
        left = [ticket for place, ticket in enumerate(tickets) if place % 3]
        for ticket in left:
            clock = resolution(ticket)
            assert clock.policy.version == 2
            assert sorted(level for clock_id, level in pairs if clock_id == clock.pk) == [0, 1]
        ended = TicketClock.objects.filter(ticket__in=tickets[::3], kind="resolve")
        assert not ended.filter(state__in=["running", "paused"]).exists()
        after = TicketEvent.objects.filter(
            kind=EventKind.ESCALATED, clock__stopped_at__isnull=False
        )
        assert all(each.occurred_at <= each.clock.stopped_at for each in after)

    def test_what_somebody_holds_is_left_and_comes_later(self, many):
        _, tickets = many
        put_in_force(draft_version())
        with transaction.atomic():
            Ticket.objects.lock(tickets[0].pk, A_MORNING)
            with ThreadPoolExecutor(1) as pool:
                chunk = pool.submit(in_thread, one_chunk)
                assert chunk.result(timeout=60) == (60, 59)
        assert recomputation.run() == 1

    def test_two_at_the_same_work_are_one(self, many):
        put_in_force(draft_version())
        with (
            jobs.exclusive(recomputation.JOB, ""),
            ThreadPoolExecutor(1) as pool,
            pytest.raises(jobs.JobIsRunning),
        ):
            pool.submit(in_thread, recomputation.run).result(timeout=60)

    def test_killed_in_the_middle_the_next_one_goes_on(self, many):
        _, tickets = many
        before = 5
        put_in_force(draft_version())
        killed = subprocess.Popen(
            [sys.executable, "-c", STOPS_IN_THE_SIXTH, connection.settings_dict["NAME"]],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "jinke_desk.settings"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert killed.stdout is not None
        assert killed.stdout.readline() == "written\n"
        killed.send_signal(signal.SIGKILL)
        killed.wait(timeout=60)
        wait_until_locks_are_gone(60)
        moved = TicketClock.objects.filter(policy__version=2).values("ticket").distinct()
        assert moved.count() == before
        assert recomputation.run() == 60 - before
        [job] = Job.objects.filter(kind=recomputation.JOB)
        assert job.done == 60
        assert {resolution(ticket).policy.version for ticket in tickets} == {2}
