"""Two things that happen to one promise, one after the other: each is told with what the second
made of the first."""

import datetime as dt

import pytest

from complaints.enums import Action, ClockKind, ClockState, EventKind, ExtensionState, State
from complaints.models import Extension, Policy, PolicyDuration, Ticket
from complaints.services import (
    catalogue,
    extensions,
    grading,
    lifecycle,
    merging,
    policy_versions,
    recomputation,
    supervision,
    timeline,
)
from complaints.services.escalation import sweep
from complaints.services.extensions import AskedTooLate
from core.actors import SYSTEM
from notifications.models import Notice
from organisation.models import WorkCalendar
from tests.complaints.conftest import act, bring_to, give_segments, minutes
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
#: told on a Tuesday evening: 1,350 working minutes end at 18:00 on Friday, when nobody works
EVENING = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)
FRIDAY_SIX = dt.datetime(2026, 3, 6, 10, 0, tzinfo=dt.UTC)
SATURDAY = dt.datetime(2026, 3, 7, 2, 0, tzinfo=dt.UTC)
MONDAY = dt.datetime(2026, 3, 9, 3, 0, tzinfo=dt.UTC)


def resolution(ticket):
    return ticket.clocks.get(kind=ClockKind.RESOLVE, cycle=ticket.cycle)


def wait(ticket, at, until=None):
    return lifecycle.wait(
        ticket, actor=SYSTEM, on=Action.WAIT_SUPPLIER, at=at, until=until, text="等备件"
    )


def resolve(ticket, at):
    return lifecycle.resolve(ticket, actor=SYSTEM, reply="已处理完毕", at=at)


class TestLateByAWeekendAlone:
    """Not one working minute has passed since due, and it is late all the same."""

    @pytest.fixture
    def late(self, company):
        ticket = bring_to(State.IN_PROGRESS, make_ticket(company, at=EVENING), at=EVENING)
        assert resolution(ticket).due_at == FRIDAY_SIX
        return ticket

    def test_waiting_from_there_is_not_in_time(self, late):
        solved = resolve(wait(late, SATURDAY), MONDAY)
        assert resolution(solved).state == ClockState.BROKEN

    def test_nor_after_the_wait_is_over(self, late):
        resumed = lifecycle.resume(wait(late, SATURDAY), actor=SYSTEM, at=MONDAY)
        assert resolution(resumed).due_at < MONDAY
        assert resolution(resolve(resumed, MONDAY)).state == ClockState.BROKEN

    def test_nor_when_it_rested_in_another_one(self, company, late):
        main = make_ticket(company, at=EVENING)
        officer = make_post("duty_officer", company.group).holder.actor
        merging.merge(late, other=main, actor=officer, at=SATURDAY)
        back = merging.unmerge(Ticket.objects.get(pk=late.pk), actor=officer, at=MONDAY)
        assert resolution(resolve(back, MONDAY)).state == ClockState.BROKEN

    def test_nor_counted_anew_while_it_waits(self, late):
        waiting = wait(late, SATURDAY)
        draft = apply_the_same(SATURDAY)
        recomputation.move_chunk([waiting.pk], [], at=SATURDAY)
        clock = resolution(waiting)
        assert clock.policy_id == draft.pk
        assert resolution(resolve(waiting, MONDAY)).state == ClockState.BROKEN

    def test_no_more_time_is_asked_for(self, late, staff):
        with pytest.raises(AskedTooLate):
            ask(wait(late, SATURDAY), staff.steward, SATURDAY + HOUR)

    def test_exactly_at_due_it_is_in_time(self, late):
        waiting = wait(late, FRIDAY_SIX)
        assert resolution(waiting).remaining_minutes == 0
        assert resolution(resolve(waiting, MONDAY)).state == ClockState.KEPT

    def test_time_asked_for_before_counts_from_due(self, late, staff):
        asked = ask(late, staff.steward, FRIDAY_SIX - HOUR)
        granted = extensions.grant(wait(asked, SATURDAY), actor=staff.manager, at=SATURDAY)
        assert resolution(granted).remaining_minutes == 450


def apply_the_same(at):
    """Another version with the promises of the first, which takes clocks over."""
    first = Policy.objects.get(code="complaint_ordinary", version=1)
    durations = [
        PolicyDuration(
            clock_kind=each.clock_kind, duration_minutes=each.duration_minutes, basis=each.basis
        )
        for each in first.durations.all()
    ]
    draft = policy_versions.prepare(first.code, durations, [], actor=SYSTEM, at=at)
    return policy_versions.apply(draft, moves_open_clocks=True, actor=SYSTEM, at=at)


def ask(ticket, actor, at, length=450):
    return extensions.ask(
        ticket, actor=actor, minutes=length, reason_code="spare_parts", note="备件未到", at=at
    )


class TestTheEndOfAPause:
    """Ten minutes before due it waits for an hour. The sweep comes late or not at all."""

    @pytest.fixture
    def due(self, ticket):
        return resolution(ticket).due_at

    @pytest.fixture
    def over(self, ticket, due):
        bring_to(State.IN_PROGRESS, ticket)
        waiting = wait(Ticket.objects.get(pk=ticket.pk), due - minutes(10), until=due + minutes(50))
        return waiting, due + minutes(50)

    def test_whoever_resolves_after_it_has_had_that_hour_and_no_more(self, over):
        waiting, ended_at = over
        solved = resolve(waiting, ended_at + minutes(11))
        assert resolution(solved).state == ClockState.BROKEN

    def test_within_what_was_left_it_is_in_time(self, over):
        waiting, ended_at = over
        assert resolution(resolve(waiting, ended_at + minutes(9))).state == ClockState.KEPT

    def test_whoever_goes_on_after_it_goes_on_from_there(self, over, due):
        waiting, ended_at = over
        by_hand = lifecycle.resume(waiting, actor=SYSTEM, at=ended_at + 3 * HOUR)
        assert resolution(by_hand).due_at == due + HOUR


class TestASeverityThatIsCorrected:
    @pytest.fixture
    def asked(self, ticket, staff):
        working = bring_to(State.IN_PROGRESS, ticket)
        return ask(working, staff.steward, A_MORNING + HOUR, length=1350)

    def raised(self, ticket, staff):
        return grading.raise_severity(
            ticket,
            actor=staff.steward,
            severity="safety",
            reason_code="danger",
            at=A_MORNING + 2 * HOUR,
        )

    def test_ends_the_request_for_more_of_the_other_promise(self, asked, staff):
        """Three days more were asked for; now there are four hours."""
        raised = self.raised(asked, staff)
        assert Ticket.objects.for_acting().get(pk=raised.pk).open_extension_id is None
        with pytest.raises(extensions.NothingAsked):
            extensions.grant(raised, actor=staff.manager, at=A_MORNING + 2 * HOUR)
        row = Extension.objects.get()
        assert (row.state, row.decided.kind, row.decided_by) == (
            ExtensionState.REFUSED,
            EventKind.GRADED,
            None,
        )

    def test_and_another_may_be_asked_for(self, asked, staff):
        again = ask(self.raised(asked, staff), staff.steward, A_MORNING + 2 * HOUR, length=60)
        granted = extensions.grant(again, actor=staff.manager, at=A_MORNING + 2 * HOUR)
        assert resolution(granted).due_at == A_MORNING + minutes(240 + 60)


def test_danger_that_is_told_while_pressing_is_heeded(ticket, resident):
    urged = timeline.urge(ticket, actor=resident, text="现在电梯困人了，快来", at=A_MORNING + HOUR)
    assert urged.severity == "safety"
    assert resolution(urged).due_at == A_MORNING + minutes(240)


class TestAPostThatHasEnded:
    @pytest.fixture
    def ended(self, company, ticket):
        resolved = bring_to(State.RESOLVED, ticket)
        company.steward.valid_until = dt.date(2026, 3, 5)
        company.steward.save()
        return resolved

    def test_gets_nothing_that_begins_anew(self, company, ended):
        other = make_post("steward", company.community)
        reopened = act(ended, "reopen", at=A_MORNING + 3 * DAY)
        assert (reopened.state, reopened.post) == (State.REOPENED, other)
        assert Notice.objects.filter(post=other, object_id=ended.pk).exists()
        assert not Notice.objects.filter(template="ticket_reopened", post=company.steward).exists()

    def test_nor_hears_what_somebody_has_to_hear(self, company, ticket, resident):
        company.steward.valid_until = dt.date(2026, 3, 5)
        company.steward.save()
        timeline.urge(ticket, actor=resident, at=A_MORNING + DAY)
        told = Notice.objects.filter(template="ticket_urged").values_list("post", flat=True)
        assert list(told) == [company.duty.pk]


class TestAPostBesideTheHandlerThatHasEnded:
    """Whoever had it may see the ticket no longer, and is told of nothing on it."""

    def end(self, post):
        post.valid_until = dt.date(2026, 3, 4)
        post.save()

    def heard(self, post, ticket):
        return Notice.objects.filter(post=post, object_id=ticket.pk).exists()

    def test_a_supervisor_s(self, company, ticket, staff):
        watched = supervision.supervise(ticket, actor=staff.region_manager, at=A_MORNING)
        self.end(company.region_manager)
        sweep(watched.clocks.get(kind=ClockKind.FIRST_RESPONSE).due_at)
        bring_to(State.RESOLVED, Ticket.objects.get(pk=ticket.pk))
        assert not self.heard(company.region_manager, ticket)

    def test_a_co_owner_s(self, company, ticket):
        first_due = ticket.clocks.get(kind=ClockKind.FIRST_RESPONSE).due_at
        sweep(first_due + minutes(240))
        Notice.objects.filter(post=company.region_head).delete()
        assert ticket.co_ownerships.get().post == company.region_head
        self.end(company.region_head)
        timeline.note(ticket, actor=SYSTEM, text="已联系", at=first_due + minutes(250))
        assert not self.heard(company.region_head, ticket)


def test_what_an_import_brought_is_in_somebody_s_hand_once_it_begins_anew(company, ticket):
    """Closed elsewhere, reopened here: it was nobody's, under a policy with a time for holders."""
    give_segments("complaint_ordinary")
    closed = bring_to(State.CLOSED, ticket)
    Ticket.objects.filter(pk=closed.pk).update(post=None)
    reopened = act(closed, "reopen", at=A_MORNING + DAY)
    assert reopened.post == company.steward
    assert reopened.clocks.get(kind=ClockKind.SEGMENT, cycle=2).post == company.steward
    assert Notice.objects.filter(template="ticket_reopened", post=company.steward).count() == 1


class TestAVersionThatComesIntoForceLater:
    """Made in the settings for tomorrow, as the next year's calendar is announced today."""

    @pytest.fixture
    def tomorrow(self):
        policy = Policy.objects.get(code="complaint_ordinary")
        made = policy_versions.renew(policy, effective_from=A_MORNING + DAY)
        made.durations.filter(clock_kind=ClockKind.RESOLVE).update(duration_minutes=450)
        return made

    @pytest.fixture
    def calendar(self, tomorrow):
        calendar = WorkCalendar.objects.create(
            code=tomorrow.calendar.code,
            version=tomorrow.calendar.version + 1,
            name="明年",
            created_at=A_MORNING,
        )
        policy_versions.follow_calendars(A_MORNING)
        return calendar

    def promised(self, at):
        terms = catalogue.current().terms("complaint_ordinary", at)
        return terms.durations[ClockKind.RESOLVE].minutes, terms.policy.calendar

    def test_does_not_come_earlier_for_it(self, calendar):
        assert self.promised(A_MORNING + HOUR) == (1350, calendar)

    def test_and_counts_by_it_when_it_comes(self, calendar):
        assert self.promised(A_MORNING + DAY) == (450, calendar)
        assert policy_versions.follow_calendars(A_MORNING + 2 * DAY) == 0

    def test_made_from_an_old_one_it_counts_by_the_newest_calendar(self, calendar):
        first = Policy.objects.get(code="complaint_ordinary", version=1)
        assert first.calendar != calendar
        made = policy_versions.renew(first, effective_from=A_MORNING + 3 * DAY)
        assert made.calendar == calendar

    def test_an_older_promise_does_not_take_its_clocks_back(self, tomorrow, company):
        """What was applied today has the higher number; what came tomorrow is newer."""
        apply_the_same(A_MORNING)
        later = A_MORNING + 2 * DAY
        ticket = make_ticket(company, at=later)
        assert resolution(ticket).policy == tomorrow
        assert ticket.pk not in recomputation.Takeover.now(later).find()


def test_a_sweep_and_an_act_agree_on_the_end_of_a_pause(company):
    """One of two tickets is swept at the end of its wait, the other is not."""
    swept, left = (bring_to(State.IN_PROGRESS, make_ticket(company)) for _ in range(2))
    until = A_MORNING + 2 * DAY
    for ticket in (swept, left):
        wait(ticket, A_MORNING + HOUR, until=until)
    Ticket.objects.filter(pk=left.pk).update(next_step_at=until + DAY)
    sweep(until)
    swept, left = (Ticket.objects.get(pk=each.pk) for each in (swept, left))
    resolve(swept, until + 5 * HOUR)
    resolve(left, until + 5 * HOUR)
    assert resolution(swept).due_at == resolution(left).due_at
