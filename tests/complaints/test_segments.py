"""Who has a ticket in hand, since when, how long, and when that has been too long.

10:00 on Wednesday, 4 March 2026. Where the policy gives a holder 120 working minutes, the first
one's time is over at 12:00.
"""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from complaints import holding
from complaints.clock_math import JUST_AFTER
from complaints.enums import Basis, ClockKind, ClockState, EventKind, State, StepEffect
from complaints.models import LadderStep, Policy, PolicyDuration, TicketClock
from complaints.services import decisions, holders, lifecycle
from complaints.services.escalation import sweep
from core.actors import SYSTEM
from organisation.models import Role
from tests.complaints.conftest import act, bring_to, minutes
from tests.complaints.escalation.world import levels, told
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

HALF = dt.timedelta(minutes=30)


@pytest.fixture
def timed(company):
    """The policy of an ordinary complaint, with two working hours for each holder: a word to them
    at 50 %, the project manager told at due, the region's manager taking over an hour later."""
    policy = Policy.objects.get(code="complaint_ordinary")
    PolicyDuration.objects.create(
        policy=policy, clock_kind=ClockKind.SEGMENT, duration_minutes=120, basis=Basis.WORKING
    )
    rungs = [
        (50, None, None, StepEffect.INFORM),
        (None, 0, "project_manager", StepEffect.INFORM),
        (None, 60, "region_general_manager", StepEffect.TAKE_OVER),
        (None, 120, "group_executive", StepEffect.INFORM),
    ]
    LadderStep.objects.bulk_create(
        LadderStep(
            policy=policy,
            clock_kind=ClockKind.SEGMENT,
            level=level,
            percent=percent,
            after_minutes=after,
            role=Role.objects.get(code=role) if role else None,
            effect=effect,
        )
        for level, (percent, after, role, effect) in enumerate(rungs)
    )
    return policy


@pytest.fixture
def ticket(company, timed):
    return make_ticket(company)


def segments(ticket):
    rows = TicketClock.objects.filter(ticket=ticket, kind=ClockKind.SEGMENT).order_by("pk")
    return [(row.post_id, row.state, row.started_at, row.stopped_at) for row in rows]


class TestTheClock:
    def test_intake_starts_the_first_holder_s(self, company, ticket):
        assert segments(ticket) == [(company.steward.pk, "running", A_MORNING, None)]
        assert ticket.clocks.get(kind=ClockKind.SEGMENT).due_at == A_MORNING + minutes(120)

    def test_assigning_to_somebody_else_ends_it_and_starts_theirs(self, company, ticket):
        at = A_MORNING + HALF
        lifecycle.assign(ticket, actor=SYSTEM, post=company.engineer, at=at)
        assert segments(ticket) == [
            (company.steward.pk, "kept", A_MORNING, at),
            (company.engineer.pk, "running", at, None),
        ]

    def test_assigning_to_the_same_post_goes_on(self, company, ticket):
        lifecycle.assign(ticket, actor=SYSTEM, post=company.steward, at=A_MORNING + HALF)
        assert segments(ticket) == [(company.steward.pk, "running", A_MORNING, None)]

    def test_taking_over_and_giving_back_are_hand_overs(self, company, ticket, staff):
        sweep(A_MORNING + minutes(130))
        one, two = A_MORNING + minutes(131), A_MORNING + minutes(140)
        decisions.take_over(ticket, actor=staff.region_head, at=one)
        decisions.give_back(ticket, actor=staff.region_manager, order="请今天处理", at=two)
        assert [row[0] for row in segments(ticket)] == [
            company.steward.pk,
            company.region_head.pk,
            company.steward.pk,
        ]
        assert [row[1] for row in segments(ticket)][1:] == ["kept", "running"]

    def test_resolving_ends_it_and_reopening_starts_it_anew(self, company, ticket):
        resolved_at, reopened_at = A_MORNING + HALF, A_MORNING + minutes(40)
        bring_to(State.IN_PROGRESS, ticket)
        act(ticket, "resolve", at=resolved_at)
        act(ticket, "reopen", at=reopened_at)
        assert segments(ticket) == [
            (company.steward.pk, "kept", A_MORNING, resolved_at),
            (company.steward.pk, "running", reopened_at, None),
        ]

    @pytest.mark.parametrize("verb", ["withdraw", "reject"])
    def test_an_end_without_solution_voids_it(self, ticket, verb):
        act(ticket, verb)
        assert segments(ticket)[0][1] == ClockState.CANCELLED

    def test_handed_over_while_waiting_it_waits_and_runs_on_in_full(self, company, ticket, staff):
        """Resumed at 12:25, two hours from half past one."""
        sweep(A_MORNING + minutes(130))
        bring_to(State.WAITING_SUPPLIER, ticket, at=A_MORNING + minutes(131))
        decisions.take_over(ticket, actor=staff.region_head, at=A_MORNING + minutes(140))
        new = ticket.clocks.get(kind=ClockKind.SEGMENT, post=company.region_head)
        other = ticket.clocks.get(kind=ClockKind.RESOLVE)
        assert (new.state, new.remaining_minutes) == (ClockState.PAUSED, 120)
        assert new.pause_ends_at == other.pause_ends_at
        act(ticket, "resume", at=A_MORNING + minutes(145))
        new.refresh_from_db()
        assert new.due_at == A_MORNING + minutes(330)

    def test_without_a_duration_in_the_policy_none_runs(self, company):
        assert not segments(make_ticket(company))

    def test_there_is_one_live_at_a_time(self, company, ticket):
        row = ticket.clocks.get(kind=ClockKind.SEGMENT)
        row.pk, row.post = None, company.engineer
        with pytest.raises(IntegrityError, match="one_hand"), transaction.atomic():
            row.save()


class TestItsLadder:
    def test_climbs_for_that_holder_and_begins_anew_for_the_next(self, company, ticket):
        due_at = ticket.clocks.get(kind=ClockKind.SEGMENT).due_at
        sweep(due_at)
        assert [level for level, _ in levels(ticket)][-2:] == [0, 1]
        assert company.manager.pk in told(ticket)
        ticket.refresh_from_db()
        lifecycle.assign(ticket, actor=SYSTEM, post=company.engineer, at=due_at + minutes(1))
        new = ticket.clocks.get(kind=ClockKind.SEGMENT, post=company.engineer)
        assert new.next_level == 0
        sweep(new.next_fire_at)
        assert told(ticket)[-1] == company.engineer.pk

    def test_its_own_taking_over_ends_it_and_starts_the_next(self, company, ticket):
        due_at = ticket.clocks.get(kind=ClockKind.SEGMENT).due_at
        taken_at = due_at + minutes(60)
        sweep(taken_at)
        assert segments(ticket) == [
            (company.steward.pk, "broken", A_MORNING, taken_at + JUST_AFTER),
            (company.region_manager.pk, "running", taken_at, None),
        ]
        ticket.refresh_from_db()
        live = ticket.clocks.filter(state="running").values_list("next_fire_at", flat=True)
        assert ticket.next_step_at == min(live)

    def test_after_an_outage_nothing_fires_for_somebody_who_had_it_no_longer(self, company, ticket):
        """Level 3 was never due: the ticket had changed hands at level 2."""
        first = ticket.clocks.get(kind=ClockKind.SEGMENT)
        sweep(first.due_at + minutes(180))
        fired = first.events.filter(kind=EventKind.ESCALATED).values_list("level", flat=True)
        assert sorted(fired) == [0, 1, 2]
        first.refresh_from_db()
        assert (first.next_level, first.next_fire_at) == (None, None)
        assert not first.events.filter(occurred_at__gt=first.stopped_at).exists()


class TestTheHistory:
    def happened(self, *rows):
        kinds = {"to": EventKind.ASSIGNED}
        return [
            SimpleNamespace(
                kind=kinds.get(kind, "x"),
                occurred_at=A_MORNING + minutes(at),
                to_state=state,
                post_id=post,
            )
            for at, kind, state, post in rows
        ]

    def walk(self, *rows, at=100):
        found = holding.history(self.happened(*rows), lambda a, b: b - a, A_MORNING + minutes(at))
        return [
            (
                held.post_id,
                (held.since - A_MORNING) // minutes(1),
                held.until and (held.until - A_MORNING) // minutes(1),
                held.worked // minutes(1),
            )
            for held in found
        ]

    def test_nobody_held_what_was_never_given(self):
        assert self.walk((0, "", "received", None)) == []

    def test_the_present_holder_s_time_has_no_end(self):
        assert self.walk((0, "to", "assigned", 1)) == [(1, 0, None, 100)]

    def test_waiting_is_not_working(self):
        rows = [(0, "to", "assigned", 1), (10, "", "waiting_resident", None)]
        assert self.walk(*rows) == [(1, 0, None, 10)]
        assert self.walk(*rows, (40, "", "in_progress", None)) == [(1, 0, None, 70)]

    def test_whoever_gets_it_waiting_works_from_its_end(self):
        rows = [
            (0, "to", "assigned", 1),
            (10, "", "waiting_resident", None),
            (30, "to", "", 2),
            (60, "", "in_progress", None),
        ]
        assert self.walk(*rows) == [(1, 0, 30, 10), (2, 30, None, 40)]

    def test_solved_and_reopened_it_is_the_same_post_s_again(self):
        rows = [
            (0, "to", "assigned", 1),
            (20, "", "resolved", None),
            (50, "", "reopened", None),
            (60, "", "accepted", None),
            (70, "", "withdrawn", None),
        ]
        assert self.walk(*rows) == [(1, 0, 20, 20), (1, 50, 70, 20)]

    def test_of_a_real_ticket_it_counts_working_time(self, company, staff):
        ticket = make_ticket(company)
        evening = A_MORNING + minutes(600)
        lifecycle.assign(ticket, actor=staff.manager, post=company.engineer, at=evening)
        first, second = holders.of(ticket, at=evening + minutes(60))
        assert (first.post, first.since, first.until) == (company.steward, A_MORNING, evening)
        # 10 to 12 and half past one to six
        assert (first.worked_minutes, first.basis) == (390, Basis.WORKING)
        assert (second.post, second.until, second.worked_minutes) == (company.engineer, None, 0)


def test_the_ticket_s_page_tells_who_had_it_how_long(company, client):
    ticket = make_ticket(company)
    lifecycle.assign(ticket, actor=SYSTEM, post=company.engineer, at=A_MORNING + HALF)
    client.force_login(company.manager.holder)
    page = client.get(f"/console/tickets/{ticket.public_id}/").content.decode()
    assert "工作时间 30 分" in page
    assert str(company.steward) in page
    assert "现任" in page
