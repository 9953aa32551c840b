"""Where two capabilities meet on one ticket: merging, more time, supervision, segments, call-backs,
co-owners, alarms, policies that change. Each was right by itself.

10:00 on Wednesday, 4 March 2026. `timed` gives each holder two hours of the wall, and its region's
manager takes over an hour later.
"""

import datetime as dt

import pytest

from complaints import policies
from complaints.enums import (
    CallState,
    ClockKind,
    ClockState,
    EventKind,
    Severity,
    State,
    StepEffect,
)
from complaints.models import (
    CallBack,
    CoOwnership,
    DeviceAlert,
    Extension,
    LadderStep,
    Supervision,
    Ticket,
    TicketClock,
    TicketEvent,
)
from complaints.services import (
    call_backs,
    catalogue,
    decisions,
    extensions,
    holders,
    ip_notices,
    lifecycle,
    merging,
    naming,
    returns,
    supervision,
    timeline,
)
from complaints.services.escalation import sweep
from core.actors import SYSTEM, Actor
from core.clock import database_now
from core.errors import InvalidInput, InvalidTransition, NotAllowed
from notifications.models import Notice
from organisation.models import Role
from tests.complaints.conftest import act, bring_to, give_segments, minutes
from tests.complaints.pictures import evidence_of
from tests.complaints.test_ip_notices import notice
from tests.factories import A_MORNING, make_alert, make_post, make_ticket

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
LATER = A_MORNING + minutes(30)


@pytest.fixture
def timed(company):
    return give_segments("complaint_ordinary")


@pytest.fixture
def main(company, timed):
    return make_ticket(company)


@pytest.fixture
def serious(company, resident):
    return make_ticket(company, severity=Severity.SERIOUS, reporter_subject=resident.subject_id)


def fresh(ticket):
    return Ticket.objects.for_acting().get(pk=ticket.pk)


def segments(ticket):
    rows = TicketClock.objects.filter(ticket=ticket, kind=ClockKind.SEGMENT).order_by("pk")
    return [(row.post, row.state) for row in rows]


def live(ticket):
    return set(ticket.clocks.live().values_list("kind", flat=True))


def ask(ticket, actor, at=LATER):
    return extensions.ask(
        ticket, actor=actor, minutes=60, reason_code="access", note="约到明天", at=at
    )


def notices(post, template):
    return Notice.objects.filter(post=post, template=template).count()


class TestMergedWithSomethingRunning:
    def test_the_holder_s_time_rests_and_runs_on_where_it_stopped(
        self, company, ticket, timed, main, staff
    ):
        ticket = make_ticket(company)
        merged = merging.merge(ticket, other=main, actor=staff.manager, at=LATER)
        assert segments(merged) == [(company.steward, ClockState.CANCELLED)]
        sweep(LATER + 5 * HOUR)
        assert not ticket.events.filter(kind=EventKind.ESCALATED).exists()
        back = merging.unmerge(fresh(merged), actor=staff.manager, at=LATER + 5 * HOUR)
        clock = ticket.clocks.get(kind=ClockKind.SEGMENT)
        assert (clock.state, clock.due_at) == (ClockState.RUNNING, LATER + 6.5 * HOUR)
        moments = ticket.clocks.live().values_list("next_fire_at", flat=True)
        assert back.next_step_at == min(moment for moment in moments if moment)

    def test_reopened_out_of_a_merge_one_segment_runs(self, company, main, staff, resident):
        ticket = make_ticket(company, reporter_subject=resident.subject_id)
        merged = merging.merge(ticket, other=main, actor=staff.manager, at=LATER)
        lifecycle.reopen(fresh(merged), actor=resident, reason="不是一回事", at=LATER + HOUR)
        assert segments(ticket) == [
            (company.steward, ClockState.CANCELLED),
            (company.steward, ClockState.RUNNING),
        ]

    def test_more_time_asked_for_rests_too(self, company, ticket, staff):
        other = make_ticket(company)
        working = bring_to(State.IN_PROGRESS, ticket)
        ask(working, staff.steward)
        merged = merging.merge(fresh(ticket), other=other, actor=staff.manager, at=LATER)
        assert fresh(merged).open_extension_id is None
        with pytest.raises(InvalidTransition):
            extensions.grant(fresh(merged), actor=staff.region_head, at=LATER)
        back = merging.unmerge(fresh(merged), actor=staff.manager, at=LATER + HOUR)
        before = back.clocks.get(kind=ClockKind.RESOLVE).due_at
        extensions.grant(fresh(back), actor=staff.region_head, at=LATER + HOUR)
        assert back.clocks.get(kind=ClockKind.RESOLVE).due_at == before + HOUR

    def test_a_request_of_an_ended_cycle_lengthens_nothing(self, ticket, staff):
        working = bring_to(State.IN_PROGRESS, ticket)
        ask(working, staff.steward)
        act(fresh(ticket), "resolve", at=LATER)
        again = act(fresh(ticket), "reopen", at=LATER + HOUR)
        with pytest.raises(extensions.NothingAsked):
            extensions.grant(fresh(again), actor=staff.region_head, at=LATER + HOUR)
        working = act(fresh(again), "accept", at=LATER + HOUR)
        ask(fresh(working), staff.steward, at=LATER + HOUR)
        extensions.grant(fresh(working), actor=staff.region_head, at=LATER + HOUR)
        assert Extension.objects.get(state="granted").clock.cycle == 2

    def test_who_watches_one_watches_what_it_became_part_of(self, company, ticket, staff):
        """Else whoever dispatches could end what somebody above them keeps an eye on."""
        other = make_ticket(company)
        supervision.supervise(ticket, actor=staff.region_head, at=LATER)
        merging.merge(fresh(ticket), other=other, actor=staff.manager, at=LATER)
        watched = Supervision.objects.get(ticket=other)
        assert (watched.post, watched.staff) == (company.region_head, company.region_head.holder)
        assert notices(company.region_head, "ticket_merged") == 1
        assert "end_supervision" not in policies.allowed_actions(staff.manager, fresh(other))
        merging.unmerge(fresh(ticket), actor=staff.manager, at=LATER + HOUR)
        assert Supervision.objects.filter(ended_at=None).count() == 2

    def test_who_watches_both_already_watches_each_once(self, company, ticket, staff):
        other = make_ticket(company)
        for each in (ticket, other):
            supervision.supervise(each, actor=staff.region_head, at=LATER)
        merging.merge(fresh(ticket), other=fresh(other), actor=staff.manager, at=LATER)
        assert Supervision.objects.filter(ticket=other).count() == 1

    def test_what_is_called_back_about_is_neither_merged_nor_withdrawn(
        self, company, serious, staff, resident
    ):
        called = bring_to(State.RESOLVED, serious)
        assert called.state == State.CALL_BACK
        other = make_ticket(company, severity=Severity.SERIOUS)
        for pair in ((called, other), (other, called)):
            with pytest.raises(InvalidTransition):
                merging.merge(pair[0], other=pair[1], actor=staff.manager, at=LATER)
        with pytest.raises(InvalidTransition):
            lifecycle.withdraw(called, actor=resident, at=LATER)
        assert CallBack.objects.get().state == CallState.OPEN

    def test_a_main_ticket_that_is_reopened_after_a_call_keeps_what_was_merged(
        self, company, serious, staff
    ):
        other = make_ticket(company, severity=Severity.SERIOUS)
        merging.merge(other, other=serious, actor=staff.manager, at=LATER)
        called = bring_to(State.RESOLVED, fresh(serious), at=LATER)
        call_backs.record(
            called, actor=staff.agent, result="not_satisfied", note="没修好", at=LATER + HOUR
        )
        assert fresh(other).state == State.MERGED
        assert fresh(serious).merged_ids == [other.pk]

    def test_an_alarm_goes_to_what_its_ticket_was_merged_into(self, company, staff):
        alert = make_alert(company, grade="major")
        main = make_ticket(company, severity=Severity.SERIOUS, at=database_now())
        merging.merge(fresh(alert.ticket), other=main, actor=staff.manager, at=database_now())
        again = _alarm_again(alert)
        assert again.ticket == main
        assert Ticket.objects.count() == 2
        assert DeviceAlert.objects.filter(ticket=main).count() == 1

    @pytest.mark.parametrize("turned", [False, True])
    def test_a_notice_of_a_right_joins_nothing(self, company, ticket, staff, turned):
        """Each has its holder, its days and its decision."""
        make_post("legal_counsel", company.group)
        taken = fresh(ip_notices.take(notice(), at=A_MORNING))
        elsewhere = make_ticket(company, dwelling=None, unit=company.group)
        one, two = (elsewhere, taken) if turned else (taken, elsewhere)
        with pytest.raises(NotAllowed):
            merging.merge(one, other=two, actor=staff.duty, at=LATER)


def _alarm_again(alert):
    from complaints.services import alerts

    alarm = alerts.Alarm(
        system_kind=alert.device.system_kind,
        device_id=alert.device.device_id,
        alarm_code=alert.alarm_code,
        grade=alert.grade,
        event="raised",
        occurred_at=database_now(),
    )
    return alerts.take_in(
        alarm, actor=Actor.machine(alert.device.source_id), at=database_now()
    ).alert


class TestOneLevelUp:
    """Not satisfied at the call-back."""

    def dissatisfied(self, serious, staff, at=LATER):
        called = bring_to(State.RESOLVED, fresh(serious), at=at)
        return call_backs.record(
            called, actor=staff.agent, result="not_satisfied", note="没修好", at=at + HOUR
        )

    def test_a_rung_that_co_owns_makes_its_post_answerable(self, company, serious, staff):
        timeline.reply(serious, actor=staff.steward, text="马上到", at=A_MORNING)
        resolve = serious.clocks.get(kind=ClockKind.RESOLVE)
        sweep(resolve.due_at)
        again = self.dissatisfied(serious, staff, at=resolve.due_at + minutes(1))
        event = again.events.get(kind=EventKind.ESCALATED, cycle=2)
        assert (event.level, event.effect, event.post) == (2, "co_own", company.region_head)
        owning = CoOwnership.objects.standing().get(ticket=serious)
        assert (owning.post, owning.cycle, owning.since) == (company.region_head, 2, event)
        assert policies.is_co_owner(staff.region_head, fresh(serious))

    def test_a_rung_that_takes_over_starts_the_new_holder_s_time_alone(
        self, company, resident, staff
    ):
        policy = give_segments("complaint_serious")
        LadderStep.objects.filter(policy=policy, clock_kind="resolve", level=1).update(
            effect=StepEffect.TAKE_OVER
        )
        catalogue._kept = None
        serious = make_ticket(
            company, severity=Severity.SERIOUS, reporter_subject=resident.subject_id
        )
        again = self.dissatisfied(serious, staff)
        assert again.post == company.manager
        assert segments(serious) == [
            (company.steward, ClockState.KEPT),
            (company.manager, ClockState.RUNNING),
        ]
        assert live(serious) == {"first_response", "resolve", "segment"}


class TestTakenOverBySweep:
    def test_a_co_owner_who_takes_over_has_it_alone_and_a_time_of_its_own(
        self, company, ticket, timed, main
    ):
        LadderStep.objects.filter(policy=timed, clock_kind="segment", level=2).delete()
        LadderStep.objects.filter(policy=timed, clock_kind="resolve", level=3).update(
            role=Role.objects.get(code="region_service_head")
        )
        catalogue._kept = None
        due = main.clocks.get(kind=ClockKind.RESOLVE).due_at
        sweep(due + 4 * HOUR)
        assert CoOwnership.objects.standing().filter(ticket=main).exists()
        sweep(due + DAY)
        taken = fresh(main)
        assert taken.post == company.region_head
        assert not CoOwnership.objects.standing().filter(ticket=main).exists()
        assert segments(main)[-1] == (company.region_head, ClockState.RUNNING)
        timeline.note(taken, actor=SYSTEM, text="已接手", at=due + DAY)
        assert notices(company.region_head, "ticket_co_owned") == 0


class TestHolding:
    def test_what_was_returned_is_the_dispatcher_s(self, company, main, staff):
        back = returns.return_to_dispatch(
            main, actor=staff.steward, reason_code="wrong_place", note="不在本小区", at=LATER,
            draft_id=evidence_of(staff.steward, LATER),
        )  # fmt: skip
        assert segments(main) == [
            (company.steward, ClockState.KEPT),
            (company.dispatcher, ClockState.RUNNING),
        ]
        held = [(each.post, each.until) for each in holders.of(fresh(back), at=LATER + HOUR)]
        assert held == [(company.steward, LATER), (company.dispatcher, None)]


class TestNamedLater:
    def test_who_co_owned_the_report_hears_no_more_of_it(self, company, staff):
        report = make_ticket(company, kind="integrity", category_code="integrity", actor=SYSTEM)
        second = make_post("discipline_inspector", company.region)
        event = TicketEvent.objects.filter(ticket=report).first()
        CoOwnership.objects.create(ticket=report, post=second, cycle=1, since=event)
        Supervision.objects.create(
            ticket=report, post=second, staff=second.holder, started_at=A_MORNING
        )
        naming.name(fresh(report), actor=staff.inspector, names=second.holder.name, at=LATER)
        timeline.note(fresh(report), actor=staff.inspector, text="已约谈", at=LATER)
        bring_to(State.RESOLVED, fresh(report), at=LATER)
        sweep(LATER + 30 * DAY)
        assert not Notice.objects.filter(post=second, created_at__gte=LATER).exists()
        assert policies.allowed_actions(Actor.staff(second.holder_id), fresh(report)) == []


def test_giving_back_what_was_taken_over_leaves_one_time_running(company, main, staff):
    sweep(A_MORNING + 2 * HOUR)
    decisions.take_over(fresh(main), actor=staff.region_head, at=A_MORNING + minutes(130))
    decisions.give_back(
        fresh(main), actor=staff.region_head, order="今天办完", at=A_MORNING + minutes(140)
    )
    assert [state for _post, state in segments(main)].count(ClockState.RUNNING) == 1


def test_nobody_merges_into_what_is_less_pressing_to_win_time(company, serious, staff):
    with pytest.raises(InvalidInput):
        merging.merge(serious, other=make_ticket(company), actor=staff.manager, at=LATER)
