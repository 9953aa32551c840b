"""A ticket moves as the workflow says, and each move leaves what it promises."""

import datetime as dt

import pytest

from complaints.enums import Action, EventKind, Severity, State, TextRole, Visibility
from complaints.models import Ticket, TicketEvent
from complaints.reasons import NEXT_STEP, RejectReason
from complaints.services import call_backs, lifecycle, timeline, waits
from complaints.services.closing_gate import AnswerMissing, EvidenceMissing
from core.actors import SYSTEM, Actor
from core.errors import InvalidInput, InvalidTransition, NotAllowed, StaleVersion
from notifications.models import Notice
from tests.complaints.conftest import act, bring_to, minutes
from tests.factories import A_MORNING, StaffFactory, make_post, make_ticket

pytestmark = pytest.mark.django_db

LATER = A_MORNING + minutes(30)


def kinds(ticket):
    return list(ticket.events.order_by("id").values_list("kind", flat=True))


def test_the_steward_takes_it_to_the_end_and_the_resident_closes(ticket, staff, resident):
    for verb in ("accept", "start", "resolve"):
        ticket = act(ticket, verb, actor=staff.steward)
    ticket = lifecycle.close(ticket, actor=resident, at=LATER)
    assert (ticket.state, ticket.resolved_at, ticket.ended_at, ticket.next_step_at) == (
        State.CLOSED,
        A_MORNING + minutes(1),
        LATER,
        None,
    )
    assert kinds(ticket) == [
        "received", "assigned", "accepted", "started", "resolved", "closed"
    ]  # fmt: skip
    assert ticket.version == 5
    assert Ticket.objects.get(pk=ticket.pk).state == State.CLOSED


def test_an_event_says_what_moved_where_and_by_whom(ticket, staff, company):
    act(ticket, "accept", actor=staff.steward, at=LATER)
    event = ticket.events.get(kind=EventKind.ACCEPTED)
    assert (event.action, event.from_state, event.to_state) == (
        Action.ACCEPT,
        State.ASSIGNED,
        State.ACCEPTED,
    )
    assert (event.staff_id, event.occurred_at) == (company.steward.holder_id, LATER)


def test_a_stale_version_changes_nothing_and_tells_the_current_one(ticket, staff):
    act(ticket, "accept", actor=staff.steward, version=1)
    with pytest.raises(StaleVersion) as refused:
        act(ticket, "start", actor=staff.steward, version=1)
    assert refused.value.extra == {"version": 2}
    assert Ticket.objects.get(pk=ticket.pk).state == State.ACCEPTED


def test_an_action_out_of_turn_is_refused(ticket, staff):
    with pytest.raises(InvalidTransition):
        act(ticket, "resolve", actor=staff.steward)
    assert kinds(ticket) == ["received", "assigned"]


def test_a_resolve_tells_the_resident_what_was_done(ticket, staff, resident):
    ticket = bring_to(State.IN_PROGRESS, ticket, actor=staff.steward)
    ticket = act(ticket, "resolve", actor=staff.steward, reply="已劝止，装修改到白天")
    text = ticket.texts.get(role=TextRole.REPLY)
    assert (text.body, text.visibility, text.event.kind) == (
        "已劝止，装修改到白天",
        Visibility.PUBLIC,
        EventKind.RESOLVED,
    )
    assert Notice.objects.filter(template="ticket_resolved", subject=resident.subject_id).exists()


def test_a_resolve_without_a_word_is_refused(ticket, staff):
    ticket = bring_to(State.IN_PROGRESS, ticket, actor=staff.steward)
    with pytest.raises(InvalidInput):
        act(ticket, "resolve", actor=staff.steward, reply=" ")


class TestClosing:
    def test_the_handler_does_not_close_alone(self, ticket, staff):
        ticket = bring_to(State.RESOLVED, ticket, actor=staff.manager)
        with pytest.raises(NotAllowed):
            lifecycle.close(ticket, actor=staff.manager, at=LATER)

    def test_nor_whoever_holds_the_post(self, ticket, staff, company):
        ticket = lifecycle.assign(ticket, actor=staff.dispatcher, post=company.manager, at=LATER)
        for verb in ("accept", "start", "resolve"):
            ticket = act(ticket, verb, actor=staff.steward)
        with pytest.raises(NotAllowed):
            lifecycle.close(ticket, actor=staff.manager, at=LATER)

    def test_another_member_of_staff_does(self, ticket, staff):
        ticket = bring_to(State.RESOLVED, ticket, actor=staff.steward)
        assert lifecycle.close(ticket, actor=staff.manager, at=LATER).state == State.CLOSED

    @pytest.mark.parametrize("severity", [Severity.SERIOUS, Severity.SAFETY])
    def test_a_serious_one_needs_a_second_member_of_staff(self, company, staff, resident, severity):
        ticket = make_ticket(company, reporter_subject=resident.subject_id, severity=severity)
        ticket = bring_to(State.RESOLVED, ticket, actor=staff.steward)
        ticket = call_backs.record(ticket, actor=staff.agent, result="satisfied", at=LATER)
        for actor in (resident, SYSTEM, staff.steward):
            with pytest.raises(NotAllowed):
                lifecycle.close(ticket, actor=actor, at=LATER)
        assert lifecycle.close(ticket, actor=staff.manager, at=LATER).state == State.CLOSED

    def test_without_an_answer_in_this_cycle_it_stays_open(self, ticket):
        """A reply of an earlier cycle answers nothing now."""
        ticket = bring_to(State.RESOLVED, ticket)
        Ticket.objects.filter(pk=ticket.pk).update(cycle=2)
        with pytest.raises(AnswerMissing):
            lifecycle.close(ticket, actor=SYSTEM, at=LATER)

    def test_where_the_category_asks_for_a_photo_there_must_be_one(self, company, staff):
        ticket = make_ticket(company, category_code="lifts", kind="repair")
        ticket = bring_to(State.IN_PROGRESS, ticket, actor=staff.engineer)
        with pytest.raises(EvidenceMissing):
            act(ticket, "resolve", actor=staff.engineer)
        assert Ticket.objects.get(pk=ticket.pk).state == State.IN_PROGRESS


class TestReopening:
    def test_a_new_cycle_begins_with_new_clocks(self, ticket, resident):
        ticket = bring_to(State.CLOSED, ticket)
        ticket = lifecycle.reopen(ticket, actor=resident, reason="又开始了", at=LATER)
        assert (ticket.state, ticket.cycle, ticket.level) == (State.REOPENED, 2, None)
        assert (ticket.resolved_at, ticket.ended_at) == (None, None)
        again = ticket.clocks.filter(cycle=2)
        assert {clock.kind: clock.started_at for clock in again} == {
            "first_response": LATER,
            "resolve": LATER,
        }
        assert ticket.next_step_at == min(clock.next_fire_at for clock in again)

    def test_the_post_hears_of_it(self, ticket, resident, company):
        ticket = bring_to(State.RESOLVED, ticket)
        lifecycle.reopen(ticket, actor=resident, reason="又开始了", at=LATER)
        assert Notice.objects.filter(template="ticket_reopened", post=company.steward).exists()

    def test_it_may_be_rated_again(self, ticket, resident):
        ticket = bring_to(State.RESOLVED, ticket)
        ticket = timeline.rate(ticket, actor=resident, handling=1, outcome=1, at=LATER)
        ticket = act(ticket, "reopen", actor=resident)
        ticket = bring_to_resolved_again(ticket)
        ticket = timeline.rate(ticket, actor=resident, handling=5, outcome=4, at=LATER)
        rated = ticket.events.filter(kind=EventKind.RATED).order_by("cycle")
        assert [(e.cycle, e.handling_score, e.outcome_score) for e in rated] == [
            (1, 1, 1),
            (2, 5, 4),
        ]


def bring_to_resolved_again(ticket):
    for verb in ("accept", "start", "resolve"):
        ticket = act(ticket, verb)
    return ticket


class TestAssigning:
    def test_the_new_post_has_it_and_hears_of_it(self, ticket, staff, company):
        ticket = lifecycle.assign(
            ticket, actor=staff.dispatcher, post=company.engineer, note="疑似水管", at=LATER
        )
        assert (ticket.post, ticket.state) == (company.engineer, State.ASSIGNED)
        assert Notice.objects.filter(template="ticket_assigned", post=company.engineer).exists()
        assert ticket.texts.get(role=TextRole.NOTE).visibility == Visibility.INTERNAL

    @pytest.mark.parametrize("wrong", ["vacant", "ended", "cannot_handle"])
    def test_a_post_that_cannot_do_it_is_refused(self, ticket, staff, company, wrong):
        posts = {
            "vacant": {"role": "engineer", "vacant": True},
            "ended": {"role": "engineer", "valid_until": dt.date(2026, 3, 1)},
            "cannot_handle": {"role": "hotline_agent"},
        }
        values = dict(posts[wrong])
        post = make_post(values.pop("role"), company.community, **values)
        with pytest.raises(InvalidInput):
            lifecycle.assign(ticket, actor=staff.dispatcher, post=post, at=LATER)

    def test_a_post_elsewhere_could_not_even_see_it(self, ticket, staff, company):
        with pytest.raises(InvalidInput):
            lifecycle.assign(ticket, actor=staff.dispatcher, post=company.far_steward, at=LATER)

    def test_work_begun_goes_back_to_assigned(self, ticket, staff, company):
        ticket = bring_to(State.IN_PROGRESS, ticket, actor=staff.steward)
        ticket = lifecycle.assign(ticket, actor=staff.manager, post=company.engineer, at=LATER)
        assert ticket.state == State.ASSIGNED


class TestRejecting:
    def test_it_gives_reason_and_next_step(self, ticket, staff, resident):
        ticket = act(ticket, "reject", actor=staff.dispatcher, at=LATER)
        event = ticket.events.get(kind=EventKind.REJECTED)
        assert (ticket.state, ticket.ended_at, event.reason_code) == (
            State.REJECTED,
            LATER,
            "out_of_scope",
        )
        assert ticket.texts.get(role=TextRole.REPLY).body == "请向城管反映：12319"
        assert Notice.objects.filter(
            template="ticket_rejected", subject=resident.subject_id
        ).exists()

    def test_who_does_not_accept_it_has_it_looked_at_again(self, ticket, staff, resident):
        ticket = act(ticket, "reject", actor=staff.dispatcher, at=LATER)
        again = lifecycle.reopen(ticket, actor=resident, reason="路灯是小区里的", at=LATER)
        assert (again.state, again.cycle, again.ended_at) == (State.REOPENED, 2, None)
        running = again.clocks.filter(cycle=2, state="running")
        assert set(running.values_list("kind", flat=True)) == {"first_response", "resolve"}
        assert act(again, "accept", actor=staff.steward, at=LATER).state == State.ACCEPTED

    def test_every_reason_has_its_next_step(self):
        assert set(NEXT_STEP) == set(RejectReason)

    @pytest.mark.parametrize("fields", [{"reason_code": "bored"}, {"reply": ""}])
    def test_without_either_it_is_refused(self, ticket, staff, fields):
        with pytest.raises(InvalidInput):
            act(ticket, "reject", actor=staff.dispatcher, **fields)


class TestWithdrawing:
    def test_the_resident_needs_no_reason(self, ticket, resident):
        ticket = lifecycle.withdraw(ticket, actor=resident, at=LATER)
        assert (ticket.state, ticket.ended_at) == (State.WITHDRAWN, LATER)

    def test_staff_do_and_not_the_handler(self, ticket, staff):
        with pytest.raises(InvalidInput):
            lifecycle.withdraw(ticket, actor=staff.agent, at=LATER)
        with pytest.raises(NotAllowed):
            lifecycle.withdraw(ticket, actor=staff.steward, reason="住户说算了", at=LATER)
        ticket = lifecycle.withdraw(ticket, actor=staff.agent, reason="住户来电", at=LATER)
        assert ticket.state == State.WITHDRAWN


class TestWaiting:
    @pytest.mark.parametrize("days", [-1, 0, 15])
    def test_its_end_lies_ahead_and_not_too_far(self, ticket, staff, days):
        ticket = bring_to(State.IN_PROGRESS, ticket, actor=staff.steward)
        with pytest.raises(InvalidInput):
            act(
                ticket,
                "wait_supplier",
                actor=staff.steward,
                at=LATER,
                until=LATER + dt.timedelta(days=days),
            )

    def test_nobody_waits_the_promise_away(self, ticket, staff):
        """Two waits of a fortnight are all of a cycle; a wait of another cycle is not counted."""
        ticket, at = bring_to(State.IN_PROGRESS, ticket, actor=staff.steward), LATER
        for _ in range(2):
            until = at + dt.timedelta(days=13)
            ticket = act(ticket, "wait_supplier", actor=staff.steward, at=at, until=until)
            ticket, at = act(ticket, "resume", actor=staff.steward, at=until), until
        assert waits.waited(ticket) == dt.timedelta(days=26)
        with pytest.raises(InvalidInput) as refused:
            act(ticket, "wait_supplier", actor=staff.steward, at=at, until=at + minutes(2881))
        assert "28 天" in str(refused.value.fields["until"][0])
        ticket = act(ticket, "wait_supplier", actor=staff.steward, at=at)
        ends = set(ticket.clocks.filter(state="paused").values_list("pause_ends_at", flat=True))
        assert ends == {at + dt.timedelta(days=2)}
        ticket = act(ticket, "resume", actor=staff.steward, at=at + dt.timedelta(days=2))
        at += dt.timedelta(days=2)
        with pytest.raises(InvalidInput):
            act(ticket, "wait_resident", actor=staff.steward, at=at)
        for verb in ("resolve", "reopen", "accept", "start"):
            ticket = act(ticket, verb, at=at)
        assert act(ticket, "wait_resident", at=at).state == State.WAITING_RESIDENT

    def test_the_resident_is_told_what_is_wanted(self, ticket, staff, resident):
        ticket = bring_to(State.WAITING_RESIDENT, ticket, actor=staff.steward)
        assert ticket.texts.get(role=TextRole.REPLY).body == "请补充照片"
        assert Notice.objects.filter(
            template="ticket_waiting", subject=resident.subject_id
        ).exists()

    def test_what_the_supplier_owes_stays_internal(self, ticket, staff, resident):
        ticket = bring_to(State.WAITING_SUPPLIER, ticket, actor=staff.steward)
        assert ticket.texts.get(body="请补充照片").visibility == Visibility.INTERNAL

    def test_the_resident_s_answer_lets_the_work_go_on(self, ticket, staff, resident):
        ticket = bring_to(State.WAITING_RESIDENT, ticket, actor=staff.steward)
        ticket = timeline.add(ticket, actor=resident, text="照片在这里", at=LATER)
        assert ticket.state == State.IN_PROGRESS
        assert kinds(ticket)[-2:] == ["added", "resumed"]


def test_every_event_of_a_full_life_is_named_by_the_workflow(ticket):
    """No move is written by hand beside the table."""
    ticket = bring_to(State.REOPENED, ticket)
    moves = TicketEvent.objects.filter(ticket=ticket).exclude(action="")
    assert [(e.from_state, e.action, e.to_state) for e in moves.order_by("id")] == [
        ("received", "assign", "assigned"),
        ("assigned", "accept", "accepted"),
        ("accepted", "start", "in_progress"),
        ("in_progress", "resolve", "resolved"),
        ("resolved", "reopen", "reopened"),
    ]


def test_two_people_of_one_post_both_count_as_handlers(ticket, staff, company):
    stand_in = StaffFactory()
    company.manager.stand_in = stand_in
    company.manager.holder_absent_until = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    company.manager.save()
    ticket = lifecycle.assign(ticket, actor=staff.dispatcher, post=company.manager, at=LATER)
    ticket = bring_to(State.RESOLVED, ticket)
    with pytest.raises(NotAllowed):
        lifecycle.close(ticket, actor=Actor.staff(stand_in.pk), at=LATER)
