"""Call-back: who is asked, by whom, and what each outcome does."""

import datetime as dt

import pytest

from complaints.enums import CallState, ClockKind, ClockState, EventKind, Severity, State
from complaints.models import CallBack, LadderStep, Ticket, TicketEvent
from complaints.services import call_backs, escalation, lifecycle, timeline
from complaints.services.audit import audit
from complaints.services.call_backs import CalledBackAlready, NobodyToCall
from complaints.services.lifecycle import CallBackMissing
from core.actors import SYSTEM, Actor
from core.errors import InvalidInput, InvalidTransition, LimitReached, NotAllowed
from notifications.models import Notice
from tests.complaints.conftest import bring_to, minutes
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db

SOLVED = A_MORNING + minutes(20)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def serious(company, resident):
    return make_ticket(company, severity=Severity.SERIOUS, reporter_subject=resident.subject_id)


def solve(ticket, doer=SYSTEM, at=SOLVED):
    ticket = bring_to(State.IN_PROGRESS, ticket, actor=doer)
    return lifecycle.resolve(ticket, actor=doer, reply="已处理", at=at)


def call(ticket, caller, result, at, note=""):
    return call_backs.record(ticket, actor=caller, result=result, note=note, at=at)


def told(template, post):
    return Notice.objects.filter(template=template, post=post).count()


class TestWhoIsAsked:
    @pytest.mark.parametrize("severity", [Severity.SERIOUS, Severity.SAFETY])
    def test_serious_and_safety_are_called_back_about_within_a_day(
        self, company, resident, severity
    ):
        ticket = make_ticket(company, severity=severity, reporter_subject=resident.subject_id)
        ticket = solve(ticket)
        assert ticket.state == State.CALL_BACK
        task = CallBack.objects.get(ticket=ticket)
        clock = ticket.clocks.get(kind=ClockKind.CALL_BACK)
        assert (task.state, task.post, task.due_at) == (
            CallState.OPEN,
            company.agent,
            SOLVED + dt.timedelta(days=1),
        )
        assert (clock.state, clock.due_at) == (ClockState.RUNNING, task.due_at)
        assert ticket.next_step_at == clock.next_fire_at
        assert told("ticket_call_back", company.agent) == 1

    def test_an_ordinary_complaint_waits_for_the_resident_alone(self, ticket):
        assert solve(ticket).state == State.RESOLVED
        assert not CallBack.objects.exists()

    def test_where_nobody_is_known_nobody_is_asked(self, company):
        ticket = make_ticket(company, severity=Severity.SERIOUS)
        assert solve(ticket).state == State.RESOLVED

    def test_an_integrity_report_is_never_rung_up_about(self, company, resident):
        make_post("discipline_inspector", company.group)
        ticket = make_ticket(
            company, kind="integrity", category_code="other", actor=resident,
            reporter_subject=resident.subject_id,
        )  # fmt: skip
        assert solve(ticket).state == State.RESOLVED

    def test_one_can_be_ordered_once_a_cycle(self, ticket, staff, company):
        resolved = solve(ticket)
        ordered = call_backs.order(resolved, actor=staff.manager, at=SOLVED)
        assert ordered.state == State.CALL_BACK
        satisfied = call(ordered, staff.agent, "satisfied", SOLVED + HOUR)
        with pytest.raises(CalledBackAlready):
            call_backs.order(satisfied, actor=staff.manager, at=SOLVED + 2 * HOUR)
        nobody = solve(make_ticket(company))
        with pytest.raises(NobodyToCall):
            call_backs.order(nobody, actor=staff.manager, at=SOLVED)


class TestWhoAsks:
    def test_never_who_handled_it(self, company, serious, staff):
        ticket = solve(serious, staff.manager)
        with pytest.raises(NotAllowed):
            call(ticket, staff.manager, "satisfied", SOLVED + HOUR)
        assert ticket not in [
            each.ticket for each in CallBack.objects.callable_by(staff.manager, A_MORNING)
        ]
        assert call(ticket, staff.region_head, "satisfied", SOLVED + HOUR).state == State.RESOLVED

    def test_the_task_passes_over_a_caller_who_had_a_part_in_it(self, company, serious, staff):
        supervisor = company.supervisor
        company.supervisor.holder = company.agent.holder
        company.supervisor.save()
        # the agent answers as duty officer too, and did the work
        company.duty.holder = company.agent.holder
        company.duty.save()
        ticket = solve(serious, Actor.staff(company.agent.holder_id))
        assert CallBack.objects.get(ticket=ticket).post not in (company.agent, supervisor)

    def test_an_engineer_has_no_such_right(self, serious, staff):
        with pytest.raises(NotAllowed):
            call(solve(serious), staff.engineer, "satisfied", SOLVED + HOUR)


class TestSatisfied:
    def test_may_be_closed_and_what_is_serious_by_a_second_person(self, serious, staff):
        ticket = solve(serious)
        with pytest.raises(CallBackMissing):
            lifecycle.close(ticket, actor=staff.manager, at=SOLVED + HOUR)
        ticket = call(ticket, staff.agent, "satisfied", SOLVED + HOUR, "很满意")
        task = CallBack.objects.get(ticket=ticket)
        assert (ticket.state, task.state) == (State.RESOLVED, CallState.SATISFIED)
        assert ticket.clocks.get(kind=ClockKind.CALL_BACK).state == ClockState.KEPT
        # the closing gate still stands: not by itself, but by somebody who did not handle it
        escalation.sweep(SOLVED + dt.timedelta(days=8))
        assert Ticket.objects.get(pk=ticket.pk).state == State.RESOLVED
        closed = lifecycle.close(ticket, actor=staff.manager, at=SOLVED + 2 * HOUR)
        assert closed.state == State.CLOSED


class TestNotSatisfied:
    def test_reopens_one_level_higher_and_tells_it_once(self, company, serious, staff):
        ticket = solve(serious)
        ticket = call(ticket, staff.agent, "not_satisfied", SOLVED + HOUR, "还在漏水")
        assert (ticket.state, ticket.cycle, ticket.level) == (State.REOPENED, 2, 1)
        up = ticket.events.get(kind=EventKind.ESCALATED)
        assert (up.level, up.post, up.cycle) == (1, company.manager, 2)
        assert told("ticket_not_satisfied", company.manager) == 1
        assert told("ticket_reopened", company.steward) == 1
        assert CallBack.objects.get(ticket=ticket).state == CallState.NOT_SATISFIED
        # the new cycle's promise has its whole ladder
        running = ticket.clocks.get(kind=ClockKind.RESOLVE, cycle=2)
        assert (running.state, running.next_level) == (ClockState.RUNNING, 0)

    def test_needs_the_reason_which_the_resident_reads(self, serious, staff, resident):
        ticket = solve(serious)
        with pytest.raises(InvalidInput) as refused:
            call(ticket, staff.agent, "not_satisfied", SOLVED + HOUR)
        assert list(refused.value.fields) == ["note"]
        call(ticket, staff.agent, "not_satisfied", SOLVED + HOUR, "还在漏水")
        assert ticket.texts.filter(body="还在漏水", visibility="public").exists()

    def test_goes_up_from_where_it_stood(self, company, serious, staff):
        """Late by two levels in the first cycle: now the third, which takes it over."""
        due = serious.clocks.get(kind=ClockKind.RESOLVE).due_at
        serious = bring_to(State.IN_PROGRESS, serious)
        timeline.reply(serious, actor=staff.steward, text="马上到", at=A_MORNING + minutes(2))
        escalation.sweep(due + minutes(300))
        late = Ticket.objects.get(pk=serious.pk)
        assert late.level == 2
        at = due + minutes(301)
        solved = lifecycle.resolve(late, actor=SYSTEM, reply="好了", at=at)
        ticket = call(solved, staff.agent, "not_satisfied", at + HOUR, "没好")
        assert (ticket.level, ticket.post) == (3, company.region_manager)
        assert ticket.events.filter(kind=EventKind.TAKEN_OVER, cycle=2).count() == 1

    def test_every_time_one_higher_and_never_twice_the_same(self, company, serious, staff):
        at, levels = SOLVED, []
        ticket = serious
        for _ in range(6):
            ticket = solve(ticket, at=at) if ticket.state == State.ASSIGNED else _again(ticket, at)
            ticket = call(ticket, staff.agent, "not_satisfied", at + HOUR, "没好")
            levels.append(ticket.level)
            at += 2 * HOUR
        assert levels == [1, 2, 3, 4, 5, 6]
        clocks = ticket.events.filter(kind=EventKind.ESCALATED).values_list("clock", "level")
        assert len(set(clocks)) == len(clocks) == 6

    def test_the_auditor_finds_nothing_wrong(self, serious, staff):
        ticket = call(solve(serious), staff.agent, "not_satisfied", SOLVED + HOUR, "没好")
        due = ticket.clocks.get(kind=ClockKind.FIRST_RESPONSE, cycle=2).due_at
        escalation.sweep(due + minutes(1))
        problems = audit(due + minutes(2)).problems
        assert {"level_wrong", "level_after_the_end", "level_missing"} & set(problems) == set()


def _again(ticket, at):
    ticket = lifecycle.accept(ticket, actor=SYSTEM, at=at)
    ticket = lifecycle.start(ticket, actor=SYSTEM, at=at)
    return lifecycle.resolve(ticket, actor=SYSTEM, reply="又处理了", at=at)


class TestNoAnswer:
    def test_three_times_in_two_days_is_closed_as_unreachable_and_says_so(
        self, company, serious, staff, resident
    ):
        ticket = solve(serious)
        for hours in (1, 20, 40):
            ticket = call(ticket, staff.agent, "no_answer", SOLVED + hours * HOUR)
        assert (ticket.state, ticket.next_step_at) == (State.CLOSED, None)
        assert CallBack.objects.get(ticket=ticket).state == CallState.UNREACHABLE
        closed = ticket.events.get(kind=EventKind.CLOSED)
        assert (closed.visibility, closed.reason_code) == ("public", "unreachable")
        assert Notice.objects.filter(
            template="ticket_closed", subject_id=resident.subject_id
        ).exists()

    def test_two_are_not_enough(self, serious, staff):
        ticket = solve(serious)
        for hours in (1, 20):
            ticket = call(ticket, staff.agent, "no_answer", SOLVED + hours * HOUR)
        assert ticket.state == State.CALL_BACK

    def test_ringing_again_at_once_is_no_attempt(self, serious, staff):
        ticket = call(solve(serious), staff.agent, "no_answer", SOLVED + HOUR)
        with pytest.raises(LimitReached):
            call(ticket, staff.agent, "no_answer", SOLVED + HOUR + minutes(5))
        assert ticket.events.filter(kind=EventKind.CALLED_BACK).count() == 1

    def test_an_answer_after_two_without_counts(self, serious, staff):
        ticket = solve(serious)
        for hours in (1, 20):
            ticket = call(ticket, staff.agent, "no_answer", SOLVED + hours * HOUR)
        assert call(ticket, staff.agent, "satisfied", SOLVED + 21 * HOUR).state == State.RESOLVED


class TestByAnotherRoad:
    def test_the_resident_reopens_without_waiting_for_the_call(self, serious, resident, company):
        ticket = lifecycle.reopen(solve(serious), actor=resident, reason="没好", at=SOLVED + HOUR)
        assert ticket.state == State.REOPENED
        assert CallBack.objects.get(ticket=ticket).state == CallState.CANCELLED
        assert ticket.clocks.get(kind=ClockKind.CALL_BACK).state == ClockState.CANCELLED
        # nobody above is told: the resident has not been asked twice
        assert not ticket.events.filter(kind=EventKind.ESCALATED).exists()

    def test_the_resident_closes_what_is_not_serious(self, ticket, resident, staff):
        asked = call_backs.order(solve(ticket), actor=staff.manager, at=SOLVED)
        closed = lifecycle.close(asked, actor=resident, at=SOLVED + HOUR)
        assert closed.state == State.CLOSED
        assert CallBack.objects.get(ticket=closed).state == CallState.CANCELLED

    def test_a_finished_one_takes_no_further_attempt(self, serious, staff):
        ticket = call(solve(serious), staff.agent, "satisfied", SOLVED + HOUR)
        with pytest.raises(InvalidTransition):
            call(ticket, staff.agent, "no_answer", SOLVED + 2 * HOUR)


class TestTheSweep:
    def test_a_late_call_back_is_told_to_the_region_once_and_never_closes(
        self, company, serious, staff
    ):
        ticket = solve(serious)
        due = SOLVED + dt.timedelta(days=1)
        for moment in (due, due + HOUR, due + dt.timedelta(days=1), due + dt.timedelta(days=9)):
            escalation.sweep(moment)
        ticket.refresh_from_db()
        up = ticket.events.filter(kind=EventKind.ESCALATED).order_by("level")
        assert [(each.level, each.post) for each in up] == [
            (1, company.region_head),
            (2, company.region_manager),
        ]
        assert ticket.state == State.CALL_BACK
        assert ticket.next_step_at is not None
        # when no level is left the duty queue looks at it
        assert ticket.events.filter(kind=EventKind.REVIEWED, post=company.duty).exists()

    def test_without_a_clock_the_duty_queue_looks_in_a_day(self, ticket, staff):
        asked = call_backs.order(solve(ticket), actor=staff.manager, at=SOLVED)
        assert asked.next_step_at == SOLVED + dt.timedelta(days=1)

    def test_its_ladder_is_data(self):
        for code in ("safety", "complaint_serious", "key_account"):
            steps = LadderStep.objects.filter(policy__code=code, clock_kind="call_back")
            assert list(steps.order_by("level").values_list("after_minutes", "role__code")) == [
                (0, "region_service_head"),
                (1440, "region_general_manager"),
            ]


def test_a_key_account_is_asked_by_its_region_and_by_nobody_else(company, staff):
    department = make_post("key_account_manager", company.group)
    account = _account(department, company)
    ticket = solve(make_ticket(company, account=account))
    assert ticket.state == State.CALL_BACK
    assert CallBack.objects.get(ticket=ticket).post == company.region_head
    for stranger in (Actor.staff(department.holder_id), staff.agent, staff.supervisor):
        with pytest.raises(NotAllowed):
            call(ticket, stranger, "satisfied", SOLVED + HOUR)
    assert call(ticket, staff.region_head, "satisfied", SOLVED + HOUR).state == State.RESOLVED


def test_where_the_region_s_head_had_it_the_general_manager_asks(company, staff):
    account = _account(make_post("key_account_manager", company.group), company)
    ticket = make_ticket(company, account=account)
    due = ticket.clocks.get(kind=ClockKind.RESOLVE).due_at
    escalation.sweep(due)
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert ticket.post == company.region_head  # unsolved in time: the region's customer service
    assert TicketEvent.objects.filter(ticket=ticket, kind=EventKind.TAKEN_OVER).count() == 1
    ticket = solve(ticket, staff.region_head, due + HOUR)
    assert CallBack.objects.get(ticket=ticket).post == company.region_manager
    with pytest.raises(NotAllowed):
        call(ticket, staff.region_head, "satisfied", due + 2 * HOUR)


def _account(manager, company):
    from residents.enums import AccountTier
    from residents.models import KeyAccount

    account = KeyAccount.objects.create(
        code="KA1", name="重庆某公司", tier=AccountTier.STANDARD, manager=manager
    )
    account.communities.add(company.community)
    return account
