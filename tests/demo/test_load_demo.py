"""The demo company is what its description says, the same from the same seed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command

from complaints.enums import EventKind, State
from complaints.models import Ticket, TicketClock, TicketEvent
from complaints.services import audit, escalation
from core.clock import database_now
from demo import accounts
from demo.services import loading
from organisation.enums import UnitLevel
from organisation.models import Dwelling, Post, Role, Staff, Unit
from residents.models import KeyAccount, Person
from residents.services import people

AT = dt.datetime(2026, 11, 20, 2, 0, tzinfo=dt.UTC)


def _load(at=AT, **size):
    said = []
    wanted = {"residents": 200, "tickets": 300, **size}
    assert loading.load(loading.Size(**wanted), seed=7, at=at, say=said.append)
    return said


@pytest.mark.django_db
def test_the_company_is_small_and_complete():
    _load()
    assert Unit.objects.filter(level=UnitLevel.REGION).count() == 3
    assert Unit.objects.filter(level=UnitLevel.COMMUNITY).count() == 12
    assert 55 <= Staff.objects.count() <= 70
    filled = set(Post.objects.values_list("role__code", flat=True))
    assert set(Role.objects.values_list("code", flat=True)) - filled == set()
    assert KeyAccount.objects.count() == 2
    assert Person.objects.count() == 200
    assert Dwelling.objects.count() == 150
    assert Ticket.objects.count() == 300


@pytest.mark.django_db
def test_loading_again_changes_nothing():
    _load()
    assert not loading.load(loading.Size(200, 300), seed=7, at=AT, say=print)
    assert Ticket.objects.count() == 300


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_company():
    _load()
    kinds = list(Ticket.objects.order_by("id").values_list("kind", "state", "received_at"))
    names = list(Staff.objects.order_by("id").values_list("name", flat=True))
    from random import Random

    from demo import names as made_up

    random = Random(7)
    assert names[:3] == [made_up.person(random) for _ in range(3)]
    assert len(set(kinds)) > 200


@pytest.mark.django_db
def test_every_account_that_is_printed_can_sign_in(capsys):
    _load()
    for account in accounts.STAFF:
        staff = Staff.objects.get(username=account.username)
        assert staff.check_password(accounts.PASSWORD)
        assert staff.posts.filter(role__code=account.role).exists()
    call_command("demo_accounts")
    printed = capsys.readouterr().out
    assert all(account.username in printed for account in accounts.STAFF)
    assert accounts.PASSWORD in printed


@pytest.mark.django_db
def test_the_demo_resident_is_found_by_number():
    _load()
    from core.actors import SYSTEM

    (match,) = people.look_up(accounts.RESIDENT_PHONE, actor=SYSTEM)
    assert len(match.homes) == 1


@pytest.mark.django_db
def test_what_is_loaded_is_what_the_engine_would_have_written():
    """Nothing is overdue for the sweep, and the auditor finds nothing amiss."""
    now = database_now()
    _load(at=now)
    before = TicketEvent.objects.filter(kind=EventKind.ESCALATED).count()
    assert before > 20
    escalation.sweep(now)
    late = TicketEvent.objects.filter(kind=EventKind.ESCALATED, occurred_at__lt=now)
    assert late.count() == before
    assert not any(audit.audit(now).problems.values())


@pytest.mark.django_db
def test_the_tickets_have_a_rhythm():
    _load(tickets=600)
    states = set(Ticket.objects.values_list("state", flat=True))
    assert {State.CLOSED, State.ASSIGNED} <= states
    hours = [
        moment.astimezone(dt.timezone(dt.timedelta(hours=8))).hour
        for moment in Ticket.objects.values_list("received_at", flat=True)
    ]
    assert sum(8 <= hour <= 20 for hour in hours) > 0.7 * len(hours)
    assert TicketClock.objects.filter(state="broken").exists()
    assert TicketClock.objects.filter(state="kept").exists()
