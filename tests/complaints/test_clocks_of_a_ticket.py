"""Clocks start, stop, pause and end with the ticket, on moments worked out by hand.

10:00 on Wednesday, 4 March 2026; an ordinary complaint has 60 working minutes for its first
response and 1,350 for its solution.
"""

import datetime as dt
import random

import pytest

from complaints import workflow
from complaints.enums import ClockKind, ClockState, Severity, State
from complaints.models import Ticket, TicketClock
from complaints.services import extensions, lifecycle, timeline
from complaints.services.escalation import sweep
from complaints.workflow import TERMINAL
from core.actors import SYSTEM
from core.errors import InvalidTransition
from tests.complaints.conftest import ROADS, act, bring_to, give_segments, minutes
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db

FIRST_DUE = A_MORNING + minutes(60)
INSTANT = dt.timedelta(microseconds=1)
DAY = dt.timedelta(days=1)


def clock(ticket, kind, cycle=1):
    return ticket.clocks.get(kind=kind, cycle=cycle)


def first(ticket):
    return clock(ticket, ClockKind.FIRST_RESPONSE)


def seriously(ticket):
    return ticket.severity == Severity.SERIOUS


def resolution(ticket):
    return clock(ticket, ClockKind.RESOLVE)


class TestStopping:
    def test_the_first_public_reply_is_the_first_response(self, ticket, staff):
        timeline.reply(ticket, actor=staff.steward, text="马上处理", at=A_MORNING + minutes(59))
        found = first(ticket)
        assert (found.state, found.stopped_at) == (ClockState.KEPT, A_MORNING + minutes(59))
        assert (found.next_level, found.next_fire_at) == (None, None)
        assert resolution(ticket).state == ClockState.RUNNING

    def test_a_note_is_none(self, ticket, staff):
        timeline.note(ticket, actor=staff.steward, text="已电话联系", at=A_MORNING + minutes(5))
        assert first(ticket).state == ClockState.RUNNING

    def test_accepting_is_none(self, ticket, staff):
        lifecycle.accept(ticket, actor=staff.steward, at=A_MORNING + minutes(5))
        assert first(ticket).state == ClockState.RUNNING

    @pytest.mark.parametrize(
        ("at", "state"), [(FIRST_DUE, ClockState.KEPT), (FIRST_DUE + INSTANT, ClockState.BROKEN)]
    )
    def test_exactly_at_due_is_kept(self, ticket, at, state):
        timeline.reply(ticket, actor=SYSTEM, text="马上处理", at=at)
        assert first(ticket).state == state

    def test_resolving_stops_both(self, ticket):
        bring_to(State.RESOLVED, ticket, at=FIRST_DUE + minutes(1))
        assert first(ticket).state == ClockState.BROKEN
        assert resolution(ticket).state == ClockState.KEPT

    def test_a_second_reply_moves_nothing(self, ticket):
        timeline.reply(ticket, actor=SYSTEM, text="马上处理", at=A_MORNING + minutes(5))
        timeline.reply(ticket, actor=SYSTEM, text="还在处理", at=FIRST_DUE + minutes(5))
        assert first(ticket).stopped_at == A_MORNING + minutes(5)

    def test_a_rejection_answers_and_voids_the_rest(self, ticket):
        act(ticket, "reject")
        assert (first(ticket).state, resolution(ticket).state) == (
            ClockState.KEPT,
            ClockState.CANCELLED,
        )

    def test_a_withdrawal_voids_all(self, ticket):
        act(ticket, "withdraw", at=FIRST_DUE + minutes(5))
        assert first(ticket).state == resolution(ticket).state == ClockState.CANCELLED


class TestPausing:
    """Paused at 10:20, after 20 of its minutes; `wait_supplier` answers nobody."""

    def paused(self, ticket, until=None):
        ticket = bring_to(State.IN_PROGRESS, ticket)
        return act(ticket, "wait_supplier", at=A_MORNING + minutes(20), until=until)

    def test_what_remains_is_kept_and_the_pause_ends(self, ticket):
        ticket = self.paused(ticket)
        found = first(ticket)
        assert (found.state, found.remaining_minutes, found.due_at) == (
            ClockState.PAUSED,
            40,
            None,
        )
        assert (found.next_level, found.next_fire_at) == (0, None)
        assert found.pause_ends_at == A_MORNING + minutes(20) + 3 * DAY == ticket.next_step_at

    def test_afterwards_due_has_moved_by_the_pause(self, ticket):
        ticket = self.paused(ticket)
        ticket = lifecycle.resume(ticket, actor=SYSTEM, at=A_MORNING + minutes(50))
        found = first(ticket)
        assert (found.state, found.due_at) == (ClockState.RUNNING, FIRST_DUE + minutes(30))
        assert found.next_fire_at == A_MORNING + minutes(48 + 30) == ticket.next_step_at
        assert (found.remaining_minutes, found.pause_ends_at) == (None, None)

    def test_resolving_from_a_pause_settles_it(self, ticket):
        """Long after the old due, but with 40 minutes in hand."""
        ticket = self.paused(ticket)
        act(ticket, "resolve", at=FIRST_DUE + minutes(45))
        found = first(ticket)
        assert (found.state, found.stopped_at) == (ClockState.KEPT, FIRST_DUE + minutes(45))
        assert (found.remaining_minutes, found.pause_ends_at) == (None, None)

    def test_a_clock_that_paused_broken_stays_broken(self, ticket):
        ticket = bring_to(State.IN_PROGRESS, ticket)
        ticket = act(ticket, "wait_supplier", at=FIRST_DUE + minutes(1))
        assert first(ticket).remaining_minutes == -1
        act(ticket, "resolve", at=FIRST_DUE + minutes(30))
        assert first(ticket).state == ClockState.BROKEN

    def test_withdrawing_from_a_pause_settles_it(self, ticket):
        ticket = self.paused(ticket)
        ticket = act(ticket, "withdraw", at=FIRST_DUE)
        assert (first(ticket).state, first(ticket).remaining_minutes) == (
            ClockState.CANCELLED,
            None,
        )
        assert ticket.next_step_at is None

    def test_levels_that_fired_stay_fired(self, ticket):
        ticket = bring_to(State.IN_PROGRESS, ticket)
        TicketClock.objects.filter(ticket=ticket, kind=ClockKind.FIRST_RESPONSE).update(
            next_level=1, next_fire_at=FIRST_DUE
        )
        ticket = act(ticket, "wait_supplier", at=A_MORNING + minutes(50))
        lifecycle.resume(ticket, actor=SYSTEM, at=A_MORNING + minutes(55))
        assert (first(ticket).next_level, first(ticket).next_fire_at) == (
            1,
            FIRST_DUE + minutes(5),
        )

    def test_asking_the_resident_is_the_first_response(self, ticket):
        bring_to(State.WAITING_RESIDENT, ticket)
        assert first(ticket).state == ClockState.KEPT
        assert resolution(ticket).state == ClockState.PAUSED

    def test_two_pauses_add_up(self, ticket):
        ticket = self.paused(ticket)
        ticket = lifecycle.resume(ticket, actor=SYSTEM, at=A_MORNING + minutes(30))
        ticket = act(ticket, "wait_supplier", at=A_MORNING + minutes(40))
        ticket = lifecycle.resume(ticket, actor=SYSTEM, at=A_MORNING + minutes(60))
        assert first(ticket).due_at == FIRST_DUE + minutes(30)


class TestNextStep:
    def test_a_resolved_ticket_waits_a_week_for_the_resident(self, ticket):
        ticket = bring_to(State.RESOLVED, ticket)
        assert ticket.next_step_at == ticket.resolved_at + 7 * DAY

    def test_without_a_clock_the_duty_queue_looks_again(self, ticket):
        TicketClock.objects.filter(ticket=ticket).delete()
        ticket = lifecycle.accept(ticket, actor=SYSTEM, at=FIRST_DUE)
        assert ticket.next_step_at == FIRST_DUE + DAY

    def test_after_the_last_level_too(self, ticket):
        TicketClock.objects.filter(ticket=ticket, state="running").update(
            next_level=None, next_fire_at=None
        )
        ticket = lifecycle.accept(ticket, actor=SYSTEM, at=FIRST_DUE)
        assert ticket.next_step_at == FIRST_DUE + DAY

    def test_an_urge_moves_nothing(self, ticket, resident):
        before = list(ticket.clocks.order_by("id").values())
        moved = timeline.urge(ticket, actor=resident, at=A_MORNING + minutes(30))
        assert list(ticket.clocks.order_by("id").values()) == before
        assert moved.next_step_at == ticket.next_step_at

    @pytest.mark.parametrize("seed", range(16))
    def test_it_is_always_the_first_moment_of_its_clocks(self, company, resident, seed):
        """Random lives: after each step, the rule as engine.md says it, asked of the database."""
        chosen = random.Random(seed)
        give_segments("complaint_ordinary")
        ticket = make_ticket(
            company,
            severity=Severity.SERIOUS if seed % 2 else Severity.ORDINARY,
            reporter_subject=resident.subject_id,
        )
        at, taken = A_MORNING, 0
        for step in range(14):
            at += minutes(chosen.randint(1, 600))
            before = Ticket.objects.for_acting().get(pk=ticket.pk)
            moved = self.random_step(before, resident, chosen, at, may_end=step > 10)
            ticket = Ticket.objects.for_acting().get(pk=ticket.pk)
            taken += moved
            expected = self.by_the_book(ticket, at) if moved else before.next_step_at
            assert ticket.next_step_at == expected, (ticket.state, at)
        assert taken > 5

    def random_step(self, ticket, resident, chosen, at, *, may_end):
        """Whether anything happened: a third return is refused, and a second call in a cycle."""
        officer = make_post("duty_officer", ticket.unit).holder.actor
        steps = {
            "reply": lambda: timeline.reply(ticket, actor=SYSTEM, text="答复", at=at),
            "extend": lambda: self.extend(ticket, at),
            "unmerge": lambda: act(ticket, "unmerge", at=at),
            "not_satisfied": lambda: act(
                ticket, "confirm", result="not_satisfied", note="没好", at=at
            ),
            "return": lambda: act(ticket, "return", actor=officer, at=at),
            # a resident ends an ordinary matter, a member of staff a serious one
            "close": lambda: act(
                ticket, "close", actor=officer if seriously(ticket) else resident, at=at
            ),
        }
        verbs = [verb.value for verb in workflow.actions(ticket.state) if verb != "assign"]
        verbs += {
            "call_back": ["not_satisfied"],
            "merged": ["unmerge"],
            "in_progress": ["extend", "reply"],
            "waiting_supplier": ["extend"],
        }.get(ticket.state, [])
        ends = () if may_end else ("withdraw", "reject")
        verb = chosen.choice(["sweep", *(verb for verb in verbs if verb not in ends)])
        if verb == "sweep":
            sweep(at)
            return ticket.next_step_at is not None and ticket.next_step_at <= at
        try:
            steps.get(verb, lambda: act(ticket, verb, at=at))()
        except InvalidTransition:
            return False
        return True

    def extend(self, ticket, at):
        asker, other = (make_post("project_manager", ticket.unit).holder.actor for _ in range(2))
        extensions.ask(
            ticket, actor=asker, minutes=30, reason_code="access", note="约到明天", at=at
        )
        extensions.grant(Ticket.objects.get(pk=ticket.pk), actor=other, at=at)

    def by_the_book(self, ticket, at):
        if ticket.state in ("closed", "withdrawn", "rejected", "merged"):
            return None
        if ticket.state == "resolved":
            return ticket.resolved_at + dt.timedelta(days=7)
        moments = []
        for row in ticket.clocks.filter(state__in=["running", "paused"]).values():
            moments += [row["next_fire_at"], row["pause_ends_at"]]
        moments = [moment for moment in moments if moment]
        return min(moments) if moments else at + dt.timedelta(hours=24)


def test_every_state_has_or_lacks_a_next_step(company, resident):
    for state in ROADS:
        fresh = make_ticket(company, reporter_subject=resident.subject_id)
        ticket = bring_to(state, fresh)
        assert (ticket.next_step_at is None) == (state in TERMINAL), state


def test_safety_runs_on_the_wall_at_night(company):
    night = dt.datetime(2026, 3, 7, 15, 0, tzinfo=dt.UTC)  # Saturday, 23:00 in Shanghai
    ticket = make_ticket(company, category_code="engineering.gas", at=night)
    assert first(ticket).due_at == night + minutes(15)
    assert resolution(ticket).due_at == night + minutes(240)


def test_a_year_without_announcement_marks_the_clock(company):
    far = dt.datetime(2031, 3, 4, 2, 0, tzinfo=dt.UTC)
    ticket = make_ticket(company, at=far)
    assert first(ticket).provisional
