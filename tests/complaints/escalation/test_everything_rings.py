"""What rings without anybody asking: the beat, a worker that has started, the sweeper."""

import gc

import pytest
from celery.signals import worker_ready
from django.conf import settings
from django.core.management import call_command

from complaints import tasks
from complaints.enums import EventKind
from complaints.management.commands import sweeper
from complaints.models import TicketEvent
from complaints.services import tenures
from core.actors import SYSTEM
from core.clock import database_now
from jinke_desk.celery import app
from notifications.enums import Channel
from notifications.models import Message, Notice
from organisation.services import posts
from tests.complaints.escalation.world import HOUR, make_policy, make_tickets
from tests.complaints.ties.test_remedies import plan
from tests.factories import StaffFactory

#: how often at least, in seconds: nobody hears of a level later than that for want of a ring
RINGS = {
    "complaints.sweep_due": 15,
    "notifications.deliver_due": 10,
    "complaints.audit_clocks": 60,
    "complaints.recompute_clocks": 60,
    "complaints.tell_new_holders": 60,
    "complaints.tell_late_actions": 300,
}


def test_the_beat_rings_as_often_as_is_promised():
    entries = settings.CELERY_BEAT_SCHEDULE.values()
    every = {task: [e["schedule"] for e in entries if e["task"] == task] for task in RINGS}
    assert all(every.values())
    assert {task: max(seconds) for task, seconds in every.items()} == RINGS


def test_a_worker_that_has_started_rings_for_a_sweep(monkeypatch):
    rung = []
    monkeypatch.setattr(app, "send_task", lambda name, **options: rung.append((name, options)))
    worker_ready.send(sender=None)
    assert rung == [("complaints.sweep_due", {"expires": 15})]


@pytest.fixture
def works(monkeypatch):
    """What the sweeper does again and again, each once, in this thread."""
    found = []

    def once(work, stop, every):
        found.append(work)
        stop.set()

    monkeypatch.setattr(sweeper, "repeat", once)
    monkeypatch.setattr(sweeper, "_stop_on_signals", lambda stop: None)
    monkeypatch.setattr(gc, "freeze", lambda: None)
    call_command("sweeper")
    return found


@pytest.mark.django_db
def test_the_sweeper_alone_does_all_that_falls_due(company, staff, ticket, works, settings):
    settings.QUIET_HOURS = None
    now = database_now()
    make_tickets(company, make_policy(), due_at=now - HOUR, fire_at=now - 3 * HOUR)
    plan(ticket, staff.manager, company.engineer)
    tenures.look(now - HOUR)
    posts.appoint(company.steward, StaffFactory(), actor=SYSTEM, at=now)
    for work in works + works:  # what the first round has written, the second sends
        work()
    kinds = set(TicketEvent.objects.values_list("kind", flat=True))
    assert {EventKind.ESCALATED, EventKind.LAPSED} <= kinds
    assert Notice.objects.filter(template=tenures.POST_TAKEN, post=company.steward).exists()
    assert Message.objects.filter(channel=Channel.EMAIL, attempts=1).exists()


@pytest.mark.django_db
def test_the_task_tells_of_late_corrective_actions(company, staff, ticket):
    plan(ticket, staff.manager, company.engineer)
    assert tasks.tell_late_actions() == 1
    assert tasks.tell_late_actions() == 0
