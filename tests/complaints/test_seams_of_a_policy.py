"""What is running when a policy changes, and what a notice of a right shares with a complaint."""

import pytest

from complaints import policies
from complaints.enums import (
    Basis,
    ClockKind,
    ClockState,
    Severity,
    State,
    StepEffect,
)
from complaints.models import (
    CallBack,
    LadderStep,
    PolicyDuration,
    Ticket,
)
from complaints.services import (
    extensions,
    ip_notices,
    lifecycle,
    merging,
    policy_versions,
    recomputation,
)
from core.actors import SYSTEM, Actor
from core.clock import database_now
from core.errors import InvalidTransition
from organisation.models import Role
from tests.complaints.conftest import bring_to, give_segments, minutes
from tests.complaints.test_ip_notices import notice
from tests.complaints.test_seams import HOUR, LATER, ask, fresh, live
from tests.factories import A_MORNING, make_post, make_ticket

pytestmark = pytest.mark.django_db


class TestNoticeOfARight:
    @pytest.fixture
    def legal(self, company):
        return Actor.staff(make_post("legal_counsel", company.group).holder_id)

    @pytest.fixture
    def working(self, company, legal):
        give_segments("ip_notice")
        taken = ip_notices.take(notice(), at=A_MORNING)
        return bring_to(State.IN_PROGRESS, fresh(taken), actor=legal)

    def test_the_decision_ends_the_holder_s_time(self, working, legal):
        told = ip_notices.forward(working, actor=legal, text="已转送", at=LATER)
        done = ip_notices.decide(told, actor=legal, reason_code="upheld", text="已删除", at=LATER)
        assert done.state == State.RESOLVED
        assert live(done) == set()

    def test_it_is_resolved_by_its_decision_alone(self, working, legal):
        """Nobody gets round forwarding it, or the fifteen days after a counter-notice."""
        assert "resolve" not in policies.allowed_actions(legal, fresh(working))
        with pytest.raises(InvalidTransition):
            lifecycle.resolve(working, actor=legal, reply="已删除", at=LATER)

    def test_what_the_hotline_wrote_down_has_no_such_steps(self, company, legal):
        ticket = make_ticket(
            company, kind="ip_notice", category_code="intellectual_property", dwelling=None,
            unit=company.group,
        )  # fmt: skip
        working = bring_to(State.IN_PROGRESS, ticket, actor=legal)
        assert lifecycle.resolve(working, actor=legal, reply="已答复", at=LATER).state == "resolved"


class TestAPolicyThatChanges:
    def prepare(self, code, resolve, call_back=None, segment=None):
        lengths = {
            ClockKind.ACKNOWLEDGE: 5, ClockKind.FIRST_RESPONSE: 60, ClockKind.RESOLVE: resolve,
            ClockKind.CALL_BACK: call_back, ClockKind.SEGMENT: segment,
        }  # fmt: skip
        rows = [
            PolicyDuration(clock_kind=kind, duration_minutes=length, basis=Basis.WALL)
            for kind, length in lengths.items()
            if length
        ]
        rungs = [
            LadderStep(
                clock_kind=ClockKind.RESOLVE, level=1, after_minutes=0, effect=StepEffect.INFORM,
                role=Role.objects.get(code="project_manager"),
            )
        ]  # fmt: skip
        at = database_now()
        draft = policy_versions.prepare(code, rows, rungs, actor=SYSTEM, at=at)
        policy_versions.apply(draft, moves_open_clocks=True, actor=SYSTEM, at=at)
        recomputation.run()

    def test_the_task_of_calling_back_is_due_with_its_clock(self, company, resident):
        now = database_now()
        ticket = make_ticket(
            company, severity=Severity.SERIOUS, reporter_subject=resident.subject_id, at=now
        )
        bring_to(State.RESOLVED, ticket, at=now)
        self.prepare("complaint_serious", 450, call_back=600)
        clock = ticket.clocks.get(kind=ClockKind.CALL_BACK)
        assert clock.due_at == now + minutes(600)
        assert CallBack.objects.get().due_at == clock.due_at

    def test_where_no_call_is_promised_any_more_the_task_keeps_its_day(self, company, resident):
        now = database_now()
        ticket = make_ticket(
            company, severity=Severity.SERIOUS, reporter_subject=resident.subject_id, at=now
        )
        bring_to(State.RESOLVED, ticket, at=now)
        before = CallBack.objects.get().due_at
        self.prepare("complaint_serious", 450)
        assert CallBack.objects.get().due_at == before
        assert ticket.clocks.get(kind=ClockKind.CALL_BACK).state == ClockState.CANCELLED
        assert Ticket.objects.get().next_step_at is not None

    def test_more_time_is_kept_and_the_holder_s_time_moves(self, company, staff):
        give_segments("complaint_ordinary")
        now = database_now()
        ticket = bring_to(State.IN_PROGRESS, make_ticket(company, at=now), at=now)
        ask(ticket, staff.steward, at=now)
        extensions.grant(fresh(ticket), actor=staff.region_head, at=now)
        self.prepare("complaint_ordinary", 3000, segment=200)
        moved = Ticket.objects.get()
        assert ticket.clocks.get(kind=ClockKind.SEGMENT).due_at == now + minutes(200)
        live_ones = ticket.clocks.live().values_list("next_fire_at", flat=True)
        assert moved.next_step_at == min(moment for moment in live_ones if moment)

    def test_what_was_merged_meanwhile_comes_back_by_the_new_version(self, company, staff):
        now = database_now()
        ticket, other = (make_ticket(company, at=now) for _ in range(2))
        merging.merge(ticket, other=other, actor=staff.manager, at=now)
        self.prepare("complaint_ordinary", 3000)
        back = merging.unmerge(fresh(ticket), actor=staff.manager, at=now + HOUR)
        recomputation.run()
        assert back.clocks.get(kind=ClockKind.RESOLVE).policy.version == 2
