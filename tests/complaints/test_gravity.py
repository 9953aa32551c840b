"""Nobody in danger waits: the severity a matter begins with, and how it is corrected."""

from __future__ import annotations

import pytest

from complaints import gravity
from complaints.clock_math import Basis
from complaints.danger import recognise
from complaints.enums import ClockKind, ClockState, EventKind, Kind, Severity, State
from complaints.models import Ticket
from complaints.services import (
    escalation,
    extensions,
    grading,
    lifecycle,
    merging,
    policy_versions,
    recomputation,
    timeline,
)
from core.actors import SYSTEM, Actor, ActorKind
from core.errors import InvalidInput, NotAllowed
from core.models import MachineKey
from notifications.models import Notice
from tests.complaints.conftest import bring_to, give_segments, minutes
from tests.factories import A_MORNING, make_ticket

pytestmark = pytest.mark.django_db

AT = A_MORNING + minutes(30)
ENTRAPMENT = "电梯困人了，里面有老人"
GAS = recognise("家里有煤气味")
BARE = recognise("楼道电线裸露")


def graded(ticket):
    return list(
        ticket.events.filter(kind=EventKind.GRADED).values_list(
            "reason_code", "from_severity", "to_severity", "actor_kind", "visibility"
        )
    )


def first(danger=GAS, *, stated=None, usual="urgent", proposed=False, by=ActorKind.REPORTER):
    return gravity.first(danger, stated=stated, usual=usual, proposed=proposed, by=by)


class TestWhoDecides:
    def test_acute_words_decide_for_who_cannot_grade(self):
        assert first() == ("safety", "words")
        assert first(by=ActorKind.MACHINE) == ("safety", "words")

    def test_staff_decide_for_themselves_whatever_the_words(self):
        assert first(by=ActorKind.STAFF) == ("urgent", None)
        assert first(by=ActorKind.STAFF, stated="serious") == ("serious", None)

    def test_what_somebody_chose_stands(self):
        assert first(by=ActorKind.MACHINE, stated="urgent") == ("urgent", None)

    def test_what_is_only_grave_raises_nothing_by_itself(self):
        assert first(BARE) == ("urgent", None)

    def test_a_category_that_is_safety_needs_no_words(self):
        assert first(usual="safety") == ("safety", None)

    def test_a_proposal_is_noted_as_accepted_or_declined(self):
        by = ActorKind.STAFF
        assert first(by=by, proposed=True, stated="safety") == ("safety", "accepted")
        assert first(by=by, proposed=True) == ("urgent", "declined")
        assert first(None, by=by, proposed=True) == ("urgent", None)

    @pytest.mark.parametrize("kind", sorted(gravity.NOT_READ))
    def test_other_matters_are_not_read_for_danger(self, kind):
        assert gravity.danger_in(kind, [ENTRAPMENT]) is None
        assert gravity.danger_in(Kind.INQUIRY, [ENTRAPMENT]) is not None


class TestIntake:
    def test_what_a_resident_reports_as_acute_runs_under_the_safety_policy_at_once(
        self, company, resident
    ):
        ticket = make_ticket(
            company, body=ENTRAPMENT, category_code="lifts", actor=resident,
            reporter_subject=resident.subject_id,
        )  # fmt: skip
        assert (ticket.severity, ticket.policy.code) == (Severity.SAFETY, "safety")
        due = dict(ticket.clocks.values_list("kind", "due_at"))
        assert due[ClockKind.FIRST_RESPONSE] == A_MORNING + minutes(15)
        assert due[ClockKind.RESOLVE] == A_MORNING + minutes(240)
        assert graded(ticket) == [("words", "", "safety", "system", "internal")]

    def test_the_same_words_from_staff_are_the_agents_to_judge(self, company):
        ticket = make_ticket(company, body=ENTRAPMENT, category_code="lifts")
        assert (ticket.severity, graded(ticket)) == (Severity.URGENT, [])

    def test_a_machine_that_leaves_the_severity_open_does_not_make_anybody_wait(self, company):
        key = MachineKey.objects.create(
            key_id="m7", name="小程序", secret_sha256=b"-", scopes=["tickets.create"],
            unit_codes=[company.community.code], created_at=A_MORNING,
            expires_at=A_MORNING + minutes(10**6),
        )  # fmt: skip
        ticket = make_ticket(company, body=ENTRAPMENT, actor=Actor.machine(key.pk))
        assert ticket.severity == Severity.SAFETY

    def test_the_word_itself_is_kept_nowhere_but_in_the_text(self, company, resident):
        ticket = make_ticket(company, body="阳台冒烟", actor=resident)
        event = ticket.events.get(kind=EventKind.GRADED)
        assert "冒烟" not in str({f.attname: getattr(event, f.attname) for f in event._meta.fields})


class TestCorrecting:
    def raise_it(self, ticket, actor, at=AT, **fields):
        values = {"severity": "safety", "reason_code": "danger", **fields}
        return grading.raise_severity(ticket, actor=actor, at=at, **values)

    def lower_it(self, ticket, actor, at=AT, **fields):
        values = {
            "severity": "ordinary", "reason_code": "false_alarm", "note": "现场没有危险", **fields
        }  # fmt: skip
        return grading.lower_severity(ticket, actor=actor, at=at, **values)

    def test_clocks_run_as_if_it_had_been_known_from_the_start(self, company, ticket, staff):
        raised = self.raise_it(ticket, staff.steward)
        assert (raised.severity, raised.policy.code, raised.post) == (
            "safety", "safety", company.steward,
        )  # fmt: skip
        due = dict(raised.clocks.live().values_list("kind", "due_at"))
        assert due == {
            ClockKind.FIRST_RESPONSE: A_MORNING + minutes(15),
            ClockKind.RESOLVE: A_MORNING + minutes(240),
        }
        assert graded(raised) == [("danger", "ordinary", "safety", "staff", "internal")]
        assert Notice.objects.filter(template="ticket_graded", post=company.steward).count() == 1

    def test_what_is_late_by_then_goes_up_with_the_next_sweep(self, company, ticket, staff):
        self.raise_it(ticket, staff.steward)
        assert Ticket.objects.get(pk=ticket.pk).next_step_at == AT
        escalation.sweep(at=AT)
        told = ticket.events.filter(kind=EventKind.ESCALATED, level=1)
        assert told.get().post == company.manager

    def test_a_false_alarm_leads_back_to_the_very_same_clocks(self, ticket, staff):
        before = list(ticket.clocks.order_by("pk").values_list("kind", "due_at", "next_fire_at"))
        raised = self.raise_it(ticket, staff.steward)
        assert grading.usual(raised) == "ordinary"
        lowered = self.lower_it(raised, staff.dispatcher, at=AT + minutes(5))
        after = list(lowered.clocks.order_by("pk").values_list("kind", "due_at", "next_fire_at"))
        assert (lowered.policy.code, after) == ("complaint_ordinary", before)

    def test_a_ticket_that_waits_for_the_resident_waits_no_longer(self, ticket, staff):
        waiting = bring_to(State.WAITING_RESIDENT, ticket)
        raised = self.raise_it(waiting, staff.agent)
        assert raised.state == State.IN_PROGRESS
        assert set(raised.clocks.live().values_list("state", flat=True)) == {ClockState.RUNNING}

    def test_more_time_that_was_granted_for_something_lesser_is_void(self, company, ticket, staff):
        working = bring_to(State.IN_PROGRESS, ticket)
        asked = extensions.ask(
            working, actor=staff.steward, minutes=450, reason_code="access", note="约到明天", at=AT
        )
        granted = extensions.grant(asked, actor=staff.manager, at=AT)
        raised = self.raise_it(granted, staff.manager, at=AT)
        clock = raised.clocks.get(kind=ClockKind.RESOLVE)
        assert clock.due_at == A_MORNING + minutes(240)

    def test_what_is_void_does_not_come_back_with_a_new_version(self, company, ticket, staff):
        working = bring_to(State.IN_PROGRESS, ticket)
        asked = extensions.ask(
            working, actor=staff.steward, minutes=450, reason_code="access", note="约到明天", at=AT
        )
        granted = extensions.grant(asked, actor=staff.manager, at=AT)
        self.raise_it(granted, staff.manager, at=AT)
        now = policy_versions.in_force("safety", AT)
        parts = list(now.durations.all()), list(now.ladder.all())
        for part in [*parts[0], *parts[1]]:
            part.pk = None
            part._state.adding = True
        for duration in parts[0]:
            duration.basis = Basis.WORKING
        draft = policy_versions.prepare("safety", *parts, actor=SYSTEM, at=AT)
        policy_versions.apply(draft, moves_open_clocks=True, actor=SYSTEM, at=AT)
        recomputation.run()
        clock = granted.clocks.get(kind=ClockKind.RESOLVE)
        assert clock.policy == draft
        assert clock.due_at < A_MORNING + minutes(450)

    def test_an_imported_one_gets_the_promises_that_it_never_had(self, ticket, staff):
        """Its only clock says that nothing was answered."""
        ticket.clocks.filter(kind=ClockKind.FIRST_RESPONSE).delete()
        ticket.clocks.filter(kind=ClockKind.RESOLVE).update(
            state=ClockState.HISTORICAL, due_at=None, next_fire_at=None, next_level=None
        )
        raised = self.raise_it(ticket, staff.steward)
        due = dict(raised.clocks.live().values_list("kind", "due_at"))
        assert due[ClockKind.FIRST_RESPONSE] == AT + minutes(15)
        assert due[ClockKind.RESOLVE] == AT + minutes(240)

    def test_a_holders_own_time_begins_or_ends_with_the_policy(self, company, ticket, staff):
        give_segments("safety")
        raised = self.raise_it(ticket, staff.steward)
        assert raised.clocks.get(kind=ClockKind.SEGMENT).due_at == AT + minutes(120)
        lowered = self.lower_it(raised, staff.dispatcher, at=AT + minutes(1))
        segment = lowered.clocks.get(kind=ClockKind.SEGMENT)
        assert segment.state == ClockState.CANCELLED

    def test_an_answer_that_was_given_stays_given(self, ticket, staff):
        answered = timeline.reply(ticket, actor=staff.steward, text="马上到", at=A_MORNING)
        raised = self.raise_it(answered, staff.steward)
        clock = raised.clocks.get(kind=ClockKind.FIRST_RESPONSE)
        assert clock.state == ClockState.KEPT
        assert raised.clocks.live().get().kind == ClockKind.RESOLVE

    def test_the_handler_may_raise_but_not_lower(self, ticket, staff):
        raised = self.raise_it(ticket, staff.steward)
        with pytest.raises(NotAllowed):
            self.lower_it(raised, staff.steward)
        with pytest.raises(NotAllowed):
            self.lower_it(raised, staff.agent)

    @pytest.mark.parametrize(
        "wrong", [{"severity": "ordinary"}, {"severity": "deadly"}, {"reason_code": "tired"}]
    )
    def test_raising_goes_up_and_has_a_reason(self, ticket, staff, wrong):
        with pytest.raises(InvalidInput) as refused:
            self.raise_it(ticket, staff.steward, **wrong)
        assert set(refused.value.fields) == set(wrong)

    def test_lowering_wants_words_and_goes_down(self, ticket, staff):
        raised = self.raise_it(ticket, staff.steward)
        for wrong in ({"note": " "}, {"severity": "safety"}):
            with pytest.raises(InvalidInput) as refused:
                self.lower_it(raised, staff.dispatcher, **wrong)
            assert set(refused.value.fields) == set(wrong)

    def test_a_main_ticket_does_not_fall_below_what_was_merged_into_it(
        self, company, ticket, staff
    ):
        main = make_ticket(company, severity="safety", body="同一件事")
        raised = self.raise_it(ticket, staff.steward, severity="serious")
        merging.merge(raised, other=main, actor=staff.dispatcher, at=AT)
        with pytest.raises(InvalidInput):
            self.lower_it(main, staff.dispatcher, severity="urgent")
        assert self.lower_it(main, staff.dispatcher, severity="serious").severity == "serious"

    def test_history_shows_the_severity_and_who_changed_it(self, ticket, staff):
        raised = self.raise_it(ticket, staff.steward)
        row = raised.history.order_by("-history_id").first()
        assert (row.severity, row.history_user_id, row.history_change_reason) == (
            "safety", staff.steward.staff_id, "raise_severity",
        )  # fmt: skip


class TestAdding:
    def test_danger_that_a_resident_adds_makes_the_matter_one_of_safety(
        self, company, ticket, resident
    ):
        told = timeline.add(ticket, actor=resident, text="现在漏煤气了，快来", at=AT)
        assert (told.severity, told.policy.code) == ("safety", "safety")
        assert graded(told) == [("words", "ordinary", "safety", "system", "internal")]
        added = told.events.get(kind=EventKind.ADDED)
        assert (added.actor_kind, added.visibility) == ("reporter", "public")

    def test_while_it_waits_for_them_the_work_goes_on_once(self, ticket, resident):
        waiting = bring_to(State.WAITING_RESIDENT, ticket)
        told = timeline.add(waiting, actor=resident, text="孩子触电了", at=AT)
        assert (told.severity, told.state) == ("safety", State.IN_PROGRESS)
        assert told.events.filter(kind=EventKind.RESUMED).count() == 1

    def test_what_is_over_or_only_grave_changes_nothing(self, ticket, resident, staff):
        told = timeline.add(ticket, actor=resident, text="昨天困人，已经放出来了", at=AT)
        told = timeline.add(told, actor=resident, text="楼道电线裸露", at=AT)
        told = timeline.add(told, actor=staff.agent, text=ENTRAPMENT, at=AT)
        assert (told.severity, graded(told)) == ("ordinary", [])

    def test_what_is_done_is_raised_when_it_is_reopened_and_not_before(self, ticket, resident):
        done = bring_to(State.RESOLVED, ticket)
        assert timeline.add(done, actor=resident, text="又着火了", at=AT).severity == "ordinary"
        reopened = lifecycle.reopen(done, actor=resident, reason="又着火了", at=AT)
        assert (reopened.severity, reopened.state) == ("safety", State.REOPENED)
        due = dict(reopened.clocks.live().values_list("kind", "due_at"))
        assert due[ClockKind.FIRST_RESPONSE] == AT + minutes(15)


def test_the_system_corrects_nothing(ticket):
    with pytest.raises(NotAllowed):
        grading.raise_severity(ticket, actor=SYSTEM, severity="safety", reason_code="danger", at=AT)
