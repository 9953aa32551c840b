"""The demo company is what its description says, the same from the same seed."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from django.core.management import call_command
from django.db.models import F, OuterRef, Subquery

from complaints.enums import CallState, ClockKind, EventKind, State, StepEffect
from complaints.models import CallBack, CoOwnership, LadderStep, Ticket, TicketClock, TicketEvent
from complaints.rights import SECOND_PERSON
from complaints.services import audit, escalation
from core.clock import database_now
from demo import accounts
from demo.services import loading
from demo.services.scenes import daily
from organisation.enums import UnitLevel
from organisation.models import Dwelling, Post, Role, Staff, Unit
from residents.models import KeyAccount, Person
from residents.services import people

AT = dt.datetime(2026, 11, 20, 2, 0, tzinfo=dt.UTC)
ESCALATED = EventKind.ESCALATED

pytestmark = pytest.mark.django_db


def _build(at=AT, **size):
    wanted = {"residents": 200, "tickets": 300, **size}
    return loading.build(loading.Size(**wanted), random=Random(7), at=at, say=str)


def test_the_company_is_small_and_complete():
    _build()
    assert Unit.objects.filter(level=UnitLevel.REGION).count() == 3
    assert Unit.objects.filter(level=UnitLevel.COMMUNITY).count() == 12
    assert 55 <= Staff.objects.count() <= 70
    filled = set(Post.objects.values_list("role__code", flat=True))
    assert set(Role.objects.values_list("code", flat=True)) - filled == set()
    assert KeyAccount.objects.count() == 2
    assert Person.objects.count() == 200
    assert Dwelling.objects.count() == 150
    assert Ticket.objects.count() == 300


def test_the_same_seed_gives_the_same_company():
    _build()
    kinds = list(Ticket.objects.order_by("id").values_list("kind", "state", "received_at"))
    names = list(Staff.objects.order_by("id").values_list("name", flat=True))
    from demo import names as made_up

    random = Random(7)
    assert names[:3] == [made_up.person(random) for _ in range(3)]
    assert len(set(kinds)) > 200


@pytest.mark.parametrize(
    "at",
    [
        dt.datetime(2026, 11, 28, 18, 46, tzinfo=dt.UTC),  # a night before a Sunday
        dt.datetime(2026, 2, 20, 4, 0, tzinfo=dt.UTC),  # in the Spring Festival
    ],
)
def test_the_day_of_the_first_community_can_be_told_on_any_day(at):
    stage = _build(at=at)
    taken = TicketEvent.objects.filter(kind=EventKind.TAKEN_OVER)
    before = set(taken.values_list("pk", flat=True))
    daily.play(stage)
    assert taken.exclude(pk__in=before).get().ticket.state == State.IN_PROGRESS


def test_every_account_that_is_printed_can_sign_in(capsys):
    _build()
    for account in accounts.STAFF:
        staff = Staff.objects.get(username=account.username)
        assert staff.check_password(accounts.PASSWORD)
        assert staff.posts.filter(role__code=account.role).exists()
    call_command("demo_accounts")
    printed = capsys.readouterr().out
    assert all(account.username in printed for account in accounts.STAFF)
    assert accounts.PASSWORD in printed


def test_the_demo_resident_is_found_by_number():
    _build()
    from core.actors import SYSTEM

    (match,) = people.look_up(accounts.RESIDENT_PHONE, actor=SYSTEM)
    assert len(match.homes) == 1


def test_what_is_loaded_is_what_the_engine_would_have_written():
    """Nothing is overdue for the sweep, and the auditor finds nothing amiss."""
    now = database_now()
    _build(at=now)
    before = TicketEvent.objects.filter(kind=ESCALATED).count()
    assert before > 20
    escalation.sweep(now)
    late = TicketEvent.objects.filter(kind=ESCALATED, occurred_at__lt=now)
    assert late.count() == before
    assert not any(audit.audit(now).problems.values())


def test_each_escalation_does_what_its_ladder_says():
    _build(tickets=900)
    step = LadderStep.objects.filter(
        policy=OuterRef("clock__policy"),
        clock_kind=OuterRef("clock__kind"),
        level=OuterRef("level"),
    )
    events = TicketEvent.objects.filter(kind=ESCALATED).annotate(
        promised=Subquery(step.values("effect"))
    )
    assert set(events.values_list("effect", flat=True)) == set(StepEffect.values)
    assert not events.exclude(effect=F("promised")).exists()

    answering = set(events.filter(effect="co_own").values_list("ticket_id", "post_id"))
    owning = set(CoOwnership.objects.values_list("ticket_id", "post_id"))
    assert owning == answering


def test_a_ticket_lies_where_it_was_taken_or_given_last():
    _build(tickets=900)
    moves = (EventKind.ASSIGNED, EventKind.TAKEN_OVER, EventKind.GIVEN_BACK)
    last = (
        TicketEvent.objects.filter(ticket=OuterRef("pk"), kind__in=moves)
        .order_by("-occurred_at", "-id")
        .values("post_id")[:1]
    )
    assert TicketEvent.objects.filter(kind=EventKind.TAKEN_OVER).exists()
    assert not Ticket.objects.annotate(holder=Subquery(last)).exclude(post=F("holder")).exists()


def test_only_who_handles_has_resolved_and_a_second_person_closed_what_was_serious():
    _build(tickets=900)
    resolved = TicketEvent.objects.filter(kind=EventKind.RESOLVED)
    handling = Post.objects.filter(role__permissions__contains=["tickets.handle"])
    assert not resolved.exclude(staff__in=handling.values("holder")).exists()

    closed = TicketEvent.objects.filter(
        kind=EventKind.CLOSED, ticket__severity__in=SECOND_PERSON
    ).exclude(staff=None)
    assert closed.exists()
    own = resolved.filter(ticket=OuterRef("ticket")).values("staff")[:1]
    assert not closed.filter(staff=Subquery(own)).exists()
    serious = Ticket.objects.filter(severity__in=SECOND_PERSON, state=State.CLOSED)
    assert serious.count() == closed.count()


def test_what_promises_a_call_back_has_one():
    _build(tickets=900)
    asked = CallBack.objects.filter(state=CallState.SATISFIED)
    assert asked.exists()
    clocks = TicketClock.objects.filter(kind=ClockKind.CALL_BACK)
    assert clocks.count() == CallBack.objects.count()
    waiting = Ticket.objects.filter(state=State.CALL_BACK)
    assert waiting.count() == CallBack.objects.filter(state=CallState.OPEN).count()


def test_history_shows_each_ticket_as_it_is():
    _build()
    shown = {row.id: row for row in Ticket.history.all()}
    for ticket in Ticket.objects.all():
        row = shown[ticket.pk]
        assert (row.state, row.post_id, row.level, row.next_step_at) == (
            ticket.state,
            ticket.post_id,
            ticket.level,
            ticket.next_step_at,
        )


def test_the_tickets_have_a_rhythm():
    _build(tickets=600)
    states = set(Ticket.objects.values_list("state", flat=True))
    assert {State.CLOSED, State.IN_PROGRESS} <= states
    hours = [
        moment.astimezone(dt.timezone(dt.timedelta(hours=8))).hour
        for moment in Ticket.objects.values_list("received_at", flat=True)
    ]
    assert sum(8 <= hour <= 20 for hour in hours) > 0.7 * len(hours)
    assert TicketClock.objects.filter(state="broken").exists()
    assert TicketClock.objects.filter(state="kept").exists()
