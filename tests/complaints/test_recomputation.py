"""A new version takes over the clocks that run: in chunks, once, beside everybody else's work.

10:00 on Wednesday; an ordinary complaint has 1,350 working minutes to be solved: three days.
"""

import pytest

from complaints.enums import Action, Basis, ClockKind, ClockState, State, StepEffect
from complaints.models import LadderStep, Policy, PolicyDuration, Ticket, TicketClock, TicketEvent
from complaints.services import (
    audit,
    extensions,
    policy_preview,
    policy_versions,
    recomputation,
)
from complaints.services.escalation import sweep
from core.actors import SYSTEM
from core.errors import InvalidInput, NotAllowed
from organisation.models import Role
from tests.complaints.conftest import act, bring_to, minutes
from tests.complaints.escalation.world import levels
from tests.factories import A_MORNING, make_ticket

NOON = A_MORNING + minutes(60)
ORDINARY = "complaint_ordinary"


def rungs(kind=ClockKind.RESOLVE):
    roles = {role.code: role for role in Role.objects.all()}
    shipped = [
        (80, None, None),
        (None, 0, "project_manager"),
        (None, 240, "region_service_head"),
    ]
    return [
        LadderStep(
            clock_kind=kind,
            level=level,
            percent=percent,
            after_minutes=after,
            role=roles[role] if role else None,
            effect=StepEffect.INFORM,
        )
        for level, (percent, after, role) in enumerate(shipped)
    ]


def prepare(resolve=450, basis=Basis.WORKING, *, ladder=None, first=60, code=ORDINARY, at=NOON):
    durations = [
        PolicyDuration(clock_kind=kind, duration_minutes=length, basis=counted)
        for kind, length, counted in (
            (ClockKind.ACKNOWLEDGE, 5, Basis.WALL),
            (ClockKind.FIRST_RESPONSE, first, Basis.WORKING),
            (ClockKind.RESOLVE, resolve, basis),
        )
    ]
    wanted = rungs() if ladder is None else ladder
    return policy_versions.prepare(code, durations, wanted, actor=SYSTEM, at=at)


def put_in_force(draft, *, moves=True, at=NOON):
    return policy_versions.apply(draft, moves_open_clocks=moves, actor=SYSTEM, at=at)


def resolution(ticket):
    return TicketClock.objects.get(ticket=ticket, kind=ClockKind.RESOLVE)


@pytest.mark.django_db
class TestPreparing:
    def test_what_is_prepared_binds_nobody(self, company):
        draft = prepare()
        assert (draft.version, draft.effective_from) == (2, None)
        assert make_ticket(company).policy.version == 1

    def test_prepared_again_it_replaces_what_was_prepared(self, company):
        first, second = prepare(450), prepare(900)
        assert first.pk == second.pk
        assert second.durations.get(clock_kind=ClockKind.RESOLVE).duration_minutes == 900
        assert second.ladder.count() == 3

    def test_a_ladder_out_of_order_is_refused_at_its_level(self, company):
        ladder = rungs()
        ladder[2].after_minutes, ladder[1].after_minutes = 0, 240
        with pytest.raises(InvalidInput) as refused:
            prepare(ladder=ladder)
        assert set(refused.value.fields) == {"resolve.2"}

    def test_only_who_keeps_the_whole_company_may(self, company):
        with pytest.raises(NotAllowed):
            policy_versions.prepare(ORDINARY, [], [], actor=company.manager.holder.actor, at=NOON)
        with pytest.raises(NotAllowed):
            policy_versions.apply(
                prepare(),
                moves_open_clocks=True,
                actor=company.region_manager.holder.actor,
                at=NOON,
            )

    def test_applied_twice_is_refused(self, company):
        draft = prepare()
        put_in_force(draft)
        with pytest.raises(policy_versions.AlreadyApplied):
            put_in_force(draft)

    def test_what_is_discarded_is_gone(self, company):
        policy_versions.discard(prepare(), actor=SYSTEM, at=NOON)
        assert policy_versions.draft_of(ORDINARY) is None


@pytest.mark.django_db
class TestThePreview:
    def test_counts_what_moves_which_way_and_whom_it_would_call(self, company):
        ticket = make_ticket(company)
        draft = prepare(resolve=30, basis=Basis.WALL, first=60)
        found = policy_preview.of_version(draft, at=NOON)
        assert (found.tickets, found.moving, found.clocks) == (1, 1, 2)
        assert (found.earlier, found.later, found.unmoved) == (1, 0, 1)
        # 30 minutes were over half an hour ago: the warning and the first level
        assert dict(found.at_once) == {0: 1, 1: 1}
        assert found.posts() == [(company.steward, 1), (company.manager, 1)]
        assert resolution(ticket).policy.version == 1

    def test_what_is_applied_is_what_was_previewed(self, company):
        ticket = make_ticket(company)
        draft = prepare(resolve=900)
        [shift] = policy_preview.of_version(draft, at=NOON).shifts.keys() - {0}
        before = resolution(ticket).due_at
        put_in_force(draft)
        recomputation.run()
        assert policy_preview.group_of(resolution(ticket).due_at - before) == shift == -4

    def test_whoever_the_ticket_names_is_not_among_the_called(self, company):
        make_ticket(company, named_staff=[company.manager.holder_id])
        draft = prepare(resolve=30, basis=Basis.WALL, code="complaint_ordinary")
        called = {post for post, _ in policy_preview.of_version(draft, at=NOON).posts()}
        assert company.manager not in called

    def test_costs_as_many_statements_for_three_as_for_one(
        self, company, django_assert_num_queries
    ):
        make_ticket(company)
        draft = prepare(resolve=30, basis=Basis.WALL)
        draft = policy_versions.draft_of(ORDINARY)
        policy_preview.of_version(draft, at=NOON)
        with django_assert_num_queries(8):
            policy_preview.of_version(draft, at=NOON)
        make_ticket(company), make_ticket(company)
        with django_assert_num_queries(8):
            policy_preview.of_version(draft, at=NOON)


@pytest.mark.django_db
class TestMoving:
    def test_running_clocks_are_due_by_the_new_version(self, company):
        ticket = make_ticket(company)
        put_in_force(prepare(resolve=450))
        assert recomputation.run() == 1
        clock = resolution(ticket)
        assert clock.policy.version == 2
        assert clock.due_at == A_MORNING + minutes(1440)  # a day of 450 minutes
        ticket.refresh_from_db()
        assert ticket.policy.version == 2
        live = ticket.clocks.filter(state="running").values_list("next_fire_at", flat=True)
        assert ticket.next_step_at == min(moment for moment in live if moment)

    def test_neither_version_nor_events_change_and_history_says_what_did(self, company):
        ticket = make_ticket(company)
        before = (ticket.version, TicketEvent.objects.count(), Ticket.history.count())
        put_in_force(prepare())
        recomputation.run()
        ticket.refresh_from_db()
        assert (ticket.version, TicketEvent.objects.count()) == before[:2]
        row = ticket.history.latest()
        assert (row.history_change_reason, row.policy_id) == ("policy", ticket.policy_id)
        assert Ticket.history.count() == before[2] + 1

    def test_without_being_told_to_they_stay(self, company):
        ticket = make_ticket(company)
        put_in_force(prepare(), moves=False)
        assert recomputation.run() == 0
        assert resolution(ticket).policy.version == 1
        assert make_ticket(company, at=NOON).policy.version == 2

    def test_a_second_run_finds_nothing(self, company):
        ticket = make_ticket(company)
        put_in_force(prepare())
        recomputation.run()
        before = TicketClock.objects.filter(ticket=ticket).values().order_by("pk")
        rows = list(before)
        assert recomputation.run() == 0
        assert list(before.all()) == rows

    def test_stopped_ones_stay_as_they_ended(self, company):
        ticket = bring_to(State.RESOLVED, make_ticket(company))
        put_in_force(prepare(resolve=1, basis=Basis.WALL))
        assert recomputation.run() == 0
        assert resolution(ticket).state == ClockState.KEPT

    def test_a_waiting_one_keeps_what_is_left_of_the_new_promise(self, company):
        ticket = bring_to(State.IN_PROGRESS, make_ticket(company))
        act(ticket, Action.WAIT_SUPPLIER, at=A_MORNING + minutes(30))
        put_in_force(prepare(resolve=450))
        recomputation.run()
        clock = resolution(ticket)
        assert (clock.state, clock.remaining_minutes) == (ClockState.PAUSED, 420)
        act(ticket, "resume", at=A_MORNING + minutes(60))
        assert resolution(ticket).due_at == A_MORNING + minutes(1440 + 30)

    def test_waits_that_are_over_are_not_counted(self, company):
        ticket = bring_to(State.IN_PROGRESS, make_ticket(company))
        act(ticket, Action.WAIT_SUPPLIER, at=A_MORNING + minutes(10))
        act(ticket, "resume", at=A_MORNING + minutes(40))
        put_in_force(prepare(resolve=450))
        recomputation.run()
        assert resolution(ticket).due_at == A_MORNING + minutes(1440 + 30)

    def test_a_promise_the_new_version_does_not_make_is_void(self, company):
        PolicyDuration.objects.create(
            policy=Policy.objects.get(code=ORDINARY),
            clock_kind=ClockKind.SEGMENT,
            duration_minutes=60,
            basis=Basis.WALL,
        )
        ticket = make_ticket(company)
        draft = prepare()
        assert policy_preview.of_version(draft, at=NOON).void == 1
        put_in_force(draft)
        recomputation.run()
        assert ticket.clocks.get(kind=ClockKind.SEGMENT).state == ClockState.CANCELLED

    @pytest.mark.parametrize("waiting", [False, True])
    def test_time_that_was_asked_for_keeps_the_basis_in_which_it_was(self, company, waiting):
        """A working day more is a working day, whatever the promise counts in by then."""
        ticket = bring_to(State.IN_PROGRESS, make_ticket(company))
        asked = extensions.ask(
            ticket,
            actor=company.steward.holder.actor,
            minutes=450,
            reason_code="spare_parts",
            note="阀门明天到",
            at=A_MORNING + minutes(2),
        )
        put_in_force(prepare(resolve=1_440, basis=Basis.WALL))
        recomputation.run()
        if waiting:
            asked = act(asked, Action.WAIT_SUPPLIER, at=NOON)
        granted = extensions.grant(asked, actor=company.manager.holder.actor, at=NOON)
        if waiting:
            granted = act(granted, "resume", at=NOON)
        # from the morning after, a day of the calendar longer
        assert resolution(granted).due_at == A_MORNING + minutes(2 * 1_440)

    def test_time_that_was_granted_keeps_its_basis_there_and_back(self, company):
        """A working day more is a day of the calendar from noon on Thursday; three days of the
        calendar had been three working days, and are again."""
        ticket = bring_to(State.IN_PROGRESS, make_ticket(company))
        before = resolution(ticket).due_at
        asked = extensions.ask(
            ticket,
            actor=company.steward.holder.actor,
            minutes=450,
            reason_code="spare_parts",
            note="阀门明天到",
            at=A_MORNING + minutes(2),
        )
        granted = extensions.grant(asked, actor=company.manager.holder.actor, at=NOON)
        first = resolution(granted).due_at
        assert first > before

        draft = prepare(resolve=1_440, basis=Basis.WALL)
        put_in_force(draft)
        recomputation.run()
        assert resolution(granted).due_at == A_MORNING + minutes(2 * 1_440)

        put_in_force(prepare(resolve=1_350))
        recomputation.run()
        assert resolution(granted).due_at == first


@pytest.mark.django_db
class TestLevels:
    def test_what_would_have_been_due_fires_once_and_not_before_the_version(self, company):
        ticket = make_ticket(company)
        put_in_force(prepare(resolve=30, basis=Basis.WALL), at=NOON)
        recomputation.run()
        sweep(NOON + minutes(1))
        assert levels(ticket)[-2:] == [(0, NOON), (1, NOON)]
        assert sweep(NOON + minutes(2)).fired == 0

    def test_what_has_fired_stays_fired_when_the_promise_grows(self, company):
        ticket = make_ticket(company)
        late = resolution(ticket).due_at
        sweep(late)
        fired = [level for level, _ in levels(ticket)]
        put_in_force(prepare(resolve=4_500), at=late)
        recomputation.run()
        clock = resolution(ticket)
        assert clock.due_at > late
        assert clock.next_level == 2
        sweep(clock.due_at)
        assert [level for level, _ in levels(ticket)] == fired
        sweep(clock.due_at + minutes(240))
        assert [level for level, _ in levels(ticket)][len(fired) :] == [2]

    def test_the_auditor_finds_nothing_amiss_afterwards(self, company):
        make_ticket(company)
        put_in_force(prepare(resolve=30, basis=Basis.WALL))
        recomputation.run()
        sweep(NOON + minutes(1))
        problems = audit.audit(NOON + minutes(5)).problems
        assert not {"level_missing", "level_wrong", "level_after_the_end"} & set(problems)


@pytest.mark.django_db
class TestProgress:
    def test_an_order_counts_and_ends_when_no_straggler_can_come(self, company):
        for _ in range(3):
            make_ticket(company)
        put_in_force(prepare())
        [job] = recomputation.pending()
        assert (job.total, job.done) == (3, 0)
        recomputation.run(chunk=2)
        job.refresh_from_db()
        assert (job.done, job.state) == (3, "done")

    def test_young_orders_stay_open_for_what_is_being_taken_in(self, company):
        from core.clock import database_now

        make_ticket(company)
        put_in_force(prepare(at=database_now()), at=database_now())
        recomputation.run()
        [job] = recomputation.pending()
        assert job.done == 1

    def test_the_command_goes_on_and_says_how_far_it_is(self, company, capsys):
        from django.core.management import call_command

        make_ticket(company)
        put_in_force(prepare())
        call_command("recompute_clocks")
        assert "moved 1" in capsys.readouterr().out
