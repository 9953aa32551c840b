"""Who calls the sweep: worker, command, and a loop that needs nothing but PostgreSQL."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from prometheus_client import REGISTRY, generate_latest

from complaints import tasks
from complaints.health import duty_queue_filled, sweep_keeps_up
from complaints.management.commands.sweeper import repeat
from complaints.models import SweepBeat, TicketEvent
from core.clock import database_now
from jinke_desk.celery import app
from notifications import tasks as notifications_tasks
from notifications.enums import LANES
from organisation.models import Post
from tests.complaints.escalation.world import HOUR, make_policy, make_tickets
from tests.factories import Company

ROOT = Path(__file__).resolve().parents[3]
NOBODY_LISTENS = "redis://127.0.0.1:1/0"


def overdue(company, count=1, since=HOUR):
    now = database_now()
    return make_tickets(
        company, make_policy(), count, due_at=now - since, fire_at=now - since - 2 * HOUR
    )


@pytest.mark.django_db
def test_the_task_sweeps_and_leaves_a_sign_of_life(company):
    overdue(company)

    assert tasks.sweep_due() == 2
    assert tasks.sweep_due() == 0

    beat = SweepBeat.objects.get()
    assert (beat.waker, beat.fired, beat.failed) == ("worker", 2, 0)
    assert database_now() - beat.last_at < HOUR / 60


@pytest.mark.django_db
def test_the_command_sweeps_once_and_says_what_it_did(company, capsys):
    overdue(company)

    call_command("sweep", "--once")

    assert capsys.readouterr().out == ("fired 2, reviewed 0, closed 0, resumed 0, failed 0\n")
    assert SweepBeat.objects.get().waker == "command"


@pytest.mark.parametrize(
    "name", ["complaints.sweep_due", "complaints.audit_clocks", "notifications.deliver_due"]
)
def test_what_beat_rings_for_exists_has_a_limit_and_expires(name):
    entries = [each for each in settings.CELERY_BEAT_SCHEDULE.values() if each["task"] == name]
    assert notifications_tasks.deliver_due.name == "notifications.deliver_due"
    task = app.tasks[name]

    assert all(entry["options"]["expires"] == entry["schedule"] for entry in entries)
    lanes = [entry["args"] for entry in entries if "args" in entry]
    wanted = [[lane.value] for lane in LANES] if name == "notifications.deliver_due" else []
    assert lanes == wanted
    assert task.time_limit
    assert task.soft_time_limit is None


@pytest.mark.django_db
def test_readiness_tells_of_a_sweep_that_lags(company):
    assert sweep_keeps_up() == "ok"

    overdue(company)
    assert sweep_keeps_up().startswith("the oldest step is")

    tasks.sweep_due()
    assert sweep_keeps_up() == "ok"


@pytest.mark.django_db
def test_readiness_tells_of_an_empty_duty_queue(company):
    assert duty_queue_filled() == "ok"

    Post.objects.filter(pk=company.duty.pk).update(holder=None)
    assert duty_queue_filled() == "nobody holds the duty post"


@pytest.mark.django_db
def test_the_figures_of_the_sweep_can_be_read(company):
    before = REGISTRY.get_sample_value("desk_escalations_fired_total")
    overdue(company, since=HOUR)
    assert REGISTRY.get_sample_value("desk_sweep_backlog_seconds") > 3_000

    tasks.sweep_due()

    assert REGISTRY.get_sample_value("desk_escalations_fired_total") == before + 2
    assert REGISTRY.get_sample_value("desk_sweep_backlog_seconds") == 0
    assert REGISTRY.get_sample_value("desk_sweep_failures") == 0
    last = REGISTRY.get_sample_value("desk_sweep_last_timestamp_seconds")
    assert abs(last - time.time()) < 60
    assert REGISTRY.get_sample_value("desk_messages_due", {"channel": "email"}) == 2
    assert b'desk_messages_dead{channel="email"} 0.0' in generate_latest()


def test_the_loop_outlives_errors_and_waits_longer_after_each(monkeypatch):
    stop, waits = threading.Event(), []

    def wait(seconds):
        waits.append(seconds)
        if len(waits) == 6:
            stop.set()

    def broken():
        if len(waits) < 5:
            raise OperationalError

    monkeypatch.setattr(stop, "wait", wait)
    repeat(broken, stop, every=2.0)

    assert waits == [4.0, 8.0, 16.0, 30.0, 30.0, 2.0]


@pytest.fixture
def sweeper(transactional_db):
    """A running sweeper process without Redis; killed if it does not end by itself."""
    environment = {**os.environ, "REDIS_URL": NOBODY_LISTENS}
    for variable, alias in (("DATABASE_URL", "default"), ("KEYS_DATABASE_URL", "keys")):
        url, _, _ = os.environ[variable].rpartition("/")
        name = settings.DATABASES[alias]["NAME"]
        environment[variable] = f"{url}/{name}"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sweeper", "--every", "0.2"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()
    process.stdout.close()


def wait_for(question, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return
        time.sleep(0.1)
    raise AssertionError("waited in vain")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_sweeper_works_without_redis_survives_its_database_and_ends_when_asked(sweeper):
    company = Company()
    overdue(company)
    wait_for(lambda: TicketEvent.objects.count() == 2)
    # the sign of life is written after the sweep: what is cut off between them is not counted
    wait_for(lambda: SweepBeat.objects.filter(waker="sweeper", fired=2).exists())

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user"
            " AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 1
    overdue(company)
    wait_for(lambda: TicketEvent.objects.count() == 4)

    sweeper.send_signal(signal.SIGTERM)
    assert sweeper.wait(timeout=60) == 0
    said = sweeper.stdout.read()
    assert "sweeper started" in said
    assert "failed: OperationalError" in said
    assert "sweeper stopped" in said
    assert SweepBeat.objects.get(waker="sweeper").fired == 4
