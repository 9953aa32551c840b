"""A round: the seed before the cut-off, the frame frozen for good, the draw repeatable."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from complaints.enums import EventKind, Visibility
from complaints.models import Ticket, TicketEvent
from core.actors import ActorKind
from core.errors import NotAllowed
from quality import draw as drawing
from quality.enums import RoundState
from quality.errors import CutOffInThePast, CutOffNotReached, FrameIsEmpty, RoundNotAtThisStep
from quality.models import FrameMember, Round, SampleCase
from quality.services import checking, rounds
from tests.quality.conftest import (
    CUT_OFF,
    FROZEN,
    PLANNED,
    Q1,
    Q2,
    answered,
    drawn_round,
    plan_round,
)

pytestmark = pytest.mark.django_db


def test_only_the_hash_of_the_seed_is_readable_before_the_draw(quarter):
    planned = plan_round(quarter)
    assert planned.seed == ""
    assert len(planned.seed_sha256) == 64
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(seed_sealed, 'hex') FROM quality_round")
        (sealed,) = cursor.fetchone()
    answered(quarter.a, 5)
    drawn = rounds.draw(
        rounds.freeze(planned, actor=quarter.manager, at=FROZEN), actor=quarter.manager, at=FROZEN
    )
    assert drawing.commit(drawn.seed) == planned.seed_sha256
    assert drawn.seed not in sealed


def test_a_round_cannot_be_planned_after_its_cut_off(quarter):
    with pytest.raises(CutOffInThePast):
        rounds.plan(
            rounds.Plan("spät", Q1, Q2, CUT_OFF, plan_round(quarter).checklist),
            actor=quarter.manager,
            at=CUT_OFF,
        )


def test_the_table_itself_refuses_a_late_commitment(quarter):
    planned = plan_round(quarter)
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=planned.pk).update(committed_at=CUT_OFF)


def test_a_frame_is_not_frozen_before_the_cut_off(quarter):
    answered(quarter.a, 3)
    with pytest.raises(CutOffNotReached):
        rounds.freeze(plan_round(quarter), actor=quarter.manager, at=CUT_OFF - dt.timedelta(1))


def test_a_quarter_without_answers_has_no_frame(quarter):
    with pytest.raises(FrameIsEmpty):
        rounds.freeze(plan_round(quarter), actor=quarter.manager, at=FROZEN)


def test_steps_have_an_order(quarter):
    answered(quarter.a, 3)
    planned = plan_round(quarter)
    with pytest.raises(RoundNotAtThisStep):
        rounds.draw(planned, actor=quarter.manager, at=FROZEN)
    rounds.freeze(planned, actor=quarter.manager, at=FROZEN)
    with pytest.raises(RoundNotAtThisStep):
        rounds.freeze(planned, actor=quarter.manager, at=FROZEN)


def test_an_inspector_neither_plans_nor_draws(quarter):
    planned = plan_round(quarter)
    with pytest.raises(NotAllowed):
        rounds.freeze(planned, actor=quarter.inspector, at=FROZEN)


@pytest.mark.parametrize(
    ("fields", "inside"),
    [
        ({}, True),
        ({"at": Q1}, True),
        ({"at": Q1 - dt.timedelta(seconds=1)}, False),
        ({"at": Q2}, False),
        ({"at": Q2 - dt.timedelta(seconds=1)}, True),
        ({"kind": "inquiry"}, True),
        ({"kind": "repair"}, False),
        ({"kind": "privacy"}, False),
        ({"kind": "integrity"}, False),
        ({"recorded": FROZEN + dt.timedelta(days=1)}, False),
        ({"answer": EventKind.RESOLVED}, True),
        ({"answer": EventKind.NOTED}, False),
    ],
)
def test_who_belongs_to_the_frame(quarter, fields, inside):
    (sure,) = answered(quarter.b, 1)
    (ticket,) = answered(quarter.a, 1, **fields)
    rounds.freeze(plan_round(quarter), actor=quarter.manager, at=FROZEN)
    members = set(FrameMember.objects.values_list("ticket_public_id", flat=True))
    assert members == ({sure.public_id, ticket.public_id} if inside else {sure.public_id})


def test_a_second_answer_belongs_to_the_quarter_of_the_first(quarter):
    answered(quarter.b, 1)
    (ticket,) = answered(quarter.a, 1, at=Q1 - dt.timedelta(days=3))
    _event(ticket, EventKind.REPLIED, Q1 + dt.timedelta(days=3))
    frozen = rounds.freeze(plan_round(quarter), actor=quarter.manager, at=FROZEN)
    assert ticket.public_id not in rounds.rederived(frozen)
    assert frozen.members.count() == 1


def _event(ticket, kind, at, **columns):
    return TicketEvent.objects.create(
        ticket=ticket,
        kind=kind,
        visibility=Visibility.PUBLIC,
        actor_kind=ActorKind.SYSTEM,
        occurred_at=at,
        recorded_at=at,
        **columns,
    )


def test_a_grave_matter_is_inspected_for_sure(quarter):
    answered(quarter.a, 30)
    (safety,) = answered(quarter.a, 1, severity="safety")
    (reopened,) = answered(quarter.a, 1)
    _event(reopened, EventKind.REOPENED, Q1 + dt.timedelta(days=40))
    drawn = drawn_round(quarter, margin_permille=400)
    certain = set(
        SampleCase.objects.filter(member__stratum__certainty=True).values_list(
            "member__ticket_public_id", flat=True
        )
    )
    assert certain == {safety.public_id, reopened.public_id}
    assert drawn.cases.count() < 15


def test_an_unanswered_complaint_is_counted_not_drawn(quarter):
    answered(quarter.a, 3)
    answered(quarter.a, 2, answer=EventKind.NOTED)
    drawn = drawn_round(quarter)
    assert drawn.unanswered == {"A": 2}
    assert drawn.cases.count() == 3


def test_a_round_can_be_checked_from_what_is_published(quarter):
    answered(quarter.a, 60)
    answered(quarter.b, 40)
    drawn = drawn_round(quarter, margin_permille=200)
    assert set(asdict(checking.check(drawn)).values()) == {True}
    call_command("check_round", str(drawn.public_id))


def test_of_a_round_that_is_only_planned_there_is_nothing_to_check(quarter):
    assert set(asdict(checking.check(plan_round(quarter))).values()) == {None}


def test_what_was_altered_afterwards_is_found_on_each_road(quarter):
    tickets = answered(quarter.a, 60)
    drawn = drawn_round(quarter, margin_permille=200)
    _event(tickets[0], EventKind.REPLIED, Q1 - dt.timedelta(days=40))
    found = checking.check(drawn)
    assert (found.frame_is_unaltered, found.frame_follows_from_events) == (True, False)
    drawn.seed = "0" * 64
    found = checking.check(drawn)
    assert (found.seed_was_committed, found.draw_can_be_repeated) == (False, False)
    with pytest.raises(CommandError):
        call_command("check_round", str(drawn.public_id))


def test_a_frozen_frame_cannot_be_changed_and_stays_the_same_when_tickets_change(quarter):
    tickets = answered(quarter.a, 80)
    frozen = rounds.freeze(plan_round(quarter), actor=quarter.manager, at=FROZEN)
    before = frozen.frame_sha256
    Ticket.objects.filter(pk__in=[t.pk for t in tickets[:50]]).update(severity="urgent")
    for ticket in tickets[:50]:
        _event(ticket, EventKind.REOPENED, FROZEN + dt.timedelta(days=2))
    assert rounds.stored_hash(frozen) == before
    assert rounds.rederived(frozen) == {ticket.public_id for ticket in tickets}
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        FrameMember.objects.update(unit_code="X")


def test_the_state_says_where_the_round_stands(quarter):
    answered(quarter.a, 3)
    planned = plan_round(quarter)
    assert planned.state == RoundState.PLANNED
    assert planned.committed_at == PLANNED
    assert drawn_round(quarter).state == RoundState.DRAWN
